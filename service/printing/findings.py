"""Findings for paper: by assertion, each with the words of the notes that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ontology.features import Assertion
from service.models.answers import FeatureAnswer, SourcedMentionAnswer
from service.printing.content import Finding, FindingGroup, Quote
from service.printing.kept import KeptReport
from service.printing.voice import Voice

#: What the patient has first, then what they lack, then what is not known or not the patient's.
_ORDER = (
    Assertion.OBSERVED,
    Assertion.HISTORICAL,
    Assertion.EXCLUDED,
    Assertion.UNCERTAIN,
    Assertion.FAMILY,
    Assertion.HYPOTHETICAL,
)


def findings_of(voice: Voice, kept: KeptReport) -> Iterator[FindingGroup]:
    """The findings of a report in groups, those that a clinician has struck out last."""
    ordered = sorted(kept.shown.features, key=lambda feature: _ORDER.index(feature.assertion))
    for assertion, features in groupby(ordered, key=lambda feature: feature.assertion):
        yield _group(voice, kept, assertion.value, voice.say(f"group.{assertion.value}"), list(features))
    if kept.shown.dismissed:
        yield _group(voice, kept, "dismissed", voice.say("group.dismissed"), kept.shown.dismissed)


def _group(voice: Voice, kept: KeptReport, kind: str, title: str, features: Sequence[FeatureAnswer]) -> FindingGroup:
    return FindingGroup(kind, title, tuple(_finding(voice, kept, feature) for feature in features))


def _finding(voice: Voice, kept: KeptReport, feature: FeatureAnswer) -> Finding:
    return Finding(
        label=feature.label,
        english=feature.label_en or "",
        id=feature.id,
        remarks=tuple(_remarks(voice, kept, feature)),
        quotes=_quotes(voice, kept, feature.mentions),
        against=_quotes(voice, kept, feature.conflicts),
    )


def _remarks(voice: Voice, kept: KeptReport, feature: FeatureAnswer) -> Iterator[str]:
    if feature.onset:
        yield voice.say("onset", term=voice.term(feature.onset))
    if feature.severity:
        yield voice.say("severity", term=voice.term(feature.severity))
    if feature.replaces:
        yield voice.say("replaces", id=feature.replaces)
    if feature.implied_by:
        labels = {each.id: each.label for each in kept.shown.features}
        named = voice.list(labels.get(id, id) for id in feature.implied_by)
        yield voice.say("page.shown_under", label=named)
    yield from dict.fromkeys(mention.reading for mention in feature.mentions if mention.reading)


def _quotes(voice: Voice, kept: KeptReport, mentions: Sequence[SourcedMentionAnswer]) -> tuple[Quote, ...]:
    """Each source once: notes in their order, as words and where they stand; a clinician by name."""
    return tuple(dict.fromkeys(_quote(voice, kept, mention) for mention in mentions))


def _quote(voice: Voice, kept: KeptReport, mention: SourcedMentionAnswer) -> Quote:
    source = mention.evidence
    where = [voice.say("stated_by", name=kept.person(source.by))] if source.by else []
    if source.photo:
        where.append(voice.say("photo"))
    if source.section:
        where.append(source.section)
    if source.note and len(kept.notes) > 1:
        where.append(_note(voice, kept, source.note))
    return Quote(source.text or "", voice.list(where))


def _note(voice: Voice, kept: KeptReport, id: str) -> str:
    if id not in kept.notes:
        return voice.say("note_gone")
    number = list(kept.notes).index(id) + 1
    dated = kept.notes[id]
    return voice.say("note_dated", number=number, day=dated) if dated else voice.say("note", number=number)
