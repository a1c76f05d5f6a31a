"""All phrases of the Chinese lexicon in one automaton: every one that stands in a text, in one pass (Aho-Corasick).

Built when the knowledge is compiled. What is kept is what the library pickles, as arrays: 450,000 phrases open in .1 s,
where building anew takes .5 s, and so does the library's own file. A checksum is compared before the library sees it,
for that would not survive a damaged file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import ahocorasick
import numpy as np

from ontology.arrays import read_array, write_array

#: A phrase is stored with its length, a bit that says whether it is anything but a finding, and its term, from 1 on.
_LENGTH_BITS, OTHER = 6, 1 << 6
LONGEST = (1 << _LENGTH_BITS) - 1
TERM_SHIFT = _LENGTH_BITS + 1


@dataclass(frozen=True, slots=True, eq=False)
class Phrases(Mapping[str, int]):
    """Wordings of findings to term positions, as a mapping; `within` finds these and all other phrases in a text."""

    automaton: ahocorasick.Automaton

    @classmethod
    def of(cls, findings: Mapping[str, int], others: Iterable[str]) -> Phrases:
        """Build from wordings with their terms, and phrases that are no findings; none longer than LONGEST."""
        values = {phrase: OTHER | len(phrase) for phrase in others}
        for wording, term in findings.items():
            values[wording] = (term + 1) << TERM_SHIFT | values.get(wording, 0) & OTHER | len(wording)
        automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for phrase, value in values.items():
            if len(phrase) > LONGEST:
                raise ValueError(f"{phrase!r} has more than {LONGEST} characters.")
            automaton.add_word(phrase, value)
        automaton.make_automaton()
        return cls(automaton)

    def write(self, folder: Path) -> None:
        """Write into `folder`, with a checksum."""
        _, (nodes, *shape, _) = self.automaton.__reduce__()
        joined = b"".join(nodes)
        write_array(folder, "phrases", np.frombuffer(joined, np.uint8))
        write_array(folder, "phrases_cuts", np.array([len(piece) for piece in nodes], np.int64))
        write_array(folder, "phrases_shape", np.array([*shape, crc32(joined)], np.int64))

    @classmethod
    def read(cls, folder: Path) -> Phrases:
        """Open what was written; raises OSError where it is absent, ValueError where it is damaged."""
        joined, *pieces = read_array(folder, "phrases").tobytes(), *np.cumsum(read_array(folder, "phrases_cuts"))
        *shape, checksum = read_array(folder, "phrases_shape").tolist()
        if crc32(joined) != checksum:
            raise ValueError("The phrases do not match their checksum.")
        nodes = [joined[start:end] for start, end in pairwise((0, *map(int, pieces)))]
        return cls(ahocorasick.Automaton(nodes, *shape, None))

    def stored(self, text: str) -> Iterator[tuple[int, int]]:
        """Every phrase in `text`, in order of ends: its last character, and what is stored of it.

        That is its length (LONGEST masks it), OTHER if it is more than a finding, and above TERM_SHIFT its term plus 1.
        """
        found: Iterator[tuple[int, int]] = self.automaton.iter(text)
        return found

    def within(self, text: str) -> list[tuple[int, int, int, int]]:
        """Every phrase in `text`, in order of ends: start, end, term position or -1, and 0 if it is a finding alone."""
        return [
            (last + 1 - (value & LONGEST), last + 1, (value >> TERM_SHIFT) - 1, value & OTHER)
            for last, value in self.stored(text)
        ]

    def __getitem__(self, wording: str) -> int:
        value = self.automaton.get(wording, 0) >> TERM_SHIFT
        if not value:
            raise KeyError(wording)
        return int(value) - 1

    def get(self, wording: str, default: int | None = None) -> int | None:  # type: ignore[override]
        """The term of a wording, None where it is none."""
        value = self.automaton.get(wording, 0) >> TERM_SHIFT
        return value - 1 if value else default

    def __iter__(self) -> Iterator[str]:
        return (phrase for phrase, value in self.automaton.items() if value >> TERM_SHIFT)

    def __len__(self) -> int:
        return sum(1 for _ in self)
