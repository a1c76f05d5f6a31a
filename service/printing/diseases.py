"""Ranked diseases for paper: what was matched, what contradicts them, what is missing, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from matching.report import Match
from service.models.answers import ReportAnswer
from service.models.explanations import ContributionAnswer, DiseaseAnswer
from service.printing.content import Disease, Reason
from service.printing.literature import Literature, sources_of
from service.printing.voice import Voice

#: Reasons on one sheet: 300 findings against ten diseases are some 75 pages and 2 s; without a bound, 100 diseases
#: would be 700 pages, 13 s and 2 GB, measured on two cores.
MOST_REASONS = 3000

_AGAINST = (Match.EXCLUDED_MEETS_PRESENT, Match.PRESENT_MEETS_EXCLUDED)
_STATED = (Match.EXACT, Match.MORE_SPECIFIC, Match.MORE_GENERAL)


def diseases_of(voice: Voice, shown: ReportAnswer, literature: Literature) -> Iterator[Disease]:
    """All that were listed, best first; where there are too many reasons for paper, the last without theirs."""
    labels = {feature.id: feature.label for feature in shown.features}
    printed = 0
    for disease in shown.diseases:
        printed += len(disease.contributions)
        if printed <= MOST_REASONS:
            yield _disease(voice, disease, labels, literature)
        else:
            bare = disease.model_copy(
                update={"contributions": [], "circumstances": [], "likeness": None, "look_for": []}
            )
            told = _disease(voice, bare, {}, Literature())
            omitted = voice.say("omitted", count=len(disease.contributions), most=voice.count(MOST_REASONS))
            yield replace(told, unexplained="", missing_more="", omitted=omitted)


def _disease(voice: Voice, disease: DiseaseAnswer, labels: Mapping[str, str], literature: Literature) -> Disease:
    own = [part for part in disease.contributions if part.match in _STATED and not part.kin]
    related = [part for part in disease.contributions if part.match is Match.SHARED_ANCESTOR or _of_kin(part)]
    against = [part for part in disease.contributions if part.match in _AGAINST]
    nothing = [part for part in disease.contributions if part.match is Match.NONE]
    return Disease(
        rank=voice.rank(disease),
        name=disease.name,
        english=disease.name_en or "",
        ids=" · ".join((disease.id, *disease.also)),
        belief="" if disease.probability is None else voice.percent(disease.probability),
        confidence=disease.confidence or "",
        remarks=tuple(_remarks(voice, disease)),
        matched=(*_reasons(voice, own, literature), *_likeness(voice, disease, against=False)),
        related=_reasons(voice, related, literature),
        against=(
            *_reasons(voice, against, literature),
            *_circumstances(voice, disease, literature),
            *_likeness(voice, disease, against=True),
        ),
        missing=tuple(_missing(voice, disease, literature)),
        missing_more=voice.say("page.to_look_for_more", count=disease.look_for_more) if disease.look_for_more else "",
        unexplained=_unexplained(voice, disease, nothing, labels),
        omitted="",
        total=voice.nats(disease.score if disease.shown is None else disease.shown),
    )


def _of_kin(part: ContributionAnswer) -> bool:
    """Known of related diseases alone; what contradicts is told as such, whoever's it is."""
    return bool(part.kin) and part.match not in _AGAINST


def _remarks(voice: Voice, disease: DiseaseAnswer) -> Iterator[str]:
    if tied := disease.tied_with:
        yield voice.say("page.tied_one" if tied == 1 else "page.tied", count=tied)
    if disease.from_kin_words:
        yield disease.from_kin_words
    if disease.borrowed:
        yield voice.say("page.borrowed")
    if disease.prior is not None:
        key = "page.prior" if disease.prior.stated else "page.prior_unknown"
        yield f"{voice.say(key, stated=disease.prior.stated)} ({voice.nats(disease.prior.shown)})"


def _reasons(voice: Voice, parts: Sequence[ContributionAnswer], literature: Literature) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            label=part.label,
            words=part.words,
            nats=voice.nats(part.nats if part.shown is None else part.shown),
            references=literature.cite(sources_of(part.rows, part.described)),
            more=_more(voice, part.rows_total - len(part.rows)),
        )
        for part in parts
    )


def _more(voice: Voice, statements: int) -> str:
    return voice.say("page.more_statements", count=statements) if statements > 0 else ""


def _circumstances(voice: Voice, disease: DiseaseAnswer, literature: Literature) -> Iterator[Reason]:
    for part in disease.circumstances:
        sources = [*sources_of(part.rows), *part.entries]
        yield Reason(voice.say("circumstance"), part.words, voice.nats(part.shown), literature.cite(sources))


def _likeness(voice: Voice, disease: DiseaseAnswer, *, against: bool) -> Iterator[Reason]:
    """What the face adds, where it speaks for the disease or `against` it."""
    part = disease.likeness
    if part is not None and (part.nats < 0) is against:
        yield Reason(voice.say("face.likeness.heading"), part.words, voice.nats(part.shown), "")


def _missing(voice: Voice, disease: DiseaseAnswer, literature: Literature) -> Iterator[Reason]:
    for feature in disease.look_for:
        yield Reason(feature.label, feature.frequency.words, "", literature.cite(sources_of(feature.rows)))


def _unexplained(
    voice: Voice, disease: DiseaseAnswer, parts: Sequence[ContributionAnswer], labels: Mapping[str, str]
) -> str:
    """Findings that the disease has nothing like, with what they take from it together."""
    named: Iterable[str] = [part.label for part in parts] or [labels.get(id, id) for id in disease.unexplained]
    taken = sum(part.nats if part.shown is None else part.shown for part in parts)
    told = voice.list(named)
    return f"{told} ({voice.nats(taken)})" if told and parts else told
