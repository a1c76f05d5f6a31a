"""Orphanet's definition of a disease as pieces: plain words, and words that speak of a feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.report import Match
from service.models.definitions import DefinitionMarkAnswer, DescriptionAnswer
from service.models.explanations import ContributionAnswer


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the words. `mark` is the feature that they speak of; `met` are labels of the findings that met it."""

    text: str
    mark: DefinitionMarkAnswer | None = None
    met: tuple[str, ...] = ()


def pieces(description: DescriptionAnswer, contributions: Sequence[ContributionAnswer]) -> Iterator[Piece]:
    """The definition, cut at its marks; of marks that overlap the first counts."""
    text, at = description.definition or "", 0
    for mark in description.marks:
        if mark.start < at:
            continue
        yield Piece(text[at : mark.start])
        met = tuple(part.label for part in contributions if _meets(part, description.id, mark))
        yield Piece(text[mark.start : mark.end], mark, met)
        at = mark.end
    yield Piece(text[at:])


def page_of(entry: str) -> str:
    """Orphanet's page of an entry."""
    return f"https://www.orpha.net/en/disease/detail/{entry.removeprefix('ORPHA:')}"


def _meets(part: ContributionAnswer, entry: str, mark: DefinitionMarkAnswer) -> bool:
    """Whether these words are among those that a contribution stands on."""
    of_feature = part.match in (Match.MORE_GENERAL, Match.EXCLUDED_MEETS_PRESENT)
    term = part.feature if of_feature else part.through
    return term in mark.superterms and any(each.id == entry for each in part.described)
