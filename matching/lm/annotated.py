"""What is known of the diseases of one answer, arranged for looking up what a finding can meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from matching.lm.model import LanguageModel
from matching.lm.said import Index, Say, Statements, index_at, index_below, of_kin, of_rows, of_words
from matching.report import Described
from ontology.annotations import Relation
from ontology.arrays import Bools, Ints, Longs
from ontology.knowledge import Knowledge

#: Related diseases that are named behind one contribution; a numbered series has a hundred.
MOST_KIN = 3
#: Diseases that are looked up at once: memory grows by a byte a term with each.
_TOGETHER = 50

_ROW, _NAME, _DEFINITION, _KIN = int(Say.ROW), int(Say.NAME), int(Say.DEFINITION), int(Say.KIN)  # found at once


@dataclass(frozen=True, slots=True)
class Annotated:
    """What says that one disease has a feature, and the rows that say that it lacks one.

    at_terms, below  what is said of each term itself, and of each term or anything below it
    first            the key of the disease and the term at position 0, in both
    rows             int64 (rows,)    its own annotation rows that say that it has a feature
    lacking          int64 (others,)  rows that say a feature was looked for and not seen
    lacked           int32 (others,)  their terms
    relations        how each Orphanet entry that describes the disease lies to it
    """

    knowledge: Knowledge
    at_terms: Index
    below: Index
    first: int
    rows: Longs
    lacking: Longs
    lacked: Ints
    relations: Mapping[int, Relation]

    @classmethod
    def several(cls, knowledge: Knowledge, model: LanguageModel, diseases: Ints, asked: Bools) -> tuple[Annotated, ...]:
        """The diseases at positions `diseases` with their words and their kin, as the language model knows them.

        `asked` bool (terms,) are the terms that will be looked up. Together they take a third of the time
        that they take one by one.
        """
        parts = [diseases[start : start + _TOGETHER] for start in range(0, len(diseases), _TOGETHER)]
        return tuple(
            annotated
            for part in parts
            for annotated in cls._of(knowledge, part, [of_words(model, part)], of_kin(knowledge, model, part), asked)
        )

    @classmethod
    def by_rows(cls, knowledge: Knowledge, disease: int) -> Annotated:
        """The disease by its annotation rows alone."""
        none = np.zeros(0, np.int64)
        kin = Statements(none, none.astype(np.int8), none, none.astype(np.int32))
        return cls._of(knowledge, np.array([disease], np.int32), [], kin, np.ones(len(knowledge.terms), np.bool_))[0]

    @classmethod
    def _of(
        cls, knowledge: Knowledge, diseases: Ints, words: Sequence[Statements], kin: Statements, asked: Bools
    ) -> tuple[Annotated, ...]:
        width = len(knowledge.terms)
        own, lacking, lacks = of_rows(knowledge, diseases)
        itself = Statements.together([own, *words])
        found = index_at(itself, kin, asked, width), index_below(knowledge, itself, kin, asked)
        mine = np.searchsorted(own.owners, np.arange(len(diseases) + 1)).tolist()
        others = np.searchsorted(lacks, np.arange(len(diseases) + 1)).tolist()
        return tuple(
            cls(
                knowledge,
                *found,
                owner * width,
                own.sources[mine[owner] : mine[owner + 1]],
                (part := lacking[others[owner] : others[owner + 1]]),
                knowledge.annotations.terms[part],
                _relations(knowledge, int(disease)),
            )
            for owner, disease in enumerate(diseases)
        )

    def itself(self, term: int) -> bool:
        """Whether anything said of the disease itself, not of its kin, lies at or below the term."""
        place = self.below.places.get(self.first + term)
        return place is not None and int(self.below.statements.says[place.start]) != _KIN

    def at(self, term: int) -> Ground:
        """What speaks of the term itself."""
        return self._ground(self.at_terms, term)

    def at_or_below(self, term: int) -> Ground:
        """What speaks of the term or anything below it."""
        return self._ground(self.below, term)

    def _ground(self, index: Index, term: int) -> Ground:
        """What is said of the disease itself; of its kin only where nothing is."""
        place, statements = index.places.get(self.first + term), index.statements
        if place is None:
            return _NOTHING
        says, sources = statements.says[place].tolist(), statements.sources[place].tolist()
        terms = statements.terms[place].tolist()
        if says[0] == _KIN:
            return self._ground_of_kin(sources, terms)
        rows = tuple(source for say, source in zip(says, sources, strict=True) if say == _ROW)
        features = tuple(sorted(set(terms)))
        if len(rows) == len(says):
            return Ground(rows, features, False, (), (), 0)
        told: dict[int, bool] = {}
        for say, source in zip(says, sources, strict=True):
            if say not in (_ROW, _NAME):
                told[source] = told.get(source, False) or say == _DEFINITION
        written = self.knowledge.descriptions
        described = tuple(
            Described(
                written.entry_ids[entry],
                written.entry_names[entry].partition("\n")[0],
                defined,
                self.relations[entry],
            )
            for entry, defined in sorted(told.items())
        )
        return Ground(rows, features, _NAME in says, described, (), 0)

    def _ground_of_kin(self, rows: list[int], terms: list[int]) -> Ground:
        """What is said of related diseases."""
        kin = _owners(self.knowledge, np.array(rows, np.int64))
        return Ground(
            tuple(rows),
            tuple(sorted(set(terms))),
            False,
            (),
            tuple(self.knowledge.diseases.id(disease) for disease in kin[:MOST_KIN]),
            max(0, len(kin) - MOST_KIN),
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What is behind a contribution.

    rows      annotation rows: the disease's own, or those of `kin`
    terms     what they and the words speak of
    by_name   whether a name of the disease speaks of one
    described Orphanet entries whose words do
    kin       ids of related diseases whose rows these are; none where anything is said of the disease itself
    kin_more  how many more there are
    """

    rows: tuple[int, ...]
    terms: tuple[int, ...]
    by_name: bool
    described: tuple[Described, ...]
    kin: tuple[str, ...]
    kin_more: int

    def __bool__(self) -> bool:
        return bool(self.terms)


_NOTHING = Ground((), (), False, (), (), 0)


def _relations(knowledge: Knowledge, disease: int) -> Mapping[int, Relation]:
    """The Orphanet entries that describe the disease, and how each lies to it."""
    written = knowledge.descriptions
    links = slice(*written.of_disease.pointers[disease : disease + 2].tolist())
    entries, relations = written.of_disease.values[links].tolist(), written.relations[links].tolist()
    return MappingProxyType(dict(zip(entries, map(Relation, relations), strict=True)))


def _owners(knowledge: Knowledge, rows: Longs) -> list[int]:
    """Diseases that the rows stand under, each once, those in which the feature is most frequent first."""
    annotations = knowledge.annotations
    owners = np.searchsorted(annotations.pointers, rows, side="right") - 1
    order = np.lexsort((owners, -np.nan_to_num(annotations.frequency[rows])))
    return list(dict.fromkeys(owners[order].tolist()))
