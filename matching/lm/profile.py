"""From annotation rows to a profile: how often each feature is seen in a disease.

The rows may come straight from the release, or changed (a publication's patients taken out): the same few lines weigh
them, for every disease at once or for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.lm.settings import Settings
from ontology.annotations import Annotations, Aspect, Relation
from ontology.arrays import Bools, Floats, Ints, Longs

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StatedRows:
    """Annotation rows as columns, on phenotype terms alone; all arrays (rows,).

    numbers    int64    row numbers in Annotations
    owners     int32    disease positions
    terms      int32    term positions
    affected   int32    n of n/m, -1 without counts
    examined   int32    m of n/m, -1 without counts
    frequency  float32  fraction, NaN where not given; n/m where counts are given
    relations  int8     Relation
    excluded   bool     qualifier NOT
    """

    numbers: Longs
    owners: Ints
    terms: Ints
    affected: Ints
    examined: Ints
    frequency: Floats
    relations: NDArray[np.int8]
    excluded: Bools

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, which: NDArray[np.integer] | Bools) -> StatedRows:
        """The rows that `which` (a mask, or indices) selects."""
        return StatedRows(
            self.numbers[which],
            self.owners[which],
            self.terms[which],
            self.affected[which],
            self.examined[which],
            self.frequency[which],
            self.relations[which],
            self.excluded[which],
        )

    def positive(self) -> Bools:
        """Rows that say the feature was seen: not NOT, and not in none of the patients. bool (rows,)."""
        seen: Bools = ~self.excluded & ~(self.frequency == 0)
        return seen


@dataclass(frozen=True, slots=True)
class Masses:
    """How much each feature weighs in a disease, ascending by disease and then by term.

    owners    int32   (entries,)  disease positions
    terms     int32   (entries,)  term positions
    mass      float64 (entries,)  expected fraction of patients; more where words name the feature or kin show it
    observed  float64 (entries,)  the part that an excluded finding can contradict: what is said of the disease itself
    """

    owners: Ints
    terms: Ints
    mass: Doubles
    observed: Doubles

    def plus(self, owners: Ints, terms: Ints, mass: Doubles, observed: float) -> Masses:
        """These, and `mass` more at each disease and term, of which the share `observed` can be contradicted."""
        width = int(max(self.terms.max(initial=0), terms.max(initial=0))) + 1
        keys = np.concatenate(
            [self.owners.astype(np.int64) * width + self.terms, owners.astype(np.int64) * width + terms]
        )
        pairs, group = np.unique(keys, return_inverse=True)
        total = weighed(group, np.concatenate([self.mass, mass]), len(pairs))
        seen = weighed(group, np.concatenate([self.observed, observed * mass]), len(pairs))
        pairs, total, seen = pairs[total > 0], total[total > 0], seen[total > 0]  # a weight of 0 says nothing
        return Masses((pairs // width).astype(np.int32), (pairs % width).astype(np.int32), total, seen)

    def by_disease(self, diseases: int) -> Callable[[int], tuple[Ints, Doubles]]:
        """Look-up of one disease's terms, ascending, and their mass."""
        pointers = np.searchsorted(self.owners, np.arange(diseases + 1))

        def of(disease: int) -> tuple[Ints, Doubles]:
            part = slice(int(pointers[disease]), int(pointers[disease + 1]))
            return self.terms[part], self.mass[part]

        return of


def stated_rows(annotations: Annotations, is_phenotype: Bools) -> StatedRows:
    """Every row that speaks of a phenotypic abnormality; inheritance, course and modifiers take no part."""
    keep = (np.asarray(annotations.aspects) == Aspect.PHENOTYPE) & is_phenotype[annotations.terms]
    numbers = np.flatnonzero(keep).astype(np.int64)
    lengths = np.diff(annotations.pointers)
    owners = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return StatedRows(
        numbers,
        owners[numbers],
        annotations.terms[numbers],
        annotations.affected[numbers],
        annotations.examined[numbers],
        annotations.frequency[numbers],
        annotations.relations[numbers],
        annotations.excluded[numbers],
    )


def masses(rows: StatedRows, width: int, settings: Settings) -> Masses:
    """Weigh the rows of one or many diseases; `width` is the number of terms.

    Of one disease and term: counts are pooled (n over m, with a prior of `prior_examined` patients), given fractions
    averaged, both averaged where both exist; rows without either count `unknown_frequency`. A feature that was looked
    for and never seen (0 of m, or 0 %) has no mass.
    """
    rows = rows.take(~rows.excluded)
    keys, group = np.unique(rows.owners.astype(np.int64) * width + rows.terms, return_inverse=True)
    scale = np.where(rows.relations >= Relation.BROADER, settings.lent_share, 1.0)
    counted = (rows.examined > 0) & (scale == 1.0)
    given = ~np.isnan(rows.frequency) & ~counted

    def total(values: NDArray[np.number], where: Bools) -> Doubles:
        return weighed(group[where], values[where], len(keys))

    affected, examined = total(rows.affected, counted), total(rows.examined, counted)
    fractions, fraction_rows = total(rows.frequency * scale, given), total(np.ones(len(rows)), given)
    silent = ~counted & ~given
    silent_rows = total(np.ones(len(rows)), silent)
    unknown = settings.unknown_frequency * total(scale, silent) / np.maximum(silent_rows, 1)

    pooled = affected / np.maximum(examined, 1)
    mean = fractions / np.maximum(fraction_rows, 1)
    frequency = np.where(fraction_rows > 0, mean, unknown)
    frequency = np.where(examined > 0, np.where(fraction_rows > 0, 0.5 * (pooled + mean), pooled), frequency)
    prior = settings.prior_examined * settings.prior_frequency
    shrunk = (frequency * examined + prior) / (examined + settings.prior_examined)
    frequency = np.where(examined > 0, shrunk, frequency)
    seen = (affected > 0) | (fractions > 0) | (silent_rows > 0)
    mass = np.clip(frequency, settings.least_frequency, 1.0)[seen]
    return Masses((keys[seen] // width).astype(np.int32), (keys[seen] % width).astype(np.int32), mass, mass.copy())


def weighed(places: NDArray[np.integer], weights: NDArray[np.number], width: int) -> Doubles:
    """Sum of the weights at each place below `width`; float64 (width,), also where there are none."""
    return np.bincount(places, weights=weights, minlength=width).astype(np.float64)
