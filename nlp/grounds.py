"""Why words were read as a term: the wording of the release that they come nearest to, and how they differ from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nlp.recognise import Candidate
from nlp.rules import LanguageFolder
from nlp.shapes import Kind
from nlp.word_reader import Word, WordSequence
from nlp.wordings import WordingAnalyser
from nlp.words import fold
from ontology.features import Grounds
from ontology.terms import SynonymKind, Terms

_MAX_REMEMBERED = 50_000  # distinct phrases


@dataclass(frozen=True, slots=True)
class _Wording:
    """A wording with its content words and their stems, in order."""

    text: str
    source: str
    words: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroundsReader:
    """Tells the grounds of a finding after it is found; what it remembers changes no answer."""

    terms: Terms
    rules: LanguageFolder
    everyday: Mapping[str, Sequence[str]]
    _wordings: dict[int, tuple[_Wording, ...]] = field(default_factory=dict)
    _remembered: dict[tuple[int, tuple[str, ...]], Grounds] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: LanguageFolder, terms: Terms) -> GroundsReader:
        """With the language's own wordings beside the release's."""
        everyday: dict[str, list[str]] = {}
        for text, id in (*rules.everyday, *rules.described):
            everyday.setdefault(id, []).append(text)
        return cls(terms, rules, everyday)

    def read(self, text: str, sequence: WordSequence, candidate: Candidate) -> Grounds:
        """The grounds of one finding of the note `text`."""
        span = sequence.words[candidate.first : candidate.last + 1]
        if candidate.first == candidate.last:
            letters = text[sequence.starts[candidate.first] : sequence.ends[candidate.last]]
            if letters.rstrip("s").isupper():
                return Grounds(self.terms.label(candidate.term), "label", ("abbreviation",))
        key = (candidate.term, tuple(word.text for word in span))
        known = self._remembered.get(key)
        if known is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[key] = self._explain(span, candidate.term)
        return known

    def _explain(self, span: Sequence[Word], term: int) -> Grounds:
        content = [word for word in span if word.kind is Kind.WORD]
        stems = Counter(word.stem for word in content)
        nearest = max(self._of(term), key=lambda wording: _nearness(wording, content, stems))
        steps: list[str] = []
        missing = Counter(nearest.stems) - stems
        singles = len(nearest.words) == 1 and any(
            w.single == self.rules.stems.single(fold(nearest.words[0])) for w in content
        )
        met = [word for word in content if word.stem in nearest.stems]
        slips = [word for word in content if word.stem != self.rules.stems.stem(word.text)]
        if slips:
            steps.append("spelling")
        if any(word.text not in nearest.words and word not in slips for word in met) or (missing and singles):
            steps.append("inflection")
        if missing and not singles:
            steps.append("substitution")
        if _out_of_order(met, nearest.stems):
            steps.append("order")
        joined = any(word.kind in (Kind.COORDINATOR, Kind.COMMA) for word in span)
        if len(content) > len(nearest.stems) or joined:
            steps.append("shared words" if joined else "words between")
        return Grounds(nearest.text, nearest.source, tuple(steps))

    def _of(self, term: int) -> tuple[_Wording, ...]:
        known = self._wordings.get(term)
        if known is None:
            known = self._wordings[term] = tuple(self._wordings_of(term))
        return known

    def _wordings_of(self, term: int) -> list[_Wording]:
        analyser = WordingAnalyser(self.rules)
        told = [(self.terms.label(term), "label")]
        for synonym in self.terms.synonyms_of(term):
            lay = "layperson's " if synonym.kind is SynonymKind.LAYPERSON else ""
            told.append((synonym.text, f"{lay}{synonym.scope.name.lower()} synonym"))
        told.extend((text, "everyday wording") for text in self.everyday.get(self.terms.id(term), ()))
        found = []
        for text, source in told:
            words = tuple(analyser.content(text))
            found.append(_Wording(text, source, words, tuple(map(self.rules.stems.stem, words))))
        return found


def _nearness(wording: _Wording, content: Sequence[Word], stems: Counter[str]) -> tuple[float, ...]:
    """Stems met, then few others, then the same forms; of equal ones `max` takes the first, the label."""
    wanted = Counter(wording.stems)
    shared = (wanted & stems).total()
    apart = (wanted - stems).total() + (stems - wanted).total()
    same = sum(word.text in wording.words for word in content)
    return (shared - (wanted - stems).total(), -apart, same)


def _out_of_order(met: Sequence[Word], stems: Sequence[str]) -> bool:
    places = [stems.index(word.stem) for word in met]
    return places != sorted(places)
