"""Search among the terms: by id, by how words of a label or synonym begin, and by likeness where none begins so.

Chinese wordings are looked up beside them (`nlp.chinese.look_up`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

import numpy as np

from nlp.chinese.look_up import By, LookUp
from ontology.arrays import Bools, Ints, Rows
from ontology.knowledge import Knowledge
from ontology.terms import Moved, SynonymScope, Terms, UnknownTerm

_WORD = re.compile(r"\w+")
_ID = re.compile(r"HP:?\s*([0-9]{7})", re.IGNORECASE)
#: Closeness, by what, standing, length, place, text.
_Order = tuple[int, int, int, int, int, str]
#: rapidfuzz's ratio (0 to 100) from which a wording counts as a near miss. Of one letter wrong in eight, 87 is left; of
#: two, 75; chosen by hand, not measured.
_NEAR = 75.0
_MOST_NEAR = 50


@dataclass(frozen=True, slots=True)
class FoundTerm:
    """A term, the wording that matched, and whether it was only near."""

    position: int
    matched: str
    near: bool = False
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class TermSearch:
    """Wordings of the phenotypic abnormalities, folded, with an inverted list of their words; `chinese` are others.

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
    chinese: LookUp

    @classmethod
    def of(cls, knowledge: Knowledge) -> TermSearch:
        """Fold and invert every wording: about 45,000 in the release of 2026-06."""
        terms = knowledge.terms
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
            LookUp.open(knowledge.folder),
        )

    def find(self, query: str, language: str = "en") -> list[FoundTerm]:
        """Every term that `query` finds, best first; near misses only where nothing else is found.

        Letters are pinyin, too, where the `language` is `zh`; elsewhere only where no wording begins with them.
        """
        by_id = _ID.fullmatch(query.strip())
        if by_id:
            return self._by_id(f"HP:{by_id.group(1)}")
        asked = fold(query)
        ranked = [(self._order(at, asked), int(self.owners[at]), self.wordings[at]) for at in self._begun(asked)]
        if language == "zh" or not ranked:
            ranked += self._chinese(query)
        found = [(owner, wording) for _, owner, wording in sorted(ranked)]
        near = not found
        if near:
            found = [*self._chinese_near(query)]
            english = [(int(self.owners[at]), self.wordings[at]) for at in self._near(asked)]
            found = found + english if language == "zh" else english + found
        best: dict[int, FoundTerm] = {}
        for owner, wording in found:
            best.setdefault(owner, FoundTerm(owner, wording, near))
        return list(best.values())

    def _chinese(self, query: str) -> Iterator[tuple[_Order, int, str]]:
        """Chinese wordings with the order they have among the others."""
        for place, hit in enumerate(self.chinese.find(query)):
            if self.terms.is_phenotype[hit.term]:
                yield (hit.closeness, hit.by, not hit.named, len(hit.wording), place, ""), hit.term, hit.wording

    def _chinese_near(self, query: str) -> Iterator[tuple[int, str]]:
        """Chinese wordings that the query misses by a little, best first."""
        for hit in islice(self.chinese.near(query), _MOST_NEAR):
            if self.terms.is_phenotype[hit.term]:
                yield hit.term, hit.wording

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
        """Wordings in which each asked word begins a word."""
        words = _WORD.findall(asked)
        if not words:
            return []
        held = reduce(np.logical_and, (self._holding(word) for word in words))
        return [int(at) for at in np.flatnonzero(held)]

    def _holding(self, beginning: str) -> Bools:
        held = np.zeros(len(self.wordings), np.bool_)
        first = bisect_left(self.words, beginning)
        last = bisect_left(self.words, beginning + "\U0010ffff")
        held[self.postings.values[self.postings.pointers[first] : self.postings.pointers[last]]] = True
        return held

    def _order(self, at: int, asked: str) -> _Order:
        """Equal first, then begun so, then labels, then shorter."""
        text = self.folded[at]
        closeness = 0 if text == asked else 1 if text.startswith(asked) else 2
        return closeness, By.CHARACTERS, int(self.standings[at]), len(text), 0, text

    def _near(self, asked: str) -> list[int]:
        from rapidfuzz import fuzz, process

        hits = process.extract(asked, self.folded, scorer=fuzz.token_sort_ratio, score_cutoff=_NEAR, limit=_MOST_NEAR)
        return [at for _, _, at in hits]


def fold(text: str) -> str:
    """Without case, compatibility forms or doubled spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _wordings(terms: Terms, position: int) -> list[tuple[str, int, int]]:
    synonyms = terms.synonyms_of(position)
    return [(terms.label(position), position, 0)] + [
        (synonym.text, position, 1 if synonym.scope is SynonymScope.EXACT else 2) for synonym in synonyms
    ]
