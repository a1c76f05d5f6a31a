"""Abbreviations: those a note defines itself, those curated here, those of the release, in this order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass

from nlp.lexicon import Lexicon
from nlp.recognise import Candidate
from nlp.rules import AbbreviationRules
from nlp.shapes import CAPITALS, Kind
from nlp.word_reader import WordSequence
from ontology.terms import Terms, UnknownTerm

_DEFINED = re.compile(r"\(([A-Z][A-Za-z]{1,6}s?)\)")
_MIN_LETTERS = 3  # of an abbreviation of the release
_AROUND = 25  # words to either side that are asked first what an abbreviation means

#: What letters may mean: (term position, words that tell this meaning from others; none: unless another is told).
Meanings = Mapping[str, Sequence[tuple[int, frozenset[str]]]]


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Finds abbreviated findings: what the note defines, what its words tell, what the release says."""

    lexicon: Lexicon
    curated: Meanings

    @classmethod
    def of(cls, lexicon: Lexicon, rules: AbbreviationRules, terms: Terms) -> Abbreviations:
        """With the language's own abbreviations, those whose terms this release has."""
        known: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for letters, meanings in rules.curated.items():
            for id, needed in meanings:
                with suppress(UnknownTerm):  # a small or older release
                    known.setdefault(letters, []).append((terms.position(id), needed))
        return cls(lexicon, known)

    def candidates(self, text: str, sequence: WordSequence, spelt_out: Sequence[Candidate]) -> Iterator[Candidate]:
        """One candidate for every abbreviation in the note that stands for a finding."""
        capitals = [(at, text[sequence.starts[at] : sequence.ends[at]]) for at in _capitals(sequence)]
        if not capitals:
            return
        defined = self._defined(text, sequence, spelt_out)
        note: dict[str, int | None] = {}  # what the whole note tells, asked once
        said: set[str] = set()
        for at, letters in capitals:
            short = letters.rstrip("s")
            if short in defined:
                meaning = defined[short]
            elif short in self.curated:
                term = self._told(short, {word.text for word in sequence.words[max(0, at - _AROUND) : at + _AROUND]})
                if term is None:
                    if short not in note:
                        said = said or {word.text for word in sequence.words}
                        note[short] = self._told(short, said)
                    term = note[short]
                if term is None:
                    term = next((term for term, needed in self.curated[short] if not needed), None)
                meaning = None if term is None else (0.0, term)
            else:
                meaning = self._of_release(letters, short)
            if meaning:
                yield Candidate(at, at, 1.0, *meaning)

    def _told(self, short: str, said: Set[str]) -> int | None:
        """The meaning of which these words tell most; None where they tell nothing, or of two alike."""
        told = sorted(((len(said & needed), term) for term, needed in self.curated[short]), reverse=True)
        undecided = len(told) > 1 and told[0][0] == told[1][0]
        return None if not told or told[0][0] == 0 or undecided else told[0][1]

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


def _capitals(sequence: WordSequence) -> Iterator[int]:
    """Words written in capitals, a plural s allowed."""
    return (match.start() for match in CAPITALS.finditer(sequence.shape))


def _initials(sequence: WordSequence, candidate: Candidate) -> tuple[str, str]:
    """First letters of the content words, and of these with the stop words."""
    span = [sequence.words[w] for w in range(candidate.first, candidate.last + 1)]
    content = "".join(word.text[0] for word in span if word.kind is Kind.WORD)
    return content, "".join(word.text[0] for word in span if word.kind in (Kind.WORD, Kind.STOP))
