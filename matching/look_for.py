"""What a ranking leaves unsaid: how frequent each feature met is, and which frequent ones nobody has mentioned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from matching.frequency import Doubles, Frequencies, superterms
from matching.lm.query import Query
from matching.report import Contribution, Frequency, Match, RankedDisease, Ranking, UnmentionedFeature
from ontology.arrays import Bools, Ints, Longs
from ontology.knowledge import Knowledge

#: Seen in half of the patients or more: what is missing then is worth a look. Chosen, not measured.
FREQUENT = 0.5
#: Features to look for that are listed of one disease; the rest are counted.
MOST_LISTED = 6


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Looks at the diseases of one answer, all of them at once.

    shares    float64 (entries,)  of each feature of `found`, -1 where no row gives it
    listed    int64   (listed,)   entries to look for: by disease, then the most informative first
    id        the id of a term, found once
    term_of_row  the term that each row behind a contribution speaks of
    """

    knowledge: Knowledge
    found: Frequencies
    shares: Doubles
    listed: Longs
    id: Callable[[int], str]
    term_of_row: Mapping[int, int]

    @classmethod
    def of(cls, knowledge: Knowledge, ranking: Ranking, query: Query) -> Onlooker:
        """Prepare for the diseases of `ranking`, which answers `query`."""
        positions = np.array([disease.position for disease in ranking.diseases], np.int32)
        found = Frequencies.of(knowledge, positions)
        shares = np.nan_to_num(found.shares, nan=-1.0)
        listed = unmentioned(knowledge, found, shares, query)
        rows = [
            row for disease in ranking.diseases for part in disease.contributions for row in part.rows if not part.kin
        ]
        term_of_row = dict(zip(rows, knowledge.annotations.terms[rows].tolist(), strict=True)) if rows else {}
        return cls(knowledge, found, shares, listed, cache(knowledge.terms.id), term_of_row)

    def complete(self, disease: RankedDisease, owner: int) -> RankedDisease:
        """`disease`, the one at index `owner`, with frequencies and with what to look for."""
        part = self.found.of_disease(owner)
        at = dict(zip(self.found.terms[part].tolist(), range(part.start, part.stop), strict=True))
        listed = self.listed[(self.listed >= part.start) & (self.listed < part.stop)].tolist()
        return replace(
            disease,
            contributions=tuple(self._with_frequency(c, at) for c in disease.contributions),
            look_for=tuple(self._value(entry) for entry in listed[:MOST_LISTED]),
            look_for_more=max(0, len(listed) - MOST_LISTED),
        )

    def _with_frequency(self, part: Contribution, at: dict[int, int]) -> Contribution:
        frequency = self._frequency(part, at)
        return part if frequency is None else replace(part, frequency=frequency)

    def _frequency(self, part: Contribution, at: dict[int, int]) -> Frequency | None:
        """Of the term met where the disease is annotated with it, else of the most frequent below it."""
        if not part.rows or part.kin:  # kin speak where nothing is said of the disease itself
            return None
        if part.match is Match.PRESENT_MEETS_EXCLUDED:
            return self._lacking(part.rows)
        of_row = self.term_of_row
        met = {of_row[row] for row in part.rows}
        through = {term for term in met if self.id(term) == part.through}
        entries = [at[term] for term in (through or met) if term in at]
        if not entries:
            return None
        return self.found.frequency(max(entries, key=self.shares.__getitem__))

    def _lacking(self, rows: tuple[int, ...]) -> Frequency:
        """Looked for and never seen: of how many is known only where they were counted."""
        examined = self.knowledge.annotations.examined[list(rows)]
        counted = int(examined[examined > 0].sum())
        return Frequency(0.0, 0, counted) if counted else Frequency(0.0)

    def _value(self, entry: int) -> UnmentionedFeature:
        terms, term = self.knowledge.terms, int(self.found.terms[entry])
        return UnmentionedFeature(
            self.id(term), float(terms.content[term]), self.found.frequency(entry), self.found.rows(entry)
        )


def unmentioned(knowledge: Knowledge, found: Frequencies, shares: Doubles, query: Query) -> Longs:
    """Entries of `found`, int64, that are frequent and that nothing is said of: by disease, the most informative first.

    What a listed feature implies, a superterm of it, is passed over.
    """
    entries = np.flatnonzero((shares >= FREQUENT) & ~spoken_of(knowledge, found.terms, query))
    of, owners = found.terms[entries], found.owners[entries]
    order = np.lexsort((of, -shares[entries], -knowledge.terms.content[of], owners))
    entries, of, owners = entries[order], of[order], owners[order]
    above, by = superterms(knowledge.terms.ancestors, of)
    width = len(knowledge.terms)
    implied, first = np.unique(owners[by] * width + above, return_index=True)
    implied_by = by[first[np.searchsorted(implied, owners * width + of)]]  # the first that implies it, itself at last
    listed: Longs = entries[implied_by == np.arange(len(entries))]
    return listed


def completed(knowledge: Knowledge, ranking: Ranking, query: Query) -> Ranking:
    """`ranking` with the frequency of each feature met, and what to look for of each disease."""
    if not ranking.diseases:
        return ranking
    onlooker = Onlooker.of(knowledge, ranking, query)
    diseases = tuple(onlooker.complete(disease, owner) for owner, disease in enumerate(ranking.diseases))
    return replace(ranking, diseases=diseases)


def spoken_of(knowledge: Knowledge, of: Ints, query: Query) -> Bools:
    """Which terms of `of` the findings speak of, bool (of,): those at, above or below a present one, or excluded.

    A term is excluded at or below an excluded finding. A finding that is only related, by a superterm, says nothing of
    the term itself: a curved spine is no answer to whether the lens is dislocated, nor to whether the chest is sunken.
    """
    ancestors = knowledge.terms.ancestors
    implied = np.zeros(len(knowledge.terms), np.bool_)
    implied[superterms(ancestors, query.present)[0]] = True
    said = np.zeros(len(knowledge.terms), np.bool_)
    said[query.present] = said[query.excluded] = True
    spoken: Bools = implied[of]
    above, owner = superterms(ancestors, of)
    spoken[owner[said[above]]] = True
    return spoken
