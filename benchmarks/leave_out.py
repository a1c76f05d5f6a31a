"""Leave-publication-out: rank a case as if its own papers had never been annotated.

phenotype.hpoa cites the very papers that published cases come from. Before a case with papers P is ranked, in every
disease: a row whose references all lie in P is removed; a row that cites P among others loses P's own patients, counted
in the case file, and is removed when n or m reaches 0 or it has no counts; other rows stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.cases import PublishedCase
from matching.lm.profile import StatedRows
from ontology.annotations import Annotations
from ontology.arrays import Longs, Rows
from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge
from ontology.terms import UnknownTerm

#: (disease position, paper, term position)
Key = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class PublicationCounts:
    """Patients of each paper, per disease and term: how many had the feature, and how many were examined for it."""

    affected: Counter[Key]
    examined: Counter[Key]

    @classmethod
    def of(cls, cases: Iterable[PublishedCase], knowledge: Knowledge) -> PublicationCounts:
        """Count every case under its first disease; ids that this release does not know are passed over."""
        affected: Counter[Key] = Counter()
        examined: Counter[Key] = Counter()
        for case in cases:
            try:
                disease = knowledge.diseases.position(case.diseases[0])
            except UnknownDisease:
                continue
            for ids, counters in ((case.observed, (affected, examined)), (case.excluded, (examined,))):
                keys = [(disease, pmid, term) for pmid in case.pmids for term in _positions(ids, knowledge)]
                for counter in counters:
                    counter.update(keys)
        return cls(affected, examined)


class LeaveOut:
    """Finds the diseases that cite a set of papers, and their rows without these papers."""

    def __init__(self, knowledge: Knowledge, rows: StatedRows, counts: PublicationCounts) -> None:
        self._annotations: Annotations = knowledge.annotations
        self._rows = rows
        self._counts = counts
        names = list(self._annotations.reference_ids)
        self._reference_of = {name: at for at, name in enumerate(names)}
        self._names = names
        self._citing: Rows = self._annotations.references.inverted(len(names))

    def changed(self, pmids: frozenset[str]) -> dict[int, StatedRows]:
        """Rows left to each disease that cites any of `pmids`, by disease position; others are as released."""
        numbers = self.citing(pmids)
        numbers = numbers[np.isin(numbers, self._rows.numbers)]
        owners = np.unique(self._rows.owners[np.searchsorted(self._rows.numbers, numbers)])
        return {int(d): self._without(int(d), numbers, pmids) for d in owners}

    def citing(self, pmids: frozenset[str]) -> Longs:
        """Numbers of all annotation rows, of inheritance and course too, that cite any of `pmids`; ascending."""
        references = [self._reference_of[p] for p in pmids if p in self._reference_of]
        found = [self._citing[r] for r in references]
        return np.unique(np.concatenate(found)).astype(np.int64) if found else np.zeros(0, np.int64)

    def _without(self, disease: int, citing: Longs, pmids: frozenset[str]) -> StatedRows:
        start, stop = np.searchsorted(self._rows.owners, [disease, disease + 1])
        rows = self._rows.take(np.arange(start, stop))
        affected, examined = rows.affected.copy(), rows.examined.copy()
        frequency = rows.frequency.copy()
        keep = np.ones(len(rows), np.bool_)
        for at in np.flatnonzero(np.isin(rows.numbers, citing)).tolist():
            left = self._left(rows, at, pmids)
            keep[at] = left is not None
            if left is not None:
                affected[at], examined[at] = left
                frequency[at] = left[0] / left[1]
        return replace(rows, affected=affected, examined=examined, frequency=frequency).take(keep)

    def _left(self, rows: StatedRows, at: int, pmids: frozenset[str]) -> tuple[int, int] | None:
        """Counts that are left to a citing row, or None where it goes."""
        cited = [self._names[int(r)] for r in self._annotations.references[int(rows.numbers[at])]]
        ours = [name for name in cited if name in pmids]
        if len(ours) == len(cited) or rows.examined[at] <= 0:
            return None
        keys = [(int(rows.owners[at]), name, int(rows.terms[at])) for name in ours]
        affected = int(rows.affected[at]) - sum(self._counts.affected[key] for key in keys)
        examined = int(rows.examined[at]) - sum(self._counts.examined[key] for key in keys)
        return (min(affected, examined), examined) if affected > 0 and examined > 0 else None


def _positions(ids: Iterable[str], knowledge: Knowledge) -> list[int]:
    found = []
    for id in ids:
        try:
            found.append(knowledge.terms.position(id))
        except UnknownTerm:
            continue
    return found
