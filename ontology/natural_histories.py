"""When diseases usually begin and how they are inherited, where Orphanet says so of its entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path

import numpy as np

from ontology.arrays import Bytes, Ints, read_array, write_array

FOLDER = "natural_history"
#: Mean length of a year in the Gregorian calendar: 146,097 days in 400 years.
DAYS_A_YEAR = 365.2425


class Inheritance(IntFlag):
    """Ways in which a disease is inherited, as Orphanet tells them apart."""

    NOT_STATED = 0
    AUTOSOMAL = 1  # recessive, dominant or semi-dominant
    X_LINKED_RECESSIVE = 2
    X_LINKED_DOMINANT = 4
    Y_LINKED = 8
    MITOCHONDRIAL = 16
    SEVERAL_GENES = 32  # multigenic, multifactorial or oligogenic


@dataclass(frozen=True, slots=True)
class NaturalHistories:
    """By Orphanet entry, in the order of Descriptions.

    onset_from  int32 (entries,)  first day of life of the earliest average age of onset, -1 where none is stated
    modes       int8  (entries,)  Inheritance
    """

    onset_from: Ints
    modes: Bytes

    @classmethod
    def unknown(cls, entries: int) -> NaturalHistories:
        """Of a release that was compiled without any."""
        return cls(np.full(entries, -1, np.int32), np.zeros(entries, np.int8))

    @classmethod
    def read(cls, folder: Path, entries: int) -> NaturalHistories:
        """Open what was written in `folder`; unknown for all where there is no such folder."""
        if not folder.is_dir():
            return cls.unknown(entries)
        return cls(read_array(folder, "onset_from"), read_array(folder, "modes"))

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        write_array(folder, "onset_from", self.onset_from)
        write_array(folder, "modes", self.modes)
