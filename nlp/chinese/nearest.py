"""The terms nearest to a Chinese phrase, by the characters of their wordings.

Likeness is the share of the phrase that a term's wordings hold, all of them together: of the phrase's characters, pairs
of characters (its ends are marked) and the groups of the quality at its end (低下 agrees with 减低), each weighted by
inverse document frequency, idf(f) = ln(1 + N / n_f) of the N terms that n_f hold f. Of 80 findings that two sets of
fresh notes told in words unknown to the lexicon of their day, the five nearest held 63, against 61 by the cosine with
the nearest single wording, whose index is nine times as large; triples of characters brought nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from nlp.chinese.lexicon import FOLDER
from ontology.arrays import Ints, Longs, Rows, read_array, write_array
from ontology.errors import KnowledgeDamaged

_NAME = "near"
_BEGIN, _END = 1, 2  # code points that no text holds, at the ends of a phrase
_BITS = 21  # of a code point
_LONGEST_QUALITY = 5
#: Terms, at least, whose wordings begin or end with one character, or with two, so that it counts as a part or a
#: quality: chosen by hand.
_FEWEST_TERMS = {1: 10, 2: 3}
#: Share of the terms that hold it anywhere.
_BEGUN, _ENDED = 0.1, 0.3

Qualities = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NearTerm:
    """The term at position `term`, and its likeness, above 0 and up to 1."""

    term: int
    likeness: float


@dataclass(frozen=True, slots=True)
class NearestChinese:
    """An inverted index of wordings' features, mapped (see `write`).

    codes     int64 (features,)  ascending, see `_features`
    holders   rows  (features,)  ascending terms that hold the feature
    parts     int64 (parts,)     ascending codes of characters and pairs that rather begin wordings than end them
    ends      int64 (ends,)      those that rather end them
    count     int32 (1,)         terms with wordings
    """

    qualities: Qualities
    codes: Longs
    holders: Rows
    parts: Longs
    ends: Longs
    count: Ints

    @classmethod
    def open(cls, release: Path, qualities: Qualities) -> NearestChinese:
        """Open what is compiled into a release folder; raises KnowledgeDamaged where it is absent or unreadable."""
        folder = release / FOLDER
        try:
            codes, parts, ends, count = (
                read_array(folder, f"{_NAME}_{name}") for name in ("codes", "parts", "ends", "count")
            )
            return cls(qualities, codes, Rows.read(folder, f"{_NAME}_holders"), parts, ends, count)
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(
                f"{folder} cannot be read ({type(error).__name__}).", "Run `phenomap knowledge build`."
            ) from error

    @staticmethod
    def write(folder: Path, wordings: Mapping[str, int], qualities: Qualities) -> None:
        """Write the index of `wordings`, folded, to terms."""
        index = NearestChinese.of(wordings, qualities)
        for name in ("codes", "parts", "ends", "count"):
            write_array(folder, f"{_NAME}_{name}", getattr(index, name))
        index.holders.write(folder, f"{_NAME}_holders")

    @classmethod
    def of(cls, wordings: Mapping[str, int], qualities: Qualities) -> NearestChinese:
        """Index `wordings`, folded, to terms."""
        held: dict[int, set[int]] = defaultdict(set)
        begun: dict[int, set[int]] = defaultdict(set)
        ended: dict[int, set[int]] = defaultdict(set)
        for wording, term in wordings.items():
            for code in _features(wording, qualities):
                held[code].add(term)
            for length in _FEWEST_TERMS:
                if len(wording) > length:
                    begun[_code(wording[:length])].add(term)
                    ended[_code(wording[-length:])].add(term)
        codes = sorted(held)
        return cls(
            qualities,
            np.array(codes, np.int64),
            Rows.of(sorted(held[code]) for code in codes),
            _mostly(begun, held, _BEGUN),
            _mostly(ended, held, _ENDED),
            np.array([len(set(wordings.values()))], np.int32),
        )

    def near(self, phrase: str, limit: int = 5) -> tuple[NearTerm, ...]:
        """The terms nearest to a folded phrase, best first; none where no wording holds anything of it."""
        asked = np.array(sorted(set(_features(phrase, self.qualities))), np.int64)
        at = np.minimum(np.searchsorted(self.codes, asked), max(0, len(self.codes) - 1))
        known = at[self.codes[at] == asked] if len(self.codes) else at[:0]
        if not len(known):
            return ()
        terms = int(self.count[0])
        sizes = self.holders.pointers[known + 1] - self.holders.pointers[known]
        weights = np.log1p(terms / sizes)
        whole = float(weights.sum() + (len(asked) - len(known)) * np.log1p(terms))
        rows = np.concatenate([self.holders[int(row)] for row in known])
        likeness = np.bincount(rows, np.repeat(weights, sizes)) / whole
        best = np.argsort(-likeness, kind="stable")[:limit]
        return tuple(NearTerm(int(term), float(likeness[term])) for term in best if likeness[term] > 0)

    def is_part(self, text: str) -> bool:
        """Whether one or two characters begin wordings of several terms, as names of body parts do."""
        return _holds(self.parts, _code(text))

    def is_end(self, text: str) -> bool:
        """Whether one or two characters end wordings of several terms, as 异常, 畸形, 落后, 小 do."""
        return _holds(self.ends, _code(text))


def _features(phrase: str, qualities: Qualities) -> Iterator[int]:
    """Characters, pairs of them with the ends marked, and the groups of the quality at the end, as codes."""
    points = [*map(ord, phrase)]
    yield from points
    last = _BEGIN
    for point in (*points, _END):
        yield last << _BITS | point
        last = point
    for length in range(min(_LONGEST_QUALITY, len(phrase) - 1), 0, -1):
        groups: Sequence[str] = qualities.get(phrase[-length:], ())
        if groups:
            yield from (-1 - crc32(group.encode()) for group in groups)
            return


def _code(text: str) -> int:
    """One or two characters as a feature."""
    code = 0
    for sign in text:
        code = code << _BITS | ord(sign)
    return code


def _mostly(these: Mapping[int, set[int]], held: Mapping[int, set[int]], share: float) -> Longs:
    """Codes of several terms in `these`, and of that share of all that hold them at least, ascending."""
    kept = [
        code
        for code, terms in these.items()
        if len(terms) >= max(_FEWEST_TERMS[2 if code >> _BITS else 1], share * len(held[code]))
    ]
    return np.array(sorted(kept), np.int64)


def _holds(codes: Longs, code: int) -> bool:
    at = int(np.searchsorted(codes, code))
    return at < len(codes) and int(codes[at]) == code
