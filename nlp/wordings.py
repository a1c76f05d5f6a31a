"""How a release words its terms: labels, synonyms and a few forms derived from labels, each with a rank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nlp.rules import LanguageFolder
from nlp.words import fold, is_wordlike, tokenise
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY, SynonymKind, SynonymScope, Terms, UnknownTerm

#: How readily a wording is believed where two terms share it, the label first (lower is better). The order is measured:
#: document F1 of the open sets, benchmarks.recognition.
LABEL_RANK = 0.0
SCOPE_RANK = {SynonymScope.EXACT: 1.0, SynonymScope.RELATED: 2.0, SynonymScope.NARROW: 3.0, SynonymScope.BROAD: 4.0}
LAYPERSON_RANK = 0.5
#: Our own wordings go before the release's: "weakness" is of muscles before it is asthenia.
EVERYDAY_RANK = -1.0
#: Descriptions that nobody measured one by one: behind all that the release says, before what a rule makes of it.
DESCRIBED_RANK = 4.5
#: Wordings of a rank from here on were made by a substitution rule and are trusted less.
MADE_RANK = 5.0

_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9\-]{1,5}s?")
_ABNORMALITY = re.compile(r"abnormality of (?:the )?(.+)", re.IGNORECASE)
_ABNORMAL = re.compile(r"abnormal (.+) (morphology|physiology)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"(.+?) \(.*\)")


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say the term at position `term`.

    An `abbreviation` is matched letter by letter; a `derived` one is ours, not the release's, and teaches no rules.
    """

    text: str
    rank: float
    term: int
    abbreviation: bool = False
    derived: bool = False


def phenotype_positions(terms: Terms) -> list[int]:
    """Positions of the findings: everything below Phenotypic abnormality, itself left out."""
    root = terms.position(PHENOTYPIC_ABNORMALITY)
    return [p for p in range(len(terms)) if terms.is_phenotype[p] and p != root]


def wordings(knowledge: Knowledge) -> Iterator[Wording]:
    """Every wording of every finding, label before synonyms, derived forms after each."""
    terms = knowledge.terms
    for term in phenotype_positions(terms):
        label = terms.label(term)
        yield from _with_bracketless(Wording(label, LABEL_RANK, term, _is_abbreviation(label)))
        yield from _derived(label, term)
        for synonym in terms.synonyms_of(term):
            rank = SCOPE_RANK[synonym.scope] + (LAYPERSON_RANK if synonym.kind is SynonymKind.LAYPERSON else 0.0)
            short = synonym.kind is SynonymKind.ABBREVIATION or _is_abbreviation(synonym.text)
            yield from _with_bracketless(Wording(synonym.text, rank, term, short))


def everyday_wordings(rules: LanguageFolder, terms: Terms) -> Iterator[Wording]:
    """Wordings of the language's own list, where this release has their terms."""
    return _own(rules.everyday, EVERYDAY_RANK, terms)


def described_wordings(rules: LanguageFolder, terms: Terms) -> Iterator[Wording]:
    """As `everyday_wordings`, of the longer lists in which findings are described."""
    return _own(rules.described, DESCRIBED_RANK, terms)


def _own(rows: Iterable[tuple[str, str]], rank: float, terms: Terms) -> Iterator[Wording]:
    for text, id in rows:
        try:
            yield Wording(text, rank, terms.position(id), derived=True)
        except UnknownTerm:  # a small or older release
            continue


def anatomy_phrases(terms: Terms) -> Iterator[str]:
    """The body parts that the release itself names: X of "Abnormality of the X", "Abnormal X morphology"."""
    for label in terms.labels:
        match = _ABNORMALITY.fullmatch(label) or _ABNORMAL.fullmatch(label)
        if match:
            yield match[1]


@dataclass(frozen=True, slots=True)
class WordingAnalyser:
    """Takes a wording apart into folded words and stems."""

    rules: LanguageFolder

    def words(self, text: str) -> list[str]:
        """Folded words in order, stop words included."""
        return [fold(surface) for surface in tokenise(text).surfaces if is_wordlike(surface)]

    def content(self, text: str) -> list[str]:
        """Folded words in order, stop words left out."""
        return [word for word in self.words(text) if word not in self.rules.words.stop]

    def stems(self, text: str) -> tuple[str, ...]:
        """The stems of the content words, sorted: the order of words does not matter."""
        return tuple(sorted(self.rules.stems.stem(word) for word in self.content(text)))


def _is_abbreviation(text: str) -> bool:
    return _ABBREVIATION.fullmatch(text) is not None


def _with_bracketless(wording: Wording) -> Iterator[Wording]:
    yield wording
    match = _IN_BRACKETS.fullmatch(wording.text)
    if match and not wording.abbreviation:
        yield Wording(match[1], wording.rank + 0.3, wording.term, derived=True)


def _derived(label: str, term: int) -> Iterator[Wording]:
    match = _ABNORMALITY.fullmatch(label)
    if match:
        yield Wording(f"{match[1]} abnormality", 2.6, term, derived=True)
    match = _ABNORMAL.fullmatch(label)
    if match:
        yield Wording(f"abnormal {match[1]}", 2.7 if match[2].lower() == "morphology" else 2.9, term, derived=True)
