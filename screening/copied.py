"""Copied-forward text: what a note repeats word for word from an earlier note of the same patient.

Follow-up notes are often begun as a copy of the last one. What is copied says nothing new: counted again, an old "no
seizures" would stand as the latest word against the seizure that was written between. So the notes are parted into
pieces (lines and sentences), and a piece that an earlier note of the patient has is copied, if it is long enough not to
be written twice by chance.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

_PIECE = re.compile(r"[^\s。！？；;.!?][^\n。！？；;.!?]*(?:\.\d[^\n。！？；;.!?]*)*[\n。！？；;.!?]*")
#: Characters of a piece below which two notes may say it independently ("No murmur was heard."); a Chinese character
#: counts as two, as it is about half a word.
LEAST_WEIGHT = 36
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Copied:
    """The copied stretches of one note, as starts and ends in characters, and how many `characters` they hold.

    `whole` says that nothing in the note is new.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    characters: int
    whole: bool

    def holds(self, start: int, end: int) -> bool:
        """Whether all of a span was copied."""
        at = bisect_right(self.starts, start) - 1
        return at >= 0 and end <= self.ends[at]


@dataclass(slots=True)
class CopyWatch:
    """The pieces of the notes of one patient that were seen so far; notes are told from the earliest on."""

    _seen: set[str] = field(default_factory=set)

    def copied(self, text: str) -> Copied:
        """What of `text` stood in a note told before; its own pieces are remembered."""
        spans: list[tuple[int, int]] = []
        fresh: set[str] = set()
        for match in _PIECE.finditer(text):
            words = " ".join(match.group().split()).casefold()
            if words in self._seen and _weight(words) >= LEAST_WEIGHT:
                spans.append(match.span())
            elif words:
                fresh.add(words)
        new = not fresh <= self._seen
        self._seen |= fresh
        joined = _joined(text, spans)
        return Copied(
            tuple(start for start, _ in joined),
            tuple(end for _, end in joined),
            sum(end - start for start, end in joined),
            whole=bool(spans) and not new,
        )


def _weight(words: str) -> int:
    return len(words) if words.isascii() else len(words) + len(_CHINESE.findall(words))


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches with nothing but white space between them become one, so that a finding may lie over two pieces."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
