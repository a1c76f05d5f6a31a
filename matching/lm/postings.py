"""Postings: for each term, the diseases that hold it or anything below it, and what it is worth to each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.lm.background import TINY, Background, Lattice
from matching.lm.profile import Masses, weighed
from matching.lm.settings import Settings
from ontology.arrays import Floats, Ints, Longs, read_array, write_array

_NAMES = ("pointers", "diseases", "spread", "own", "highest")


@dataclass(frozen=True, slots=True)
class Postings:
    """Row t is `[pointers[t]:pointers[t + 1]]`, its diseases ascending.

    pointers  int64   (terms + 1,)
    diseases  int32   (entries,)
    spread    float32 (entries,)  worth of the term to every finding at or below it
    own       float32 (entries,)  worth to a finding of the term itself: exact atom and subtree credit
    highest   float32 (entries,)  greatest frequency among the disease's features at or below the term
    """

    pointers: Longs
    diseases: Ints
    spread: Floats
    own: Floats
    highest: Floats

    def row(self, term: int) -> slice:
        """Where the term's postings lie."""
        return slice(int(self.pointers[term]), int(self.pointers[term + 1]))

    def highest_at(self, term: int, disease: int) -> float:
        """`highest` of one term and disease; 0 where the disease has nothing at or below the term."""
        row = self.row(term)
        at = int(np.searchsorted(self.diseases[row], disease))
        held = at < row.stop - row.start and int(self.diseases[row][at]) == disease
        return float(self.highest[row][at]) if held else 0.0

    @classmethod
    def of(cls, profiles: Masses, lattice: Lattice, background: Background, settings: Settings) -> Postings:
        """Spread every profile over the lattice and sum it per term and disease."""
        width = len(lattice.pointers) - 1
        height = int(profiles.owners.max()) + 1 if len(profiles.owners) else 1
        total = weighed(profiles.owners, profiles.mass, height) + settings.damping
        share = profiles.mass / total[profiles.owners]
        entries, which = lattice.entries(profiles.terms)
        ancestors = lattice.ancestors[entries]
        keys = ancestors.astype(np.int64) * height + profiles.owners[which]
        order = np.argsort(keys, kind="stable")
        keys, entries, which, ancestors = keys[order], entries[order], which[order], ancestors[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
        general, exact = background.general[ancestors], np.maximum(background.exact[ancestors], TINY)
        spread = (1 - settings.exact - settings.subtree) * share[which] * background.spread[entries] / general
        own = settings.subtree * share[which] / general
        own = own + np.where(ancestors == profiles.terms[which], settings.exact * share[which] / exact, 0.0)
        pointers = np.zeros(width + 1, np.int64)
        pointers[1:] = np.cumsum(np.bincount(ancestors[starts], minlength=width))
        return cls(
            pointers,
            (keys[starts] % height).astype(np.int32),
            np.add.reduceat(spread, starts).astype(np.float32),
            np.add.reduceat(own, starts).astype(np.float32),
            np.minimum(np.maximum.reduceat(profiles.observed[which], starts), 1.0).astype(np.float32),
        )

    @classmethod
    def read(cls, folder: Path) -> Postings:
        """Map the arrays written in `folder`."""
        return cls(*(read_array(folder, name) for name in _NAMES))

    def write(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        for name in _NAMES:
            write_array(folder, name, getattr(self, name))
