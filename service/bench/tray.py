"""Words of the notes that may be findings and match no term, with the words about them, as the tray shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.bench.look import Look
from service.models.answers import SuggestionAnswer

#: Characters of the note shown to each side of the words; a word cut there is left out.
BESIDE = 40
#: A word of letters, which is cut short where it does not begin or end here; Chinese has no spaces to cut at.
_LETTERS = "[^\\s\u2e80-\u9fff\uff00-\uffef]*"
_CUT_BEFORE = re.compile(rf"^{_LETTERS}\s+")
_CUT_BEHIND = re.compile(rf"\s+{_LETTERS}$")


@dataclass(frozen=True, slots=True)
class Place:
    """One suggestion with the words of the note before and behind it."""

    before: str
    behind: str
    suggestion: SuggestionAnswer


@dataclass(frozen=True, slots=True)
class Left:
    """What one note leaves unread; `number` counts notes from 1, `places` is None where nothing was looked for.

    `end` is the character where looking ended, None where it did not end early.
    """

    number: int
    note: str
    places: tuple[Place, ...] | None
    end: int | None = None

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self.places or ())


def left_of(look: Look) -> tuple[Left, ...]:
    """What each note of the sheet leaves unread, in the order of the notes."""
    return tuple(_left(look))


def _left(look: Look) -> Iterator[Left]:
    unread = {each.note: each for each in look.unread}
    for number, note in enumerate(look.sheet.case.notes, 1):
        of_note = unread.get(note.id)
        if of_note is None:
            yield Left(number, note.id, None)
        else:
            yield Left(number, note.id, tuple(_place(note.text, each) for each in of_note.suggestions), of_note.end)


def _place(text: str, suggestion: SuggestionAnswer) -> Place:
    start, end = suggestion.start, suggestion.end
    before, behind = text[max(0, start - BESIDE) : start], text[end : end + BESIDE]
    if start > BESIDE:
        before = "… " + _CUT_BEFORE.sub("", before)
    if end + BESIDE < len(text):
        behind = _CUT_BEHIND.sub("", behind) + " …"
    return Place(before, behind, suggestion)
