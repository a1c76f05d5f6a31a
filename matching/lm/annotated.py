"""What is known of one disease, arranged for looking up what a finding can meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np

from matching.frequency import spans, superterms
from matching.lm.model import LanguageModel
from matching.lm.told import Voice
from matching.report import Described
from ontology.annotations import Aspect, Relation
from ontology.arrays import Bools, Bytes, Ints, Longs
from ontology.knowledge import Knowledge

#: Related diseases that are named behind one contribution; a numbered series has a hundred.
MOST_KIN = 3


class Say(IntEnum):
    """Who says that a disease has a feature; what `sources` of Annotated then holds."""

    ROW = 0  # an annotation row of the disease: its number
    NAME = 1  # a name of the disease: nothing
    ENTRY_NAME = 2  # a name of an Orphanet entry: its index in Descriptions
    DEFINITION = 3  # the definition of an Orphanet entry: its index in Descriptions
    KIN = 4  # an annotation row of a related disease: its number


_ROW, _NAME, _DEFINITION, _KIN = int(Say.ROW), int(Say.NAME), int(Say.DEFINITION), int(Say.KIN)  # found at once

#: Who speaks in Told, by Voice; a doubtful definition is shown as the words it is.
_SAID_BY = {
    Voice.NAME: Say.NAME,
    Voice.ENTRY_NAME: Say.ENTRY_NAME,
    Voice.DEFINITION: Say.DEFINITION,
    Voice.DOUBTFUL_DEFINITION: Say.DEFINITION,
}
_SAY_OF_VOICE = tuple(_SAID_BY[voice] for voice in Voice)


@dataclass(frozen=True, slots=True)
class Annotated:
    """What says that the disease has a feature, and the rows that say that it lacks one.

    says        int8  (says,)     Say
    sources     int64 (says,)     row or entry, -1 for a name
    terms       int32 (says,)     phenotype term
    lacking     int64 (others,)   rows that say a feature was looked for and not seen
    lacked      int32 (others,)   their terms
    superterms  int32 (entries,)  superterms of each of `terms`, itself included
    of_say      int64 (entries,)  index into `says` of each superterm
    itself                        terms that anything said of the disease itself, not of its kin, lies at or below
    relations                     how each entry that describes the disease lies to it
    """

    knowledge: Knowledge
    says: Bytes
    sources: Longs
    terms: Ints
    lacking: Longs
    lacked: Ints
    superterms: Ints
    of_say: Longs
    itself: frozenset[int]
    relations: Mapping[int, Relation]

    @classmethod
    def of(cls, knowledge: Knowledge, model: LanguageModel, disease: int) -> Annotated:
        """The disease at position `disease` with its words and its kin, as the language model knows it."""
        told = model.told.span(disease)
        said_by = np.array(_SAY_OF_VOICE)[model.told.voices[told]]
        words = said_by, model.told.entries[told], model.told.terms[disease]
        return cls._of(knowledge, disease, [words, _of_kin(knowledge, model, disease)])

    @classmethod
    def by_rows(cls, knowledge: Knowledge, disease: int) -> Annotated:
        """The disease by its annotation rows alone."""
        return cls._of(knowledge, disease, [])

    @classmethod
    def _of(
        cls, knowledge: Knowledge, disease: int, more: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]
    ) -> Annotated:
        span = knowledge.annotations.rows_of(disease)
        numbers = np.arange(span.start, span.stop, dtype=np.int64)
        seen, lacked = _seen(knowledge, numbers)
        terms = knowledge.annotations.terms
        parts = [(np.full(int(seen.sum()), Say.ROW), numbers[seen], terms[numbers[seen]]), *more]
        says, sources, said = (np.concatenate(column) for column in zip(*parts, strict=True))
        above, of_say = superterms(knowledge.terms.ancestors, said.astype(np.int32))
        itself = np.zeros(len(knowledge.terms), np.bool_)
        itself[above[says[of_say] != Say.KIN]] = True
        return cls(
            knowledge,
            says.astype(np.int8),
            sources.astype(np.int64),
            said.astype(np.int32),
            numbers[lacked],
            terms[numbers[lacked]],
            above,
            of_say,
            frozenset(np.flatnonzero(itself).tolist()),
            _relations(knowledge, disease),
        )

    @property
    def rows(self) -> Longs:
        """The disease's own annotation rows."""
        rows: Longs = self.sources[self.says == Say.ROW]
        return rows

    def at(self, term: int) -> Ground:
        """What speaks of the term itself."""
        return self._ground(np.flatnonzero(self.terms == term))

    def at_or_below(self, term: int) -> Ground:
        """What speaks of the term or anything below it."""
        return self._ground(self.of_say[self.superterms == term])

    def _ground(self, which: Longs) -> Ground:
        """What is said of the disease itself; of its kin only where nothing is."""
        if not len(which):
            return Ground((), (), False, (), (), 0)
        itself = which[self.says[which] != _KIN]
        if not len(itself):
            return self._ground_of_kin(which)
        says, sources = self.says[itself].tolist(), self.sources[itself].tolist()
        rows = tuple(source for say, source in zip(says, sources, strict=True) if say == _ROW)
        terms = tuple(sorted(set(self.terms[itself].tolist())))
        if len(rows) == len(says):
            return Ground(rows, terms, False, (), (), 0)
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
        return Ground(rows, terms, _NAME in says, described, (), 0)

    def _ground_of_kin(self, which: Longs) -> Ground:
        """What is said of related diseases."""
        kin = _owners(self.knowledge, self.sources[which])
        return Ground(
            tuple(self.sources[which].tolist()),
            tuple(sorted(set(self.terms[which].tolist()))),
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


def _of_kin(knowledge: Knowledge, model: LanguageModel, disease: int) -> tuple[Longs, Longs, Ints]:
    """Rows of related diseases that speak of what kin let expect of this one."""
    numbers, _ = spans(knowledge.annotations.pointers, model.families.of_disease(disease))
    seen, _ = _seen(knowledge, numbers)
    numbers = numbers[seen]
    terms = knowledge.annotations.terms[numbers]
    known = np.zeros(len(knowledge.terms), np.bool_)
    known[model.expected[disease]] = True
    expected = known[terms]
    return np.full(int(expected.sum()), Say.KIN), numbers[expected], terms[expected]


def _relations(knowledge: Knowledge, disease: int) -> Mapping[int, Relation]:
    """The Orphanet entries that describe the disease, and how each lies to it."""
    written = knowledge.descriptions
    links = slice(*written.of_disease.pointers[disease : disease + 2].tolist())
    entries, relations = written.of_disease.values[links].tolist(), written.relations[links].tolist()
    return MappingProxyType(dict(zip(entries, map(Relation, relations), strict=True)))


def _seen(knowledge: Knowledge, numbers: Longs) -> tuple[Bools, Bools]:
    """Which of these rows say that a phenotypic abnormality was seen, and which that it was not; bool (rows,)."""
    annotations = knowledge.annotations
    terms = annotations.terms[numbers]
    phenotype = (annotations.aspects[numbers] == Aspect.PHENOTYPE) & knowledge.terms.is_phenotype[terms]
    unseen = annotations.excluded[numbers] | (annotations.frequency[numbers] == 0)
    return phenotype & ~unseen, phenotype & unseen


def _owners(knowledge: Knowledge, rows: Longs) -> list[int]:
    """Diseases that the rows stand under, each once, those in which the feature is most frequent first."""
    annotations = knowledge.annotations
    owners = np.searchsorted(annotations.pointers, rows, side="right") - 1
    order = np.lexsort((owners, -np.nan_to_num(annotations.frequency[rows])))
    return list(dict.fromkeys(owners[order].tolist()))
