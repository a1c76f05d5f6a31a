"""Suggestions, not guesses: words that look like a finding and were read as none, each with its five nearest terms.

A suggestion is nobody's word until a person accepts a term: it is no mention, carries no assertion, and never enters a
ranking by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nlp.english import EnglishReader
from nlp.nearest import NearestTerms
from nlp.sections import is_heading
from nlp.shapes import Kind
from nlp.word_reader import Word, WordSequence
from nlp.wordings import WordingAnalyser
from nlp.words import tokenise
from ontology.arrays import Bools
from ontology.features import Mention, TextSpan
from ontology.knowledge import Knowledge

MOST_TERMS = 5
#: Spans looked up in one note; a lookup takes about a millisecond. What lies behind the last one is told, not hidden.
MOST_SPANS = 1000
#: What the phrase must share with its first term. On the open sets, suggestions per 1,000 characters against missed
#: mentions met: 7.3 / 29 % at .45, 5.5 / 26 % at .5 (benchmarks.suggestions --least).
_LEAST_LIKENESS = 0.5
#: The same for one strange word, which has only letters to share.
_LEAST_LIKENESS_ALONE = 0.35
_LEAST_LETTERS = 5  # of a strange word
_MOST_WORDS = 9  # content words of a phrase
_TELLING_WORDS = 2  # at least, in a phrase
_LEAST_BODY_PARTS = 5  # that a word is said of in the release's wordings, for it to be a quality
_PARTING = (Kind.BREAK, Kind.COMMA, Kind.COORDINATOR)


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    """A term that the words may mean; `likeness` is from 0 to 1, of words and letters, and no probability."""

    id: str
    label: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words that look like a finding, `text == note[start:end]`, and the nearest terms, best first."""

    start: int
    end: int
    text: str
    terms: tuple[SuggestedTerm, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions in order of position; `looked_to` is where looking ended, None where the whole note was looked at."""

    suggestions: tuple[Suggestion, ...]
    looked_to: int | None = None


@dataclass(frozen=True)
class Suggester:
    """Makes suggestions with the words of an English reader; the index is built when it is first asked for."""

    knowledge: Knowledge
    english: EnglishReader
    least_likeness: float = _LEAST_LIKENESS

    @cached_property
    def nearest(self) -> NearestTerms:
        """The index of wordings, built within two seconds on first use."""
        return NearestTerms.of(self.knowledge)

    def suggest(self, text: str, mentions: Sequence[Mention]) -> Suggested:
        """Suggestions for what `mentions`, the reading of the same `text`, leave unread."""
        spans = [mention.evidence for mention in mentions if isinstance(mention.evidence, TextSpan)]
        taken = _merged(sorted((span.start, span.end) for span in spans))
        sequence = self.english.words.sequence(tokenise(text))
        sections = self.english.sections.find(text)
        found: list[Suggestion] = []
        known: dict[str, tuple[SuggestedTerm, ...]] = {}
        looked_up = 0
        for first, last in self._phrases(sequence, taken):
            start, end = sequence.starts[first], sequence.ends[last]
            if is_heading(sections, start):
                continue
            if looked_up == MOST_SPANS:
                return Suggested(tuple(found), looked_to=start)
            looked_up += 1
            phrase = text[start:end]
            terms = known[phrase] = known.get(phrase) or self.terms_near(phrase)
            least = self.least_likeness if last > first else min(_LEAST_LIKENESS_ALONE, self.least_likeness)
            if terms and terms[0].likeness >= least:
                found.append(Suggestion(start, end, phrase, terms))
        return Suggested(tuple(found))

    def terms_near(self, phrase: str) -> tuple[SuggestedTerm, ...]:
        """The nearest terms to any phrase, best first."""
        terms = self.english.terms
        near = self.nearest.near(self._analyser.content(phrase), MOST_TERMS)
        return tuple(SuggestedTerm(terms.id(n.term), terms.label(n.term), round(n.likeness, 3)) for n in near)

    def _phrases(self, sequence: WordSequence, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """First and last word of each phrase that looks like a finding."""
        for run in self._runs(sequence, taken):
            speaking = [at for at in run if self._speaks(sequence.words[at])]
            if speaking and self._looks_phenotypic([sequence.words[at] for at in speaking]):
                yield speaking[0], speaking[-1]

    def _runs(self, sequence: WordSequence, taken: list[tuple[int, int]]) -> Iterator[list[int]]:
        """Words in a row that may be one finding: no sign, conjunction, denial, mention or foreign word between."""
        run: list[int] = []
        reach = 0  # of `taken`, what ends before the word
        for at, word in enumerate(sequence.words):
            while reach < len(taken) and taken[reach][1] <= sequence.starts[at]:
                reach += 1
            is_read = reach < len(taken) and taken[reach][0] < sequence.ends[at]
            if is_read or word.kind in _PARTING or self._is_foreign(word):
                if run:
                    yield run
                run = []
            else:
                run.append(at)
        if run:
            yield run

    def _looks_phenotypic(self, words: list[Word]) -> bool:
        """Whether two words or more tell something, one of a body part or quality; or one strange word stands alone."""
        if len(words) == 1:
            return self._is_strange(words[0])
        telling = [word for word in words if not (word.is_modifier or word.is_numeral or word.stem in self._weak)]
        if len(words) > _MOST_WORDS or len(telling) < _TELLING_WORDS:
            return False
        return any(self._is_anatomy[w.number] or self._is_quality[w.number] for w in telling if w.number >= 0)

    def _is_foreign(self, word: Word) -> bool:
        if word.kind is not Kind.WORD or word.is_modifier or word.is_filler:
            return word.is_barrier
        return word.is_barrier or (word.number < 0 and not self._is_strange(word))

    def _is_strange(self, word: Word) -> bool:
        """Whether it is in no wording, no definition and no list of ordinary words: perhaps a finding's, misspelt."""
        if word.kind is not Kind.WORD or word.number >= 0 or word.is_modifier or word.is_filler or not word.stem:
            return False
        rules, lexicon = self.english.words.rules, self.english.words.lexicon
        ordinary = word.text in lexicon.known or word.text in rules.words.not_slips
        return len(word.text) >= _LEAST_LETTERS and not ordinary

    def _speaks(self, word: Word) -> bool:
        return word.kind is Kind.WORD and (word.number >= 0 or self._is_strange(word))

    @property
    def _is_anatomy(self) -> Bools:
        return self.english.words.lexicon.is_anatomy

    @cached_property
    def _is_quality(self) -> Bools:
        """Of the stems, those of no body part, but said of several, and neither neutral nor vague."""
        lexicon = self.english.words.lexicon
        owner = np.repeat(np.arange(len(lexicon.partners)), np.diff(lexicon.partners.pointers))
        parts = np.bincount(owner, lexicon.is_anatomy[lexicon.partners.values], minlength=len(lexicon.partners))
        quality: Bools = (parts >= _LEAST_BODY_PARTS) & ~lexicon.is_anatomy
        quality[[lexicon.stems[stem] for stem in self._weak if stem in lexicon.stems]] = False
        return quality

    @cached_property
    def _weak(self) -> frozenset[str]:
        """Stems that tell nothing by themselves."""
        rules = self.english.words.rules
        words = rules.words.neutral | rules.words.vague | rules.words.fillers | rules.words.stop
        return frozenset(rules.stems.stem(word) for word in words)

    @cached_property
    def _analyser(self) -> WordingAnalyser:
        return WordingAnalyser(self.english.words.rules)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans joined."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
