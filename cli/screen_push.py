"""Flagged patients become draft cases of the service, for a clinician to read, change and sign."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ontology.errors import PhenomapError

if TYPE_CHECKING:
    from matching.assess import Assessor
    from screening.spool import PatientRows
    from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many flagged patients became cases: now (`fresh`), in an earlier run (`known`), or not at all (`refused`)."""

    fresh: int
    known: int
    refused: int


def push(
    flagged: Iterable[tuple[str, PatientRows]], assessor: Assessor, settings: Settings, account: str, language: str
) -> Pushed:
    """Keep a case for each flagged patient, given by name and rows, and draft its report.

    A patient who was pushed before with the same notes is not kept twice. Raises InputError where `account` is none.
    """
    from service.cases.assessing import assess_case
    from service.cases.importing import import_case, importing_desk
    from service.checked import checked
    from service.faces.reading import Faces
    from service.knowing import Knowing
    from service.models.stored import CaseInput, StoredAssessInput
    from service.opening import opened
    from service.problems import ProblemError
    from service.store.present import open_present
    from service.translate import Translator

    open_present(settings.database).close()
    knowing, translator = Knowing.open(assessor), Translator.of(assessor.knowledge, language)
    counts = {"fresh": 0, "known": 0, "refused": 0}
    with opened(settings, lambda words: print(words, file=sys.stderr)) as keeping:
        desk = importing_desk(keeping, settings.cases, account)
        for name, rows in flagged:
            try:
                given = checked(CaseInput, case_of(rows))
                kept = import_case(desk, assessor.knowledge.terms, f"screen:{name}", given)
                counts["fresh" if kept.fresh else "known"] += 1
                if kept.fresh:
                    assess_case(desk, knowing, translator, Faces(), kept.case, StoredAssessInput())
            except ProblemError:
                counts["refused"] += 1
    return Pushed(**counts)


def case_of(rows: PatientRows) -> dict[str, Any]:
    """A patient's rows as the API takes a new case: the latest notes, as many as a case holds, and the age at them."""
    from service.models.inputs import LONGEST_TEXT, MOST_NOTES

    taken = [each.row for each in rows.notes if each.row.text.strip() and len(each.row.text) <= LONGEST_TEXT]
    taken = taken[-MOST_NOTES:]
    if not taken:
        raise PhenomapError("A flagged patient has no note.", "Report it.")
    last = max((row.date for row in taken if row.date), default=None)
    case: dict[str, Any] = {
        "patient": {"number": rows.patient[:100]},
        "sex": rows.sex.value,
        "notes": [
            {"text": row.text} | ({"date": row.date.isoformat()} if row.date is not None else {}) for row in taken
        ],
    }
    if last is not None and rows.birth is not None and last >= rows.birth:
        case["age"] = f"P{(last - rows.birth).days}D"
    return case
