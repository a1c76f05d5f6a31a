"""Abbreviations: those a note defines itself, those curated here, those of the release, in this order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.lexicon import Lexicon
from nlp.recognise import Candidate
from nlp.word_reader import Kind, WordSequence

_DEFINED = re.compile(r"\(([A-Z][A-Za-z]{1,6}s?)\)")
_MIN_LETTERS = 3  # of an abbreviation of the release


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Finds abbreviated findings; `curated` maps letters to (term position, words one of which the note must hold)."""

    lexicon: Lexicon
    curated: dict[str, tuple[int, frozenset[str]]]

    def candidates(self, text: str, sequence: WordSequence, spelt_out: Sequence[Candidate]) -> Iterator[Candidate]:
        """One candidate for every abbreviation in the note that stands for a finding."""
        capitals = [(at, text[sequence.starts[at] : sequence.ends[at]]) for at in _capitals(text, sequence)]
        if not capitals:
            return
        defined = self._defined(text, sequence, spelt_out)
        words: frozenset[str] | None = None
        for at, letters in capitals:
            short = letters.rstrip("s")
            if short in defined:
                meaning = defined[short]
            elif short in self.curated:
                term, needed = self.curated[short]
                if needed and words is None:
                    words = frozenset(word.text for word in sequence.words)
                meaning = (0.0, term) if not needed or (words and not words.isdisjoint(needed)) else None
            else:
                meaning = self._of_release(letters, short)
            if meaning:
                yield Candidate(at, at, 1.0, *meaning)

    def _of_release(self, letters: str, short: str) -> tuple[float, int] | None:
        if len(short) < _MIN_LETTERS:
            return None
        return self.lexicon.abbreviations.get(letters) or self.lexicon.abbreviations.get(short)

    def _defined(
        self, text: str, sequence: WordSequence, spelt_out: Sequence[Candidate]
    ) -> dict[str, tuple[float, int] | None]:
        """What "(ABC)" after its words means in this note; None where its words are no finding."""
        defined: dict[str, tuple[float, int] | None] = {}
        sizes: dict[str, float] = {}
        by_last: dict[int, list[Candidate]] = {}
        for candidate in spelt_out:
            by_last.setdefault(candidate.last, []).append(candidate)
        for match in _DEFINED.finditer(text):
            short = match[1].rstrip("s")
            defined.setdefault(short, None)
            before = bisect_left(sequence.starts, match.start()) - 1
            for candidate in by_last.get(before, ()):
                if short.lower() in _initials(sequence, candidate) and candidate.size > sizes.get(short, 0.0):
                    sizes[short] = candidate.size
                    defined[short] = (0.0, candidate.term)
        return defined


def _capitals(text: str, sequence: WordSequence) -> Iterator[int]:
    """Words written in capitals, a plural s allowed."""
    for at, word in enumerate(sequence.words):
        if word.kind is Kind.WORD:
            letters = text[sequence.starts[at] : sequence.ends[at]]
            if letters.isupper() or (len(letters) > 2 and letters[-1] == "s" and letters[:-1].isupper()):
                yield at


def _initials(sequence: WordSequence, candidate: Candidate) -> tuple[str, str]:
    """First letters of the content words, and of these with the stop words."""
    span = [sequence.words[w] for w in range(candidate.first, candidate.last + 1)]
    content = "".join(word.text[0] for word in span if word.kind is Kind.WORD)
    return content, "".join(word.text[0] for word in span if word.kind in (Kind.WORD, Kind.STOP))
