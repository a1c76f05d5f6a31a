"""Postings turned round: for each disease, the terms it holds; so that a few diseases can be scored alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.lm.postings import Postings
from matching.lm.score import Layout
from ontology.arrays import Floats, Ints, Longs, read_array, write_array

_NAMES = ("pointers", "terms", "postings")
_PREFIX = "holdings"


@dataclass(frozen=True, slots=True)
class Holdings:
    """Row d is `[pointers[d]:pointers[d + 1]]`, its terms ascending.

    pointers  int64 (diseases + 1,)
    terms     int32 (entries,)
    postings  int32 (entries,)  where the entry lies in Postings
    """

    pointers: Longs
    terms: Ints
    postings: Ints

    @classmethod
    def of(cls, postings: Postings, diseases: int) -> Holdings:
        """Turn `postings` round."""
        order = np.argsort(postings.diseases, kind="stable").astype(np.int32)
        owners = np.repeat(np.arange(len(postings.pointers) - 1, dtype=np.int32), np.diff(postings.pointers))
        pointers = np.zeros(diseases + 1, np.int64)
        pointers[1:] = np.cumsum(np.bincount(postings.diseases, minlength=diseases))
        return cls(pointers, owners[order], order)

    def layout(self, diseases: Ints) -> Layout:
        """The layout whose columns are `diseases`, in their order."""
        starts = self.pointers[diseases]
        lengths = self.pointers[diseases + 1] - starts
        entries = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        entries += np.arange(len(entries))
        held = self.terms.take(entries)
        most = int(held.max(initial=0)) + 1

        def lay(terms: Ints, values: Floats) -> Floats:
            laid = np.zeros((len(terms), len(diseases)), np.float32)
            row_of = np.full(max(most, int(terms.max(initial=0)) + 1), -1, np.int32)
            row_of[terms] = np.arange(len(terms))
            rows = row_of.take(held)
            hits = np.flatnonzero(rows >= 0)
            columns = np.searchsorted(np.cumsum(lengths), hits, side="right")
            laid[rows[hits], columns] = values.take(self.postings.take(entries[hits]))
            return laid

        return lay

    @classmethod
    def read(cls, folder: Path) -> Holdings:
        """Map the arrays written in `folder`."""
        return cls(*(read_array(folder, f"{_PREFIX}_{name}") for name in _NAMES))

    def write(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        for name in _NAMES:
            write_array(folder, f"{_PREFIX}_{name}", getattr(self, name))
