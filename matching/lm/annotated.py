"""What is known of one disease, arranged for looking up what a finding can meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.frequency import superterms
from ontology.annotations import Aspect
from ontology.arrays import Ints, Longs
from ontology.knowledge import Knowledge

_NAME = -1


@dataclass(frozen=True, slots=True)
class Annotated:
    """What says that the disease has a feature, annotation rows and its names, and what says that it lacks one.

    numbers     int64 (says,)     row in Annotations, -1 where the name says it
    terms       int32 (says,)     phenotype term
    lacking     int64 (others,)   rows that say a feature was looked for and not seen
    lacked      int32 (others,)   their terms
    superterms  int32 (entries,)  superterms of each of `terms`, itself included
    of_say      int64 (entries,)  index into `numbers` of each superterm
    """

    numbers: Longs
    terms: Ints
    lacking: Longs
    lacked: Ints
    superterms: Ints
    of_say: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, named: Ints, disease: int) -> Annotated:
        """Look up the disease at position `disease`, named for the terms `named`."""
        annotations = knowledge.annotations
        span = annotations.rows_of(disease)
        numbers = np.arange(span.start, span.stop, dtype=np.int64)
        part = slice(span.start, span.stop)
        terms = annotations.terms[part]
        phenotype = (annotations.aspects[part] == Aspect.PHENOTYPE) & knowledge.terms.is_phenotype[terms]
        unseen = annotations.excluded[part] | (annotations.frequency[part] == 0)
        seen, lacked = phenotype & ~unseen, phenotype & unseen
        said = np.concatenate([terms[seen], named])
        above, of_say = superterms(knowledge.terms.ancestors, said)
        saying = np.concatenate([numbers[seen], np.full(len(named), _NAME)])
        return cls(saying, said, numbers[lacked], terms[lacked], above, of_say)

    @property
    def rows(self) -> Longs:
        """Annotation rows alone."""
        rows: Longs = self.numbers[self.numbers != _NAME]
        return rows

    def at(self, term: int) -> Ground:
        """What speaks of the term itself."""
        return Ground.of(self.numbers[self.terms == term], self.terms[self.terms == term])

    def at_or_below(self, term: int) -> Ground:
        """What speaks of the term or anything below it."""
        within = self.of_say[self.superterms == term]
        return Ground.of(self.numbers[within], self.terms[within])


@dataclass(frozen=True, slots=True)
class Ground:
    """Annotation rows behind a contribution, their terms, and whether the disease's name speaks of one too."""

    rows: tuple[int, ...]
    terms: tuple[int, ...]
    by_name: bool

    @classmethod
    def of(cls, numbers: Longs, terms: Ints) -> Ground:
        """Tell rows from names."""
        rows = numbers.tolist()
        return cls(tuple(r for r in rows if r != _NAME), tuple(sorted(set(terms.tolist()))), _NAME in rows)

    def __bool__(self) -> bool:
        return bool(self.terms)
