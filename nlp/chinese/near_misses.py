"""Wordings that a query misses by a little: one sign wrong, missing, too many or changed with the next, or one sound.

Compared are the beginnings of each term's name and shortest wordings: column by column of their first characters, and
of the first letters of their pinyin. A character may be wrong because it sounds alike (肌张历 for 肌张力), so that a
query in characters is compared by its sound, too. Some 150,000 wordings take a few milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.chinese.spelling import SOUNDED, Spellings, sounds
from ontology.arrays import Bools, Ints, StringPool, read_array, write_array

_NAME = "miss"
_SIGNS, _LETTERS = 10, 20  # of each wording, and so of a query
#: Below, one sign wrong leaves too little to tell by.
_FEWEST_SIGNS, _FEWEST_LETTERS = 3, 5
_MOST_WORDINGS = 12  # of each term, the shortest, beside its name
_BEYOND = 0xFFFF  # code points that signs have no room for; no wording has one


@dataclass(frozen=True, slots=True)
class NearMisses:
    """As compiled (see `write`).

    at       int32   (strings,)             wording, ascending
    signs    uint16  (_SIGNS, strings)      its first code points, then 0
    letters  uint8   (_LETTERS, strings)    the first letters of its pinyin, then 0
    sounds   strings (characters,)          how each of the characters SOUNDED is spelt
    """

    at: Ints
    signs: NDArray[np.uint16]
    letters: NDArray[np.uint8]
    sounds: StringPool

    @classmethod
    def read(cls, folder: Path) -> NearMisses:
        """Map what `write` has written; raises OSError or ValueError where it is damaged."""
        at, signs, letters = (read_array(folder, f"{_NAME}_{name}") for name in ("at", "signs", "letters"))
        return cls(at, signs, letters, StringPool.read(folder, f"{_NAME}_sounds"))

    @staticmethod
    def write(
        folder: Path, ordered: Sequence[str], spelt: Spellings, wordings: Mapping[str, int], names: Iterable[int]
    ) -> None:
        """Write what `read` maps: of wordings `ordered` and spelt so, to terms; `names` are places in them."""
        of_term: dict[int, list[int]] = defaultdict(list)
        for at in sorted(range(len(ordered)), key=lambda at: (len(ordered[at]), at)):
            kept = of_term[wordings[ordered[at]]]
            if len(kept) < _MOST_WORDINGS:
                kept.append(at)
        chosen = sorted({*names, *(at for kept in of_term.values() for at in kept)})
        signs = np.zeros((_SIGNS, len(chosen)), np.uint16)
        letters = np.zeros((_LETTERS, len(chosen)), np.uint8)
        for row, at in enumerate(chosen):
            points = _points(ordered[at])[:_SIGNS]
            signs[: len(points), row] = points
            spelling = spelt.letters[at].encode()[:_LETTERS]
            letters[: len(spelling), row] = [*spelling]
        write_array(folder, f"{_NAME}_at", np.array(chosen, np.int32))
        write_array(folder, f"{_NAME}_signs", signs)
        write_array(folder, f"{_NAME}_letters", letters)
        StringPool.of(sounds()).write(folder, f"{_NAME}_sounds")

    def of_signs(self, query: str) -> tuple[Ints, Ints]:
        """Wordings that begin with what sounds like these folded characters, and those that nearly begin with them."""
        heard = self.letters_of(query)
        alike = _begins(self.letters, heard)
        if len(query) >= _FEWEST_SIGNS:
            near = _misses(self.signs, np.array(_points(query)[:_SIGNS], np.uint16))
        else:
            near = self._near_letters(heard)  # of two characters, what nearly sounds so and holds one of them
            held = [self.signs[place, near] == point for place, point in enumerate(_points(query))]
            near = near[np.logical_or.reduce(held)] if held else near[:0]
        return self.at[alike], self.at[np.setdiff1d(near, alike)]

    def of_letters(self, letters: str) -> Ints:
        """Wordings whose pinyin begins with nearly these small letters."""
        return self.at[self._near_letters(np.frombuffer(letters.encode()[:_LETTERS], np.uint8))]

    def letters_of(self, query: str) -> NDArray[np.uint8]:
        """The sound of folded characters, uint8 (letters,), no more of them than are compared."""
        spelt = "".join(self.sounds[ord(sign) - SOUNDED[0]] if ord(sign) in SOUNDED else sign for sign in query)
        plain = "".join(filter(str.isalnum, spelt)).encode("ascii", "ignore")
        return np.frombuffer(plain[:_LETTERS], np.uint8)

    def _near_letters(self, letters: NDArray[np.uint8]) -> Ints:
        return _misses(self.letters, letters) if len(letters) >= _FEWEST_LETTERS else np.zeros(0, np.int32)


def _points(text: str) -> list[int]:
    return [min(ord(sign), _BEYOND) for sign in text]


def _begins(columns: NDArray[np.integer], query: NDArray[np.integer]) -> Ints:
    """Places of the strings that begin with `query`, ascending."""
    return _agreeing(columns, query, 0) if len(query) else np.zeros(0, np.int32)


def _agreeing(columns: NDArray[np.integer], signs: NDArray[np.integer], start: int) -> Ints:
    """Places of the strings that hold `signs` from their sign `start` on, ascending; rarer with each column."""
    if start < 0 or start + len(signs) > len(columns):
        return np.zeros(0, np.int32)
    if not len(signs):
        return np.arange(columns.shape[1], dtype=np.int32)
    at = np.flatnonzero(columns[start] == signs[0]).astype(np.int32)
    for further, sign in enumerate(signs[1:], start + 1):
        at = at[columns[further][at] == sign]
    return at


def _misses(columns: NDArray[np.integer], query: NDArray[np.integer]) -> Ints:
    """Places of the strings that begin with `query` but for one slip (Damerau 1964), ascending.

    A slip is a sign wrong, missing, too many, or changed with the next: the string agrees before it, and behind it
    shifted by none, one or minus one. Only strings that agree with the query's first half, or with what follows the
    sign behind that, where it stands or one beside, can: two signs in the middle may be changed with each other.
    """
    half = len(query) // 2
    agree = [_agreeing(columns, query[:half], 0)]
    agree += [_agreeing(columns, query[half + 1 :], start) for start in range(half, half + 3)]
    at = np.unique(np.concatenate(agree))
    strings = np.zeros((len(at), len(query) + 2), columns.dtype)  # one place more before, and one behind
    some = columns[: len(query) + 1, at]
    strings[:, 1 : 1 + len(some)] = some.T
    return np.asarray(at[_one_slip(strings, query)])


def _one_slip(strings: NDArray[np.integer], query: NDArray[np.integer]) -> Bools:
    """Whether each of these strings, which begin at their second place, begins with the query but for one slip."""
    count = len(query)
    same, later, sooner = (strings[:, 1 + shift : 1 + shift + count] == query for shift in (0, 1, -1))
    before = np.ones((len(strings), count + 1), np.bool_)
    np.logical_and.accumulate(same, axis=1, out=before[:, 1:])
    behind, behind_later, behind_sooner = (_suffixes(each) for each in (same, later, sooner))
    wrong = before[:, :count] & behind[:, 1:]
    missing = before[:, 1:count] & behind_later[:, 1:count]
    extra = before[:, :count] & behind_sooner[:, 1:]
    changed = before[:, : count - 1] & later[:, : count - 1] & sooner[:, 1:] & behind[:, 2:]
    return np.asarray(np.hstack([wrong, missing, extra, changed]).any(axis=1))


def _suffixes(agrees: Bools) -> Bools:
    """Whether a row agrees from each place on: bool (rows, places + 1)."""
    found = np.ones((len(agrees), agrees.shape[1] + 1), np.bool_)
    found[:, :-1] = np.logical_and.accumulate(agrees[:, ::-1], axis=1)[:, ::-1]
    return found
