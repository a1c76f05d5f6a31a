"""A flagged patient with every reason: findings in the notes' own words, diseases, papers and tests, without a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.report import PhenotypicFeature
from ontology.features import Mention, Statement, TextSpan
from screening.companions import OpenCompanions
from screening.history import History, over_time
from screening.spool import PatientRows

#: Diseases told of a flagged patient.
SHOWN = 10
#: Characters of a note before and after a quotation.
AROUND = 80
#: Quotations of one finding; it stands in `notes` more.
QUOTED = 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the whole cohort says of a flagged patient: the place in it, from 1, and the expected chance to be right."""

    rank: int
    chance: float | None


def told_patient(
    assessor: Assessor,
    companions: OpenCompanions,
    rows: PatientRows,
    history: History,
    seen: Sequence[PhotoReading],
    row: Mapping[str, Any],
    shares: Mapping[str, float],
) -> dict[str, Any]:
    """The row with `findings_told` and the whole `report`; every word of a note in it is masked.

    `shares` are those by which findings take part in the ranking (screening.evidence).
    """
    case = replace(history.case, id=str(row["patient"]))
    report = assessor.assess(case, SHOWN, readings=history.readings, seen=seen or None, shares=shares)
    masked = {note.note.id: companions.masked(note.row.text, (rows.patient,)) for note in history.notes}
    kinds = {
        note.note.id: None if note.row.kind is None else companions.masked(note.row.kind, (rows.patient,))
        for note in history.notes
    }
    covered = replace(
        report,
        features=tuple(_covered(feature, masked) for feature in report.features),
        dismissed=tuple(_covered(feature, masked) for feature in report.dismissed),
    )
    return {
        **row,
        "findings_told": [_finding(feature, history, masked, kinds) for feature in covered.features],
        "report": companions.told(covered),
    }


def _covered(feature: PhenotypicFeature, masked: Mapping[str, str]) -> PhenotypicFeature:
    return replace(
        feature,
        mentions=tuple(_mention(each, masked) for each in feature.mentions),
        conflicts=tuple(_mention(each, masked) for each in feature.conflicts),
    )


def _mention(mention: Mention, masked: Mapping[str, str]) -> Mention:
    evidence = mention.evidence
    if isinstance(evidence, TextSpan):
        evidence = _span(evidence, masked)
    elif isinstance(evidence, Statement) and evidence.span is not None:
        evidence = replace(evidence, span=_span(evidence.span, masked))
    cue = mention.cue if mention.cue is None else _span(mention.cue, masked)
    return replace(mention, evidence=evidence, cue=cue)


def _span(span: TextSpan, masked: Mapping[str, str]) -> TextSpan:
    return replace(span, text=masked[span.note][span.start : span.end])


def _finding(
    feature: PhenotypicFeature, history: History, masked: Mapping[str, str], kinds: Mapping[str, str | None]
) -> dict[str, Any]:
    when = over_time(feature, history)
    days = {note.note.id: note.day for note in history.notes}
    spans = [(each.evidence, each.assertion) for each in feature.mentions if isinstance(each.evidence, TextSpan)]
    return {
        "id": feature.type,
        "label": feature.label,
        "assertion": feature.assertion.value,
        "first_day": when.first_day,
        "age_days": when.age_days,
        "quotes": [
            {
                "day": days[span.note],
                "kind": kinds[span.note],
                "assertion": said.value,
                **_quoted(span, masked[span.note]),
            }
            for span, said in spans[:QUOTED]
        ],
    }


def _quoted(span: TextSpan, text: str) -> dict[str, str]:
    """The words with those around them, of the same line."""
    before = text[max(0, span.start - AROUND) : span.start].rpartition("\n")[2]
    after = text[span.end : span.end + AROUND].partition("\n")[0]
    return {"before": before, "text": text[span.start : span.end], "after": after}
