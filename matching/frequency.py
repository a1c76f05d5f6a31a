"""How often the patients of a disease show a feature, as its annotation rows say: for showing, and for expecting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.lm.profile import weighed
from matching.lm.settings import SETTINGS
from matching.report import Frequency
from ontology.annotations import Aspect, Relation
from ontology.arrays import Bools, Ints, Longs, Rows
from ontology.knowledge import Knowledge

Doubles = NDArray[np.float64]

#: Expected where a row gives no frequency: the ranker's own constant.
UNKNOWN = SETTINGS.unknown_frequency
#: Nothing is certain, nothing impossible: an atypical patient, an oversight, a wrong word. Chosen, not measured.
LEAST, MOST = 0.01, 0.95


@dataclass(frozen=True, slots=True)
class Frequencies:
    """The features of some diseases, pooled over their rows; ascending by disease, then by term.

    A feature counts where it was seen at all. A row that a broader or narrower Orphanet entry lends counts only where
    the disease has none of its own for the term.

    owners    int64   (entries,)      index into the diseases asked for
    terms     int32   (entries,)
    affected  int64   (entries,)      n of n/m, summed over the rows that count patients
    examined  int64   (entries,)      m of n/m, 0 where no row counts patients
    fraction  float64 (entries,)      mean of the fractions given without counts, NaN where there is none
    pointers  int64   (entries + 1,)  rows of each entry in `numbers`
    numbers   int64   (rows,)         row numbers in Annotations
    """

    owners: Longs
    terms: Ints
    affected: Longs
    examined: Longs
    fraction: Doubles
    pointers: Longs
    numbers: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, diseases: Ints, left_out: Bools | None = None) -> Frequencies:
        """Pool the rows of `diseases`, int (diseases,) positions; `left_out` bool (all rows,) are not looked at."""
        annotations, terms = knowledge.annotations, knowledge.terms
        numbers, owners = spans(annotations.pointers, diseases)
        of = annotations.terms[numbers]
        keep = (annotations.aspects[numbers] == Aspect.PHENOTYPE) & terms.is_phenotype[of]
        keep &= ~annotations.excluded[numbers]
        if left_out is not None:
            keep &= ~left_out[numbers]
        numbers, keys = numbers[keep], owners[keep] * len(terms) + of[keep]
        order = np.argsort(keys, kind="stable")
        return cls._pooled(knowledge, numbers[order], keys[order])

    @classmethod
    def _pooled(cls, knowledge: Knowledge, numbers: Longs, keys: Longs) -> Frequencies:
        """Of rows `numbers`, those of one disease and term, which have one of the ascending `keys`, together."""
        annotations, width = knowledge.annotations, len(knowledge.terms)
        group, starts = _runs(keys)
        own = annotations.relations[numbers] < Relation.BROADER
        keep = own | (weighed(group, own.astype(np.int8), len(starts)) == 0)[group]
        if not keep.all():
            numbers, group = numbers[keep], group[keep]
        sizes = np.bincount(group, minlength=len(starts))
        examined_rows, share = annotations.examined[numbers], annotations.frequency[numbers].astype(np.float64)
        counted = examined_rows > 0
        given = ~np.isnan(share) & ~counted

        def total(values: NDArray[np.number] | int, where: Bools) -> Doubles:
            return weighed(group, np.where(where, values, 0), len(starts))

        affected, examined = total(annotations.affected[numbers], counted), total(examined_rows, counted)
        fractions, rows_given = total(share, given), total(1, given)
        fraction = np.divide(fractions, rows_given, out=np.full(len(starts), np.nan), where=rows_given > 0)
        seen = (affected > 0) | (fractions > 0) | (total(1, ~counted & ~given) > 0)
        entries = keys[starts[seen]]
        return cls(
            entries // width,
            (entries % width).astype(np.int32),
            affected[seen].astype(np.int64),
            examined[seen].astype(np.int64),
            fraction[seen],
            np.append(0, np.cumsum(sizes[seen])),
            numbers[seen[group]],
        )

    def __len__(self) -> int:
        return len(self.terms)

    @property
    def shares(self) -> Doubles:
        """As shown, float64 (entries,): n/m where patients are counted, else the fraction, NaN where not given."""
        return np.where(self.examined > 0, self.affected / np.maximum(self.examined, 1), self.fraction)

    @property
    def expected(self) -> Doubles:
        """What to expect of the next patient, float64 (entries,), in [LEAST, MOST].

        (n + 1) / (m + 2) where patients are counted (the rule of succession, Laplace 1774, unverified), so that 1 of 1
        is not certainty; else the fraction; UNKNOWN where nothing is given.
        """
        counted = (self.affected + 1) / (self.examined + 2)
        stated = np.where(np.isnan(self.fraction), UNKNOWN, self.fraction)
        return np.clip(np.where(self.examined > 0, counted, stated), LEAST, MOST)

    def frequency(self, entry: int) -> Frequency:
        """One entry as a value."""
        examined = int(self.examined[entry])
        if examined:
            affected = int(self.affected[entry])
            return Frequency(affected / examined, affected, examined)
        share = float(self.fraction[entry])
        return Frequency(None if np.isnan(share) else share)

    def rows(self, entry: int) -> tuple[int, ...]:
        """Row numbers behind one entry, ascending."""
        return tuple(sorted(self.numbers[self.pointers[entry] : self.pointers[entry + 1]].tolist()))

    def of_disease(self, owner: int) -> slice:
        """The entries of the disease at index `owner`."""
        start, stop = np.searchsorted(self.owners, [owner, owner + 1])
        return slice(int(start), int(stop))


def _runs(keys: Longs) -> tuple[Longs, Longs]:
    """Of ascending `keys`: which run of equal ones each belongs to, and where each run begins; int64."""
    begins = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


def spans(pointers: Longs, which: NDArray[np.integer]) -> tuple[Longs, Longs]:
    """The places of the rows `which`, end to end, and the index into `which` that each belongs to; int64."""
    starts = np.asarray(pointers, np.int64)[which]
    lengths = np.asarray(pointers, np.int64)[np.asarray(which) + 1] - starts
    of = np.repeat(np.arange(len(which), dtype=np.int64), lengths)
    shift = starts - (np.cumsum(lengths) - lengths)  # from a place among those returned to one among the rows
    return np.arange(len(of), dtype=np.int64) + shift[of], of


def superterms(ancestors: Rows, of: Ints) -> tuple[Ints, Longs]:
    """Superterms of each term of `of`, itself included, and the index into `of` that each belongs to."""
    at, owner = spans(ancestors.pointers, of)
    return ancestors.values[at], owner
