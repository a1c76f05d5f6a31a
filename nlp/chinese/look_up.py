"""Looking terms up by Chinese wordings: by their characters, by pinyin, or by the initials of its syllables.

The wordings, in one array of bytes, are compared at every place at once: some 220,000 of them in a few milliseconds,
and nothing but the mapped files is held in memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.chinese.lexicon import FOLDER
from nlp.chinese.near_misses import NearMisses
from nlp.chinese.script import Script
from nlp.chinese.spelling import Spellings
from ontology.arrays import Bytes, Ints, StringPool, read_array, write_array
from ontology.errors import KnowledgeDamaged

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
_LETTERS = re.compile("[a-z0-9]+")
#: One letter alone begins half of all wordings.
_FEWEST_LETTERS = 2
#: ü as it is typed where the keyboard has none.
_UMLAUT = str.maketrans("üǖǘǚǜ", "vvvvv")


class Closeness(IntEnum):
    """How a wording holds what was asked for."""

    EQUAL = 0
    BEGINS = 1
    HOLDS = 2


class By(IntEnum):
    """What of the wording was compared."""

    CHARACTERS = 0
    PINYIN = 1
    INITIALS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A term at its best wording; `named` where that is its name, and no synonym."""

    term: int
    wording: str
    closeness: Closeness
    by: By
    named: bool


@dataclass(frozen=True, slots=True)
class LookUp:
    """Wordings of a release as compiled (see `write`).

    wordings  strings (wordings,)  folded by `script`, ascending
    spelt     their spellings
    at        int32   (entries,)   wording; one that is the name of a second term has a second entry; terms that more
                                   diseases are annotated with go first
    terms     int32   (entries,)   position of the term it is a wording of
    named     int8    (entries,)   1 where it is the term's name
    names     strings (terms,)     names as written
    misses    what is compared where nothing is found
    """

    script: Script
    wordings: StringPool
    spelt: Spellings
    at: Ints
    terms: Ints
    named: Bytes
    names: StringPool
    misses: NearMisses

    @classmethod
    def open(cls, release: Path) -> LookUp:
        """Open what is compiled into a release folder; raises KnowledgeDamaged where it is absent or unreadable."""
        folder = release / FOLDER
        try:
            spelt = Spellings(
                StringPool.read(folder, "pinyin"),
                read_array(folder, "pinyin_begins"),
                StringPool.read(folder, "initials"),
            )
            at, terms, named = (read_array(folder, f"look_up_{name}") for name in ("at", "terms", "named"))
            wordings, names = StringPool.read(folder, "wordings"), StringPool.read(folder, "names")
            return cls(Script.read(folder), wordings, spelt, at, terms, named, names, NearMisses.read(folder))
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(
                f"{folder} cannot be read ({type(error).__name__}).", "Run `phenomap knowledge build`."
            ) from error

    @staticmethod
    def write(
        folder: Path, wordings: Mapping[str, int], names: Sequence[str], script: Script, diseases: NDArray[np.integer]
    ) -> None:
        """Write what `open` reads beside the `wordings` (folded, to terms) and `names` (by term) written already.

        `diseases`, int (terms,), counts those annotated with each term.
        """
        ordered = sorted(wordings)
        place = {wording: at for at, wording in enumerate(ordered)}
        found = {(at, wordings[wording]): False for wording, at in place.items()}
        folded = ((place.get(script.fold(name)), term) for term, name in enumerate(names))
        found |= {(at, term): True for at, term in folded if at is not None}
        entries = dict(sorted(found.items(), key=lambda item: (-int(diseases[item[0][1]]), item[0])))
        write_array(folder, "look_up_at", np.array([at for at, _ in entries], np.int32))
        write_array(folder, "look_up_terms", np.array([term for _, term in entries], np.int32))
        write_array(folder, "look_up_named", np.array(list(entries.values()), np.int8))
        spelt = Spellings.of(ordered)
        spelt.letters.write(folder, "pinyin")
        write_array(folder, "pinyin_begins", spelt.begins)
        spelt.initials.write(folder, "initials")
        named = (at for (at, _), is_name in entries.items() if is_name)
        NearMisses.write(folder, ordered, spelt, wordings, named)

    def find(self, query: str) -> list[Found]:
        """Every term that `query` finds, best first: closest, by characters, named so, shorter, oftener.

        Words separated by spaces are all to be held; in pinyin they begin syllables, and follow each other.
        """
        folded = self.script.fold(query)
        if _HAN.search(folded):
            return self._best([(By.CHARACTERS, self._characters(folded.split()))])
        words = _LETTERS.findall(_plain(folded))
        if sum(map(len, words)) < _FEWEST_LETTERS:
            return []
        return self._best([(By.PINYIN, self._pinyin(words)), (By.INITIALS, self._initials("".join(words)))])

    def near(self, query: str) -> list[Found]:
        """Every term that `query` finds but for one sign, or by its sound: for where `find` finds nothing.

        Those that sound so go first, then those by characters, each as `find` orders them.
        """
        folded = "".join(self.script.fold(query).split())
        if not _HAN.search(folded):
            letters = "".join(_LETTERS.findall(_plain(folded)))
            rows = self.misses.of_letters(letters)
            return self._best([(By.PINYIN, self._nearly(rows, self.spelt.letters, len(letters)))])
        length = len(folded.encode())
        heard, near = (self._nearly(rows, self.wordings, length) for rows in self.misses.of_signs(folded))
        return self._best([(By.CHARACTERS, heard), (By.PINYIN, near)])

    def _nearly(self, rows: Ints, pool: StringPool, length: int) -> Bytes:
        """How the wordings `rows` hold what is nearly they: whole, where they are about as long in bytes, or begun."""
        held = np.full(len(self.wordings), _NOT, np.int8)
        whole = np.abs(pool.offsets[rows + 1] - pool.offsets[rows] - length) <= _LONGEST_CHARACTER
        held[rows] = np.where(whole, Closeness.EQUAL, Closeness.BEGINS)
        return held

    def _characters(self, words: Sequence[str]) -> Bytes:
        held = [_closeness(self.wordings, _places(self.wordings.content, word.encode()), word) for word in words]
        if len(held) == 1:
            return held[0]
        every = np.logical_and.reduce([each < _NOT for each in held])
        begun = np.minimum.reduce(held) <= Closeness.BEGINS
        return np.where(every, np.where(begun, Closeness.BEGINS, Closeness.HOLDS), _NOT).astype(np.int8)

    def _pinyin(self, words: Sequence[str]) -> Bytes:
        whole = "".join(words)
        at = _places(self.spelt.letters.content, whole.encode())
        for begun in np.cumsum([0, *map(len, words[:-1])]):
            at = at[self.spelt.begins[at + begun] == 1]
        return _closeness(self.spelt.letters, at, whole)

    def _initials(self, letters: str) -> Bytes:
        return _closeness(self.spelt.initials, _places(self.spelt.initials.content, letters.encode()), letters)

    def _best(self, compared: Sequence[tuple[By, Bytes]]) -> list[Found]:
        """Each term at its best entry, in order."""
        keys = np.minimum.reduce([closeness * np.int8(len(By)) + np.int8(by) for by, closeness in compared])
        entries = np.flatnonzero((keys < _NOT * len(By))[self.at])
        wordings = self.at[entries]
        lengths = self.wordings.offsets[wordings + 1] - self.wordings.offsets[wordings]
        order = np.lexsort((lengths, 1 - self.named[entries], keys[wordings]))
        entries = entries[order]
        _, first = np.unique(self.terms[entries], return_index=True)
        best = entries[np.sort(first)]
        texts = self.wordings.several(self.at[best]) if len(best) else []
        rows = zip(best.tolist(), keys[self.at[best]].tolist(), texts, strict=True)
        return [self._found(entry, key, text) for entry, key, text in rows]

    def _found(self, entry: int, key: int, wording: str) -> Found:
        term, named = int(self.terms[entry]), bool(self.named[entry])
        closeness, by = divmod(key, len(By))
        return Found(term, self.names[term] if named else wording, Closeness(closeness), By(by), named)


_NOT = len(Closeness)
_LONGEST_CHARACTER = 4  # bytes of UTF-8
_BLOCK = 1 << 16  # bytes: with what is compared of them, less than a core's second cache (256 kB and more)
_COMPARED_AT_ONCE = 3  # bytes: a character of UTF-8 whose first byte alone tells little


def _plain(text: str) -> str:
    """Small Latin letters without marks: yǎn as yan, lǚ as lv."""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold().translate(_UMLAUT))
        if not unicodedata.combining(sign)
    )


def _places(content: NDArray[np.uint8], needle: bytes) -> NDArray[np.int64]:
    """Every place in `content` where `needle` stands, ascending.

    Its first bytes are compared block by block, so that what is compared stays in the processor's cache.
    """
    count = len(content) - len(needle) + 1
    found = [np.zeros(0, np.int64)]
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        agrees = content[start:stop] == needle[0]
        for further, byte in enumerate(needle[1:_COMPARED_AT_ONCE], 1):
            agrees &= content[start + further : stop + further] == byte
        found.append(np.flatnonzero(agrees) + start)
    at = np.concatenate(found)
    for further, byte in enumerate(needle[_COMPARED_AT_ONCE:], _COMPARED_AT_ONCE):
        at = at[content[at + further] == byte]
    return at


def _closeness(pool: StringPool, at: NDArray[np.int64], needle: str) -> Bytes:
    """How each string of `pool` holds `needle`, which stands `at` these places of its bytes: int8 (strings,)."""
    held = np.full(len(pool), _NOT, np.int8)
    string = np.searchsorted(pool.offsets, at, side="right") - 1
    end = at + len(needle.encode())
    inside = end <= pool.offsets[string + 1]  # and does not run on into the next string
    string, at, end = string[inside], at[inside], end[inside]
    begins, ends = at == pool.offsets[string], end == pool.offsets[string + 1]
    closeness = np.where(begins, np.where(ends, Closeness.EQUAL, Closeness.BEGINS), Closeness.HOLDS)
    np.minimum.at(held, string, closeness.astype(np.int8))
    return held
