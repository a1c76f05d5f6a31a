"""A folded note cut into sentences and clauses, and where cues and findings stand in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

#: A stop, a line's end, a semicolon; a Latin stop that ends a word. A question mark is a cue, and ends none.
#: Expressions that begin with a class of signs are tried at those signs only.
_SENTENCE_END = re.compile(
    r"[。;!\n\r.\s](?:(?<=[。;!\n\r])|(?<=[^\d\s]\.)(?=\s|[^\x00-\x7f]|$)|(?<=[^\x00-\x7f]\s)\s*\d{1,2}[.、](?=\D))"
)
_CLAUSE_END = re.compile(r"[,。;!?\n\r:\s](?:(?<=[,。;!?\n\r:])|(?<=[^\x00-\x7f]\s)\s*(?=[^\x00-\x7f]))")


@dataclass(frozen=True, slots=True)
class Clauses:
    """Ascending first characters of sentences and of clauses; the first of each is 0."""

    sentences: list[int]
    clauses: list[int]
    length: int

    @classmethod
    def of(cls, text: str) -> Clauses:
        """Cut a folded text."""
        sentences = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
        clauses = sorted({0, *sentences, *(match.end() for match in _CLAUSE_END.finditer(text))})
        return cls(sentences, clauses, len(text))

    def sentence(self, at: int) -> tuple[int, int]:
        """Characters of the sentence that holds `at`: its first, and the first behind it."""
        starts = self.sentences
        row = bisect_right(starts, at)
        return starts[row - 1], starts[row] if row < len(starts) else self.length

    def clause(self, at: int) -> tuple[int, int]:
        """Characters of the clause that holds `at`; the sign that ends it belongs to it."""
        starts = self.clauses
        row = bisect_right(starts, at)
        return starts[row - 1], starts[row] if row < len(starts) else self.length
