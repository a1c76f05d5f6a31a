"""One disease's annotation rows, arranged for looking up what a finding can meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ontology.annotations import Aspect
from ontology.arrays import Ints, Longs, Rows
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Annotated:
    """Rows on phenotype terms; `numbers` are those of Annotations.

    numbers     int64 (rows,)     rows that say a feature was seen
    terms       int32 (rows,)     their terms
    lacking     int64 (others,)   rows that say it was looked for and not seen
    lacked      int32 (others,)   their terms
    superterms  int32 (entries,)  superterms of each of `terms`, itself included
    of_row      int64 (entries,)  index into `numbers` of each superterm
    """

    numbers: Longs
    terms: Ints
    lacking: Longs
    lacked: Ints
    superterms: Ints
    of_row: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, disease: int) -> Annotated:
        """Look up the rows of the disease at position `disease`."""
        annotations = knowledge.annotations
        span = annotations.rows_of(disease)
        numbers = np.arange(span.start, span.stop, dtype=np.int64)
        part = slice(span.start, span.stop)
        terms = annotations.terms[part]
        phenotype = (annotations.aspects[part] == Aspect.PHENOTYPE) & knowledge.terms.is_phenotype[terms]
        unseen = annotations.excluded[part] | (annotations.frequency[part] == 0)
        seen, lacked = phenotype & ~unseen, phenotype & unseen
        superterms, of_row = gathered(knowledge.terms.ancestors, terms[seen])
        return cls(numbers[seen], terms[seen], numbers[lacked], terms[lacked], superterms, of_row)

    def at(self, term: int) -> tuple[int, ...]:
        """Row numbers on the term itself."""
        return tuple(self.numbers[self.terms == term].tolist())

    def at_or_below(self, term: int) -> Longs:
        """Indices into `numbers` of the rows on the term or anything below it."""
        within: Longs = self.of_row[self.superterms == term]
        return within


def gathered(rows: Rows, which: Ints) -> tuple[Ints, Longs]:
    """The values of the rows `which`, end to end, and the index into `which` that each belongs to."""
    lengths = np.diff(rows.pointers)[which] if len(which) else np.zeros(0, np.int64)
    of = np.repeat(np.arange(len(which), dtype=np.int64), lengths)
    within = np.arange(len(of), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows.values[rows.pointers[which][of] + within], of
