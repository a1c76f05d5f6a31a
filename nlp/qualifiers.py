"""What the words beside a finding add to it: side, spread, course and onset, as HPO's own modifiers.

They never change which finding it is. A word that the term's own label says is no addition ("recurrent infections").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.recognise import Candidate
from nlp.shapes import Kind
from nlp.word_reader import WordSequence
from ontology.terms import Terms, UnknownTerm

_ONSET = "HP:0003674"
_BEFORE, _AFTER = 4, 4  # tokens looked at beside a finding


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """HPO ids of one mention's modifiers, in the order of the note, and of its onset."""

    modifiers: tuple[str, ...] = ()
    onset: str | None = None


UNQUALIFIED = Qualifiers()


@dataclass(frozen=True, slots=True)
class QualifierReader:
    """Reads modifiers; `words` maps a word, or two, to the position of its term; `onsets` are positions of onsets."""

    terms: Terms
    words: Mapping[str, int]
    sides: frozenset[str]
    onsets: frozenset[int]
    first_of_two: frozenset[str]

    @classmethod
    def of(cls, words: Mapping[str, str], sides: frozenset[str], terms: Terms) -> QualifierReader:
        """With the language's words for terms that this release has."""
        known: dict[str, int] = {}
        for word, id in words.items():
            try:
                known[word] = terms.position(id)
            except UnknownTerm:  # a small or older release
                continue
        first_of_two = frozenset(word.split()[0] for word in known if " " in word)
        try:
            onset = terms.position(_ONSET)
        except UnknownTerm:
            return cls(terms, known, sides, frozenset(), first_of_two)
        onsets = frozenset(p for p in known.values() if terms.is_ancestor(onset, p))
        return cls(terms, known, sides, onsets, first_of_two)

    def read(self, sequence: WordSequence, candidate: Candidate) -> Qualifiers:
        """What the words just before, inside and just after a finding add to it; after it only its side."""
        words = sequence.words
        first = candidate.first
        while first > 0 and candidate.first - first < _BEFORE and self._adds(sequence, first - 1):
            first -= 1
        looked = ((at, self._at(sequence, at)) for at in range(first, candidate.last + 1))
        told = [(at, position) for at, position in looked if position is not None]
        said = self.terms.label(candidate.term).lower().replace("-", " ").split() if told else ()
        modifiers: dict[str, None] = {}
        onset: str | None = None
        for at, position in told:
            if words[at].text in said:
                continue
            if position in self.onsets:
                onset = onset or self.terms.id(position)
            else:
                modifiers[self.terms.id(position)] = None
        side = self._side_after(sequence, candidate.last)
        if side is not None and not modifiers.keys() & set(side):
            modifiers.update(dict.fromkeys(side))
        return Qualifiers(tuple(modifiers), onset)

    def _adds(self, sequence: WordSequence, at: int) -> bool:
        """Whether a word before a finding belongs to it: a modifier, or what stands between modifiers."""
        word = sequence.words[at]
        if word.is_modifier or word.kind is Kind.HYPHEN or self._at(sequence, at) is not None:
            return True
        before = at - 2 if at > 1 and sequence.words[at - 1].kind is Kind.HYPHEN else at - 1
        if before < 0 or sequence.words[before].text not in self.first_of_two:
            return False
        return f"{sequence.words[before].text} {word.text}" in self.words

    def _at(self, sequence: WordSequence, at: int) -> int | None:
        words = sequence.words
        after = at + 1
        pairs = words[at].text in self.first_of_two
        if pairs and after < len(words) and words[after].kind is Kind.HYPHEN:
            after += 1
        if pairs and after < len(words):
            both = self.words.get(f"{words[at].text} {words[after].text}")
            if both is not None:
                return both
        return self.words.get(words[at].text)

    def _side_after(self, sequence: WordSequence, last: int) -> tuple[str, ...] | None:
        """A side told after a finding: "bilaterally", "on the left"; nothing but stop words between."""
        words = sequence.words
        for at in range(last + 1, min(last + 1 + _AFTER, len(words))):
            text = words[at].text
            if text in self.sides and text in self.words:
                after = at + 1
                goes_on = after < len(words) and words[after].kind is Kind.WORD and not text.endswith("ly")
                return None if goes_on and words[after].text != "side" else (self.terms.id(self.words[text]),)
            if words[at].kind is not Kind.STOP or words[at].text == "\n":
                return None
        return None
