"""Search among the terms: by id, by how words of a label or synonym begin, and by likeness where none begins so."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ontology.arrays import Bools, Ints, Rows
from ontology.terms import Moved, SynonymScope, Terms, UnknownTerm

_WORD = re.compile(r"\w+")
_ID = re.compile(r"HP:?\s*([0-9]{7})", re.IGNORECASE)
#: rapidfuzz's ratio (0 to 100) from which a wording counts as a near miss. Of one letter wrong in eight, 87 is left; of
#: two, 75; chosen by hand, not measured.
_NEAR = 75.0


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term, the wording that matched, and whether it was only near."""

    position: int
    matched: str
    near: bool = False
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class TermSearch:
    """Wordings of the phenotypic abnormalities, folded, with an inverted list of their words.

    wordings   strings (wordings,)  as the release writes them: labels and synonyms
    folded     strings (wordings,)  compatibility-normalised, without case
    owners     int32   (wordings,)  term positions
    standings  int8    (wordings,)  0 label, 1 exact synonym, 2 other synonym
    words      strings (words,)     ascending
    postings   rows    (words,)     wordings that hold the word
    """

    terms: Terms
    wordings: tuple[str, ...]
    folded: tuple[str, ...]
    owners: Ints
    standings: Ints
    words: tuple[str, ...]
    postings: Rows

    @classmethod
    def of(cls, terms: Terms) -> TermSearch:
        """Fold and invert every wording: about 45,000 in the release of 2026-06."""
        gathered = [
            entry for position in np.flatnonzero(terms.is_phenotype) for entry in _wordings(terms, int(position))
        ]
        folded = tuple(fold(text) for text, _, _ in gathered)
        holders: dict[str, set[int]] = {}
        for at, text in enumerate(folded):
            for word in _WORD.findall(text):
                holders.setdefault(word, set()).add(at)
        words = tuple(sorted(holders))
        return cls(
            terms,
            tuple(text for text, _, _ in gathered),
            folded,
            np.array([owner for _, owner, _ in gathered], np.int32),
            np.array([standing for _, _, standing in gathered], np.int32),
            words,
            Rows.of(sorted(holders[word]) for word in words),
        )

    def find(self, query: str) -> list[FoundTerm]:
        """Every term that `query` finds, best first; near misses only where nothing else is found."""
        by_id = _ID.fullmatch(query.strip())
        if by_id:
            return self._by_id(f"HP:{by_id.group(1)}")
        asked = fold(query)
        found = self._begun(asked)
        near = not found
        if near:
            found = self._near(asked)
        best: dict[int, FoundTerm] = {}
        for at in found:
            owner = int(self.owners[at])
            best.setdefault(owner, FoundTerm(owner, self.wordings[at], near))
        return list(best.values())

    def _by_id(self, id: str) -> list[FoundTerm]:
        try:
            resolved = self.terms.resolve(id)
        except UnknownTerm as error:
            suggested = (self.terms.position(other) for other in error.suggestions)
            return [FoundTerm(position, id, near=True) for position in suggested if self.terms.is_phenotype[position]]
        if not self.terms.is_phenotype[resolved.position]:
            return []
        replaces = resolved.given if isinstance(resolved.moved, Moved) else None
        return [FoundTerm(resolved.position, id, replaces=replaces)]

    def _begun(self, asked: str) -> list[int]:
        """Wordings in which each asked word begins a word: equal first, then begun so, then labels, then shorter."""
        words = _WORD.findall(asked)
        if not words:
            return []
        held = reduce(np.logical_and, (self._holding(word) for word in words))
        return sorted((int(at) for at in np.flatnonzero(held)), key=lambda at: self._order(at, asked))

    def _holding(self, beginning: str) -> Bools:
        held = np.zeros(len(self.wordings), np.bool_)
        first = bisect_left(self.words, beginning)
        last = bisect_left(self.words, beginning + "\U0010ffff")
        held[self.postings.values[self.postings.pointers[first] : self.postings.pointers[last]]] = True
        return held

    def _order(self, at: int, asked: str) -> tuple[int, int, int, str]:
        text = self.folded[at]
        closeness = 0 if text == asked else 1 if text.startswith(asked) else 2
        return closeness, int(self.standings[at]), len(text), text

    def _near(self, asked: str) -> list[int]:
        from rapidfuzz import fuzz, process

        hits = process.extract(asked, self.folded, scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR, limit=50)
        return [at for _, _, at in hits]


def fold(text: str) -> str:
    """Without case, compatibility forms or doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _wordings(terms: Terms, position: int) -> list[tuple[str, int, int]]:
    synonyms = terms.synonyms_of(position)
    return [(terms.label(position), position, 0)] + [
        (synonym.text, position, 1 if synonym.scope is SynonymScope.EXACT else 2) for synonym in synonyms
    ]
