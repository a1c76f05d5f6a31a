"""Reconcile: from everything that was said of a patient to one finding a term.

The one table (each line is decided before the next is looked at):

    a clinician's word   beats   text          beats   a photo
    a later note         beats   an earlier one
    an examination       beats   other sections        beats   a history
    observed, historical, excluded, uncertain, in this order, where all else is level

What is said of a relative, or as a possibility, decides only where nothing is said of the patient. Whatever is beaten
stays visible: mentions that say otherwise are kept as conflicts, and every contradiction is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_

from matching.lm.query import WEIGHT_OF
from matching.report import NoPart, Notice, NoticeKind, PhenotypicFeature
from ontology.features import Assertion, Channel, ImageRegion, Mention, Statement, TextSpan
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms, UnknownTerm

_PRESENT = frozenset({Assertion.OBSERVED, Assertion.HISTORICAL})
_OF_PATIENT = _PRESENT | {Assertion.EXCLUDED, Assertion.UNCERTAIN}
#: Where all else is level. A finding that is missed costs the patient more than one that is looked at again.
_LEVEL = {
    Assertion.OBSERVED: 5,
    Assertion.HISTORICAL: 4,
    Assertion.EXCLUDED: 3,
    Assertion.UNCERTAIN: 2,
    Assertion.FAMILY: 1,
    Assertion.HYPOTHETICAL: 0,
}
#: Share in ranking of a finding that only values tell; a word of the note, or of a clinician, gives it the whole.
#: Diseases are seldom annotated with values. At full weight two of 55 open notes leave the first ten (top 10 56.4 to
#: 52.7, MRR .371 to .345), at these none does (.365); full papers do not change (81.0, .623 to .625). Chosen on those.
CHANNEL_WEIGHT = {
    Channel.WORDS: 1.0,
    Channel.MEASURED: 0.5,
    Channel.LABORATORY: 0.25,
    Channel.VITAL_SIGN: 0.25,
}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Findings, present ones first, then by weight, information and id; and what must be told beside them."""

    features: tuple[PhenotypicFeature, ...]
    notices: tuple[Notice, ...]


def reconcile(mentions: Iterable[Mention], terms: Terms, note_order: Sequence[str] = ()) -> Reconciled:
    """Settle mentions into findings; the order of `mentions` does not matter.

    `note_order` names notes from the earliest to the latest; notes that it does not name come before. An id of no term
    of this release is told and left out; nothing is raised for it.
    """
    order = {note: at for at, note in enumerate(note_order)}
    by_term: dict[int, list[Mention]] = defaultdict(list)
    notices: set[Notice] = set()
    for mention in mentions:
        try:
            resolved = terms.resolve(mention.type)
        except UnknownTerm as error:
            notices.add(Notice(NoticeKind.NOT_RANKED, (mention.type, *error.suggestions), error.why))
            continue
        if resolved.moved is not None:
            notices.add(Notice(NoticeKind.TERM_MAPPED, (resolved.given, resolved.id)))
        by_term[resolved.position].append(mention)
    settled = {term: _settle(term, said, order, terms) for term, said in by_term.items()}
    features, contradictions = _related(settled, terms)
    notices.update(contradictions)
    notices.update(_not_ranked(features))
    return Reconciled(
        tuple(sorted(features, key=lambda f: _shown_order(f, terms))),
        tuple(sorted(notices, key=lambda n: (n.kind, n.terms, n.why or ""))),
    )


def _strength(mention: Mention, order: dict[str, int]) -> tuple[int, int, int, int]:
    """Position in the table; the greater beats the lesser."""
    evidence = mention.evidence
    level = _LEVEL[mention.assertion]
    if isinstance(evidence, Statement):
        return (3, 0, 0, level)
    if isinstance(evidence, TextSpan):
        return (2, order.get(evidence.note, -1), _section(evidence.section), level)
    return (1, 0, 0, level)


def _standing(mention: Mention, order: dict[str, int]) -> tuple[bool, tuple[int, int, int, int], tuple[str | int, ...]]:
    return mention.assertion in _OF_PATIENT, _strength(mention, order), _identity(mention)


def _section(name: str | None) -> int:
    words = (name or "").lower()
    if "exam" in words or "查体" in words or "检查" in words:
        return 2
    return 0 if "history" in words or "史" in words else 1


def _settle(term: int, said: list[Mention], order: dict[str, int], terms: Terms) -> PhenotypicFeature:
    ranked = said if len(said) == 1 else sorted(said, key=lambda m: _standing(m, order), reverse=True)
    deciding, id = ranked[0].assertion, terms.id(term)
    against = [_contradict(deciding, m.assertion) for m in ranked]
    mentions = tuple(compress(ranked, map(not_, against)))
    speaking = [m for m in mentions if m.assertion is deciding]
    ranks = bool(terms.is_phenotype[term]) and id != PHENOTYPIC_ABNORMALITY
    return PhenotypicFeature(
        type=id,
        label=terms.label(term),
        assertion=deciding,
        weight=WEIGHT_OF[deciding] * max([CHANNEL_WEIGHT[m.channel] for m in speaking]) if ranks else 0.0,
        mentions=mentions,
        conflicts=tuple(compress(ranked, against)),
        onset=_first([m.onset for m in speaking]),
        severity=_first([m.severity for m in speaking]),
        replaces=min([m.type for m in said if m.type != id], default=None),
    )


def _first(told: Sequence[str | None]) -> str | None:
    for each in told:
        if each:
            return each
    return None


def _contradict(one: Assertion, other: Assertion) -> bool:
    """Whether one says that the patient has it and the other that the patient has not."""
    return (one in _PRESENT and other is Assertion.EXCLUDED) or (one is Assertion.EXCLUDED and other in _PRESENT)


def _identity(mention: Mention) -> tuple[str | int, ...]:
    """Tells mentions of one strength, and so of one kind of evidence, apart for a stable order, and no more."""
    evidence = mention.evidence
    extra = (mention.onset or "", mention.severity or "", mention.reading or "", mention.type)
    if isinstance(evidence, TextSpan):
        place = (evidence.note, evidence.start, evidence.end, evidence.text, evidence.section or "")
        return (mention.assertion, *place, *extra)
    if isinstance(evidence, ImageRegion):
        return (mention.assertion, evidence.photo, *evidence.box, *extra)
    return (mention.assertion, evidence.by, *extra)


def _related(settled: dict[int, PhenotypicFeature], terms: Terms) -> tuple[list[PhenotypicFeature], set[Notice]]:
    """Put specific findings and the general ones they imply together, and tell where they contradict each other."""
    notices = {Notice(NoticeKind.CONTRADICTION, (f.type,)) for f in settled.values() if f.conflicts}
    implied_by: dict[int, set[str]] = defaultdict(set)
    against: dict[int, set[int]] = defaultdict(set)
    for specific, feature in settled.items():
        if feature.assertion not in _PRESENT:
            continue
        for general in set(terms.ancestors[specific].tolist()) & settled.keys() - {specific}:
            above = settled[general]
            if above.assertion in _PRESENT:
                implied_by[general].add(feature.type)
            elif above.excluded:
                against[general].add(specific)
                against[specific].add(general)
                notices.add(Notice(NoticeKind.CONTRADICTION, (feature.type, above.type)))
    features = [
        _with(feature, tuple(sorted(implied_by[term])), [settled[other] for other in sorted(against[term])])
        for term, feature in settled.items()
    ]
    return features, notices


def _with(
    feature: PhenotypicFeature, implied_by: tuple[str, ...], against: list[PhenotypicFeature]
) -> PhenotypicFeature:
    if not implied_by and not against:
        return feature
    opposing = tuple(m for other in against for m in other.mentions if _contradict(feature.assertion, m.assertion))
    return replace(feature, conflicts=feature.conflicts + opposing, implied_by=implied_by)


def _not_ranked(features: Iterable[PhenotypicFeature]) -> set[Notice]:
    """Findings that take no part though they are said of the patient's body or future."""
    return {
        Notice(
            NoticeKind.NOT_RANKED,
            (f.type,),
            NoPart.POSSIBILITY if f.assertion is Assertion.HYPOTHETICAL else NoPart.NO_PHENOTYPE,
        )
        for f in features
        if f.weight == 0 and not f.excluded
    }


def _shown_order(feature: PhenotypicFeature, terms: Terms) -> tuple[bool, float, float, str]:
    content = float(terms.content[terms.position(feature.type)])
    return (feature.excluded, -feature.weight, -content, feature.type)
