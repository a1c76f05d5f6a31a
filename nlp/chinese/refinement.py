"""What words of side and degree add to a finding: a finer term where the ontology has one, else modifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from nlp.chinese.lexicon import ChineseLexicon, Hits
from nlp.chinese.rules import ChineseRules
from nlp.chinese.selection import Found
from ontology.terms import Terms, UnknownTerm

_SEVERITY = {"mild": "HP:0012825", "moderate": "HP:0012826", "severe": "HP:0012828", "profound": "HP:0012829"}
_MODIFIER = {"both": "HP:0012832", "one": "HP:0012833", "progressive": "HP:0003676"}


class Added(NamedTuple):
    """The term with its side or degree, where its words begin, and what is kept beside it (HPO ids)."""

    term: int
    start: int
    severity: str | None
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refinement:
    """Reads words of side and degree before and inside findings."""

    lexicon: ChineseLexicon
    kinds: dict[str, str]
    pattern: re.Pattern[str]
    longest: int
    ends: frozenset[str]
    known: frozenset[str]

    @classmethod
    def of(cls, lexicon: ChineseLexicon, rules: ChineseRules, terms: Terms) -> Refinement:
        """With the skipped words of `rules` that add something."""
        kinds = {word: one.kind for word, one in rules.skipped.items() if one.kind != "filler"}
        known = set()
        for id in (*_SEVERITY.values(), *_MODIFIER.values()):
            try:
                known.add(terms.resolve(id).id)
            except UnknownTerm:  # a small release
                continue
        pattern = re.compile("|".join(map(re.escape, sorted(kinds, key=len, reverse=True))))
        return cls(
            lexicon, kinds, pattern, max(map(len, kinds)), frozenset(word[-1] for word in kinds), frozenset(known)
        )

    def read(self, text: str, hits: Hits, found: Found) -> Added:
        """What is added to one finding."""
        term, start = found.term, found.start
        # Most findings have no such word: none ends right before them, none stands inside what is no wording.
        if text[start - 1 : start] not in self.ends and text[start : found.end] == found.wording:
            return Added(term, start, None, ())
        severity: str | None = None
        modifiers: list[str] = []
        kinds = []
        while start > 0:
            word = self._word_before(text, start)
            if word is None:
                break
            kinds.append(self.kinds[word])
            start -= len(word)
        inside = [word for word in self.pattern.findall(text, found.start, found.end) if word not in found.wording]
        kinds += [self.kinds[word] for word in inside]
        for kind in dict.fromkeys(kinds):
            finer = self.lexicon.refined.get((term, kind))
            if finer is not None:
                term = finer
            elif kind in _SEVERITY:
                severity = severity or _SEVERITY[kind]
            else:
                modifiers.append(_MODIFIER[kind])
        return Added(
            term,
            start,
            severity if severity in self.known else None,
            tuple(sorted(set(modifiers) & self.known)),
        )

    def _word_before(self, text: str, at: int) -> str | None:
        for length in range(min(self.longest, at), 0, -1):
            word = text[at - length : at]
            if word in self.kinds:
                return word
        return None
