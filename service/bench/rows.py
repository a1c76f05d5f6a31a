"""The findings of a look as the page lists them: what each was read from, and whether a clinician has spoken of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.bench.look import Look
from service.models.answers import EvidenceAnswer, FeatureAnswer, SourcedMentionAnswer

#: Quotations beside a finding, and places told where it is opened.
MOST_QUOTES = 3
MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One source of a finding; `note` numbers the notes from 1, None where it is in none."""

    mention: SourcedMentionAnswer
    note: int | None

    @property
    def own_words(self) -> bool:
        """Whether the note says it in the wording's own words."""
        grounds = self.mention.grounds
        return grounds is not None and not grounds.steps


@dataclass(frozen=True, slots=True)
class Row:
    """One finding. `hand` is `added` or `changed` where a clinician's word is not what was read, else None.

    `quotes` are the note's words where they are not the label, `readings` how values were understood, `general_of` the
    labels of the specific findings that imply it. `words` are those that another term would be chosen for.
    """

    feature: FeatureAnswer
    checked: bool
    hand: str | None
    quotes: tuple[str, ...]
    readings: tuple[str, ...]
    general_of: tuple[str, ...]
    against: tuple[str, ...]
    places: tuple[Place, ...]
    more: int
    otherwise: tuple[Place, ...]
    words: EvidenceAnswer | None


@dataclass(frozen=True, slots=True)
class Rows:
    """All findings, and those struck out."""

    listed: tuple[Row, ...]
    struck: tuple[Row, ...]

    @property
    def checked(self) -> int:
        """How many of those listed a clinician has spoken of."""
        return sum(row.checked for row in self.listed)


def rows_of(look: Look) -> Rows:
    """The findings of a look; none where it is empty.

    A reading that was struck out because the finding is a relative's is told with the finding, as said otherwise.
    """
    if look.report is None:
        return Rows((), ())
    listed = {feature.id for feature in look.report.features}
    numbers = {note.id: number for number, note in enumerate(look.sheet.case.notes, 1)}
    struck = [feature for feature in look.report.dismissed if feature.id not in listed]
    beaten = {feature.id: feature.mentions for feature in look.report.dismissed}
    return Rows(
        tuple(_row(feature, look, numbers, beaten.get(feature.id, ())) for feature in look.report.features),
        tuple(_row(feature, look, numbers) for feature in struck),
    )


def _row(
    feature: FeatureAnswer, look: Look, numbers: dict[str, int], beaten: Sequence[SourcedMentionAnswer] = ()
) -> Row:
    checked = any(mention.evidence.by for mention in feature.mentions)
    places = _distinct(feature.mentions, numbers)
    return Row(
        feature,
        checked,
        _hand(feature, beaten) if checked else None,
        tuple(_quotes(feature))[:MOST_QUOTES],
        _once(mention.reading for mention in feature.mentions if mention.reading != mention.evidence.text),
        tuple(look.labels[id] for id in feature.implied_by if id in look.labels),
        _once(mention.evidence.text for mention in feature.conflicts),
        places[:MOST_PLACES],
        len(places[MOST_PLACES:]),
        _distinct((*feature.conflicts, *beaten), numbers)[:MOST_PLACES],
        next((mention.evidence for mention in feature.mentions if mention.evidence.note), None),
    )


def _hand(feature: FeatureAnswer, beaten: Sequence[SourcedMentionAnswer]) -> str | None:
    """How a clinician's word lies to what was read."""
    read = [mention for mention in (*feature.mentions, *feature.conflicts, *beaten) if not mention.evidence.by]
    if not read:
        return "added"
    return None if any(mention.assertion is feature.assertion for mention in read) else "changed"


def _quotes(feature: FeatureAnswer) -> Iterator[str]:
    seen = {feature.label.casefold()}
    for mention in feature.mentions:
        text = mention.evidence.text
        if text and text.casefold() not in seen:
            seen.add(text.casefold())
            yield text


def _distinct(mentions: Sequence[SourcedMentionAnswer], numbers: dict[str, int]) -> tuple[Place, ...]:
    """One place for each wording in each section of a note; a clinician's own words come first, as they are given."""
    found: dict[tuple[object, ...], Place] = {}
    for mention in mentions:
        told = mention.evidence
        key = (
            told.by is not None,
            told.note,
            told.section,
            (told.text or "").casefold(),
            told.photo,
            mention.assertion,
        )
        found.setdefault(key, Place(mention, numbers.get(told.note or "")))
    return tuple(found.values())


def _once(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
