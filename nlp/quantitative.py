"""Findings told by a number: sizes, milestones, laboratory values and vital signs of one note together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import compress
from typing import Protocol

from nlp.laboratory import LaboratoryReader
from nlp.measurements import MeasurementReader
from nlp.milestones import MilestoneReader
from nlp.quantities import Quantity, Value, Whereabouts
from nlp.reading import Patient, Unjudged
from nlp.vital_signs import BloodPressureReader
from nlp.words import Tokens
from ontology.features import Channel

_MAX_REMEMBERED = 100_000  # distinct words
_SENTENCE_END = re.compile(r"[.;](?=\s)(?<!\b[A-Z]\.)(?<!\bvs\.)(?<!\bapprox\.)(?<!\bref\.)\s|\n\s*\n")


class _Reader(Protocol):
    @property
    def first_words(self) -> Set[str]:
        """Words in lower case, one of which begins whatever this reader finds."""
        ...

    def find(self, text: str, tokens: Tokens, where: Whereabouts) -> Iterable[Value]:
        """Findings and unjudged values of one note."""
        ...


class _Begins(dict[str, bool]):
    """Whether a reader may begin at a word, by its surface; what is not there is looked at and kept, up to a bound."""

    def __init__(self, first_words: Iterable[str]) -> None:
        self._first_words = frozenset(first_words)

    def __missing__(self, surface: str) -> bool:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        begins = self[surface] = surface.lower() in self._first_words
        return begins


@dataclass(frozen=True, slots=True)
class QuantityReader:
    """All readers of numbers of one language; reading takes time linear in the text."""

    readers: tuple[_Reader, ...]
    _begins: _Begins

    @classmethod
    def open(cls, language: str) -> QuantityReader:
        """Read the tables and words of `language`."""
        readers: tuple[_Reader, ...] = (
            MeasurementReader.open(language),
            MilestoneReader.open(language),
            LaboratoryReader.open(language, "laboratory.tsv", Channel.LABORATORY),
            LaboratoryReader.open(language, "vital_signs.tsv", Channel.VITAL_SIGN),
            BloodPressureReader(),
        )
        return cls(readers, _Begins(word for reader in readers for word in reader.first_words))

    def _seeds(self, tokens: Tokens) -> Tokens:
        """The tokens at which a reader may begin: a few in a hundred."""
        surfaces = tokens.surfaces
        kept = list(compress(range(len(surfaces)), map(self._begins.__getitem__, surfaces)))
        return Tokens([tokens.starts[i] for i in kept], [tokens.ends[i] for i in kept], [surfaces[i] for i in kept])

    def find(self, text: str, tokens: Tokens, patient: Patient) -> tuple[list[Quantity], list[Unjudged]]:
        """Findings, and values that were read and not judged, each in order of position."""
        seeds = self._seeds(tokens)
        if not seeds.starts:
            return [], []
        where = Whereabouts(text, tuple(match.end() for match in _SENTENCE_END.finditer(text)), patient)
        told = [item for reader in self.readers for item in reader.find(text, seeds, where)]
        told.sort(key=lambda item: (item.start, item.end))
        found = [item for item in told if isinstance(item, Quantity)]
        return found, [item for item in told if isinstance(item, Unjudged)]
