"""What words say of a disease beside its annotation rows: its names, and Orphanet's definition of it.

`Microcephaly, seizures, and developmental delay` says three features of the disease, and a definition names what its
authors found typical; in records too thin to hold them as annotations they are often all there is. The reader of
English notes reads both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np

from matching.lm.profile import Doubles, weighed
from matching.lm.settings import Settings
from ontology.arrays import Bytes, Ints, Rows, read_array, write_array
from ontology.features import Assertion, Mention
from ontology.knowledge import Knowledge
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms


class Voice(IntEnum):
    """Who says it: the disease's own names, the names of an Orphanet entry, its definition, or that with a doubt."""

    NAME = 0
    ENTRY_NAME = 1
    DEFINITION = 2
    DOUBTFUL_DEFINITION = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Every statement, by disease; within one by voice, then entry, then term.

    terms    rows  (diseases,)    phenotype terms
    voices   int8  (statements,)  Voice, parallel to terms.values
    entries  int32 (statements,)  the Orphanet entry in Descriptions, -1 for the disease's own names
    """

    terms: Rows
    voices: Bytes
    entries: Ints

    @classmethod
    def by(cls, knowledge: Knowledge) -> Told:
        """Read the names and definitions of every disease; half a minute.

        Raises KnowledgeDamaged where the English lexicon has not been compiled.
        """
        statements = _Statements.of(knowledge)
        said = [sorted(statements.of_disease(disease)) for disease in range(len(knowledge.diseases))]
        flat = [statement for each in said for statement in each]
        return cls(
            Rows.of([term for _, _, term in each] for each in said),
            np.array([voice for voice, _, _ in flat], np.int8),
            np.array([entry for _, entry, _ in flat], np.int32),
        )

    def span(self, disease: int) -> slice:
        """Where the statements of one disease lie."""
        return slice(int(self.terms.pointers[disease]), int(self.terms.pointers[disease + 1]))

    def masses(self, settings: Settings) -> tuple[Ints, Ints, Doubles]:
        """Disease, term and mass of everything told; a term once for the names and once for all entries together.

        An entry adds for its definition and for its names; of several entries the one that adds most counts.
        """
        owners = np.repeat(np.arange(len(self.terms), dtype=np.int32), np.diff(self.terms.pointers))
        worth = np.array(
            [
                settings.named_mass,
                settings.entry_named_mass,
                settings.defined_mass,
                settings.doubtful_share * settings.defined_mass,
            ]
        )[self.voices]
        by_entry = _summed([owners, self.terms.values, self.entries], worth)
        (owner, term, _), mass = by_entry
        return _most([owner, term, (by_entry[0][2] >= 0).astype(np.int32)], mass)

    @classmethod
    def read(cls, folder: Path) -> Told:
        """Map the arrays written in `folder`."""
        return cls(Rows.read(folder, "told"), read_array(folder, "told_voices"), read_array(folder, "told_entries"))

    def write(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        self.terms.write(folder, "told")
        write_array(folder, "told_voices", self.voices)
        write_array(folder, "told_entries", self.entries)


def _summed(keys: list[Ints], values: Doubles) -> tuple[list[Ints], Doubles]:
    """Sum of the values of equal keys; the keys ascending."""
    columns, group = np.unique(np.stack(keys), axis=1, return_inverse=True)
    return list(columns), weighed(group.ravel(), values, columns.shape[1])


def _most(keys: list[Ints], values: Doubles) -> tuple[Ints, Ints, Doubles]:
    """Greatest of the values of equal keys, without the last key."""
    columns, group = np.unique(np.stack(keys), axis=1, return_inverse=True)
    most = np.zeros(columns.shape[1])
    np.maximum.at(most, group.ravel(), values)
    return columns[0], columns[1], most


@dataclass(frozen=True, slots=True)
class _Statements:
    """What each Orphanet entry says, read once: sets of (voice, term)."""

    knowledge: Knowledge
    of_entry: tuple[frozenset[tuple[int, int]], ...]
    reading: _Reading

    @classmethod
    def of(cls, knowledge: Knowledge) -> _Statements:
        reading = _Reading(knowledge)
        descriptions = knowledge.descriptions
        entries = zip(descriptions.entry_names, descriptions.definitions, strict=True)
        said = (
            frozenset(
                [(Voice.ENTRY_NAME, term) for name in names.split("\n") for term, _ in reading.terms(name)]
                + [
                    (Voice.DEFINITION if sure else Voice.DOUBTFUL_DEFINITION, term)
                    for term, sure in reading.terms(definition)
                ]
            )
            for names, definition in entries
        )
        return cls(knowledge, tuple(said), reading)

    def of_disease(self, disease: int) -> Iterator[tuple[int, int, int]]:
        """(voice, entry, term) of one disease."""
        names = dict.fromkeys(self.knowledge.diseases.names(disease))
        for term in {term for name in names for term, _ in self.reading.terms(name)}:
            yield Voice.NAME, -1, term
        for entry in self.knowledge.descriptions.of_disease[disease].tolist():
            for voice, term in self.of_entry[entry]:
                yield voice, entry, term


def stated(mention: Mention, terms: Terms) -> bool | None:
    """Whether words say a feature of the disease: True, or False with a doubt; None where they say none.

    What is denied, a relative's or hypothetical is none, nor is what is no phenotypic abnormality, or only that.
    """
    term = terms.position(mention.type)
    if not terms.is_phenotype[term] or terms.id(term) == PHENOTYPIC_ABNORMALITY:
        return None
    sure = mention.assertion in (Assertion.OBSERVED, Assertion.HISTORICAL)
    return sure if sure or mention.assertion is Assertion.UNCERTAIN else None


class _Reading:
    """Finds phenotype terms in words; says of each whether it is stated or doubtful, and leaves out what is denied."""

    def __init__(self, knowledge: Knowledge) -> None:
        from nlp.readers import open_readers  # loads rapidfuzz, which ranking itself never needs

        self._terms = knowledge.terms
        self._readers = open_readers(knowledge)

    def terms(self, text: str) -> list[tuple[int, bool]]:
        from nlp.readers import ENGLISH

        found: dict[int, bool] = {}
        for mention in self._readers.read("description", text, ENGLISH).mentions if text else ():
            sure = stated(mention, self._terms)
            if sure is not None:
                term = self._terms.position(mention.type)
                found[term] = found.get(term, False) or sure
        return sorted(found.items())
