"""All phrases of the Chinese lexicon in one automaton: every one that stands in a text, in one pass (Aho-Corasick).

Built when the knowledge is compiled. What is kept is what the library pickles, as arrays: 450,000 phrases open in .1 s,
where building anew takes .5 s, and so does the library's own file. A checksum is compared before the library sees it,
for that would not survive a damaged file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from zlib import crc32

import ahocorasick
import numpy as np

from ontology.arrays import read_array, write_array

#: A phrase is stored with its length, a bit that says whether it is anything but a finding, and its term, from 1 on.
_LENGTH_BITS, OTHER = 6, 1 << 6
LONGEST = (1 << _LENGTH_BITS) - 1
TERM_SHIFT = _LENGTH_BITS + 1
#: Signs of folded notes, by how often they stand there.
_SIGNS = ",。、 1203:-5468.79()/;%\n+"
_NO_CHARACTER = "\U0010ffff"


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
        for phrase in _oftenest_first(values):
            if len(phrase) > LONGEST:
                raise ValueError(f"{phrase!r} has more than {LONGEST} characters.")
            automaton.add_word(phrase, values.get(phrase, len(phrase)))
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


def _oftenest_first(phrases: Collection[str]) -> list[str]:
    """Phrases in the order in which to add them, and words that stand for nothing.

    The library looks for the next character among a node's children one by one, in the order in which they came, and
    at the root among thousands, after every character that goes on with no phrase. So what is met most comes first,
    signs and digits above all; where such a character begins no phrase, a word that no text holds begins with it.
    """
    often = Counter(chain.from_iterable(phrases))
    often.update(dict.fromkeys(_SIGNS, often.total()))
    begun = {phrase[0] for phrase in phrases if phrase}
    ordered = [*phrases, *(letter + _NO_CHARACTER for letter in often.keys() - begun)]
    return sorted(ordered, key=lambda phrase: [(-often[letter], letter) for letter in phrase])
