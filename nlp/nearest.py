"""The terms nearest to a phrase, by the words and the letters of their labels and synonyms.

Likeness is (1 - w) * cosine over stems + w * cosine over letter trigrams, both weighted by inverse document frequency,
idf(f) = ln(1 + N / n_f) of the N wordings that n_f hold f. Stems forgive inflection, trigrams forgive misspelling and
find kin ("furrows" and "furrowed", "hyperopy" and "hyperopia"). Words count once, their order does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from nlp.rules import LanguageFolder
from nlp.wordings import Wording, WordingAnalyser, described_wordings, everyday_wordings, wordings
from ontology.arrays import Bools, Floats, Ints
from ontology.knowledge import Knowledge

Doubles = NDArray[np.float64]

#: Share of the trigrams. Of 1,352 unread mentions of the open sets the right term is among five for 58 % at .2, 60 %
#: at .4, 62 % at .6 and at .7 (benchmarks.suggestions, span_hit@5).
_LETTERS_SHARE = 0.6
_GRAM = 3
#: Subtracted from a likeness for each step of rank (see nlp.wordings): of equal wordings the label's term goes first.
_RANK_PRICE = 0.004
_LOOKED_AT = 60  # nearest wordings, of which several are the same term's


@dataclass(frozen=True, slots=True)
class NearTerm:
    """The term at position `term`, and the likeness of its nearest wording, from 0 to 1."""

    term: int
    likeness: float


@dataclass(frozen=True, slots=True)
class _Feature:
    """Wordings `rows[first:last]` hold it with `weights[first:last]`."""

    first: int
    last: int
    idf: float


@dataclass(frozen=True, slots=True)
class NearestTerms:
    """An inverted index of wordings; about 45,000 of them and 15 MB in the release of 2026-06.

    features  stem ("=..." or plain, after a space) or trigram to its postings
    rows      int32   (postings,)  wordings
    weights   float32 (postings,)  their normalised tf-idf weight, times the root of the share of its kind
    owners    int32   (wordings,)  term positions
    prices    float32 (wordings,)  subtracted from the likeness, see _RANK_PRICE
    unknown   idf of what no wording holds
    """

    analyser: WordingAnalyser
    features: dict[str, _Feature]
    rows: Ints
    weights: Floats
    owners: Ints
    prices: Floats
    unknown: float

    @classmethod
    def of(cls, knowledge: Knowledge, language: str = "en") -> NearestTerms:
        """Index every wording of the findings but abbreviations; takes one to two seconds."""
        rules = LanguageFolder(language)
        return cls.from_wordings(list(_worded(knowledge, rules)), WordingAnalyser(rules))

    @classmethod
    def from_wordings(cls, given: Sequence[Wording], analyser: WordingAnalyser) -> NearestTerms:
        """Index `given`."""
        numbers: dict[str, int] = {}
        known: dict[str, tuple[int, ...]] = {}  # each distinct word once: the wordings have 15,000
        held: list[set[int]] = []
        for wording in given:
            features: set[int] = set()
            for word in analyser.content(wording.text):
                if word not in known:
                    known[word] = tuple(numbers.setdefault(f, len(numbers)) for f in _features(word, analyser))
                features.update(known[word])
            held.append(features)
        count = len(given)
        sizes = np.fromiter(map(len, held), np.int64, count)
        features_of = np.fromiter(chain.from_iterable(held), np.int64, int(sizes.sum()))
        rows = np.repeat(np.arange(count, dtype=np.int32), sizes)
        is_stem = np.fromiter((name[0] == " " for name in numbers), np.bool_, len(numbers))
        frequency = np.bincount(features_of, minlength=len(numbers))
        idf = np.log1p(count / np.maximum(frequency, 1))
        weights = _normalised(rows, idf[features_of], is_stem[features_of], count)
        order = np.argsort(features_of, kind="stable")
        ends = np.cumsum(frequency)
        postings = {
            name: _Feature(int(ends[n] - frequency[n]), int(ends[n]), float(idf[n])) for name, n in numbers.items()
        }
        return cls(
            analyser=analyser,
            features=postings,
            rows=rows[order],
            weights=weights[order].astype(np.float32),
            owners=np.fromiter((w.term for w in given), np.int32, count),
            prices=np.fromiter((_RANK_PRICE * max(w.rank, 0.0) for w in given), np.float32, count),
            unknown=float(np.log1p(count)),
        )

    def near(self, words: Sequence[str], limit: int = 5) -> tuple[NearTerm, ...]:
        """The terms nearest to folded content words, best first; none where no wording shares a stem or trigram."""
        asked = sorted({feature for word in words for feature in _features(word, self.analyser)})
        met = [(self.features.get(name), name[0] == " ") for name in asked]
        stems, grams = (
            float(np.sqrt(sum((f.idf if f else self.unknown) ** 2 for f, is_stem in met if is_stem is kind))) or 1.0
            for kind in (True, False)
        )
        rows, weights = [], []
        for feature, is_stem in met:
            if feature is not None:
                share = (1 - _LETTERS_SHARE) ** 0.5 / stems if is_stem else _LETTERS_SHARE**0.5 / grams
                rows.append(self.rows[feature.first : feature.last])
                weights.append(self.weights[feature.first : feature.last] * (feature.idf * share))
        if not rows:
            return ()
        likeness = np.bincount(np.concatenate(rows), np.concatenate(weights), len(self.owners)).astype(np.float64)
        return self._best(likeness, limit)

    def _best(self, likeness: Doubles, limit: int) -> tuple[NearTerm, ...]:
        worth = likeness - self.prices
        looked_at = min(_LOOKED_AT, len(worth))
        nearest = np.argpartition(-worth, looked_at - 1)[:looked_at]
        best: dict[int, float] = {}
        for row in nearest[np.lexsort((self.owners[nearest], -worth[nearest]))].tolist():
            if worth[row] > 0:
                best.setdefault(int(self.owners[row]), min(1.0, float(worth[row])))
        return tuple(NearTerm(term, like) for term, like in list(best.items())[:limit])


def _worded(knowledge: Knowledge, rules: LanguageFolder) -> Iterator[Wording]:
    yield from (wording for wording in wordings(knowledge) if not wording.abbreviation)
    yield from everyday_wordings(rules, knowledge.terms)
    yield from described_wordings(rules, knowledge.terms)


def _features(word: str, analyser: WordingAnalyser) -> Iterator[str]:
    """The stem of a folded word, after a space, and its trigrams, the word's ends marked."""
    yield " " + analyser.rules.stems.stem(word)
    marked = f"^{word}$"
    for at in range(len(marked) - _GRAM + 1):
        yield marked[at : at + _GRAM]


def _normalised(rows: Ints, idf: Doubles, is_stem: Bools, count: int) -> Doubles:
    """Weights whose squares sum to the share of their kind in each wording."""
    weights = np.array(idf, np.float64)
    for kind, share in ((is_stem, 1 - _LETTERS_SHARE), (~is_stem, _LETTERS_SHARE)):
        norm = np.sqrt(np.bincount(rows[kind], weights[kind] ** 2, minlength=count))
        weights[kind] *= share**0.5 / norm[rows[kind]]
    return weights
