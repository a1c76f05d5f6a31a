"""How many people have each disease, where Orphanet says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np

from ontology.arrays import Bytes, Floats, StringPool, read_array, write_array

FOLDER = "prevalence"


class Basis(IntEnum):
    """How a disease's prevalence was come by: stated of its own record, or of an Orphanet entry that maps to it.

    NARROWER: the sum over narrower entries. SHARED: an even part of an entry that several diseases map to.
    """

    UNKNOWN = 0
    OWN = 1
    NARROWER = 2
    SHARED = 3


@dataclass(frozen=True, slots=True)
class Prevalences:
    """Prevalence by disease position.

    people  float32 (diseases,)  share of people who have it; nan where unknown
    bases   int8    (diseases,)  Basis
    stated  strings (diseases,)  the statement in Orphanet's words, such as "ORPHA:558: 1-5 / 10 000, Worldwide,
                                 Validated"; empty where unknown
    """

    people: Floats
    bases: Bytes
    stated: StringPool

    @classmethod
    def unknown(cls, diseases: int) -> Prevalences:
        """Of a release that was compiled without any."""
        return cls(np.full(diseases, np.nan, np.float32), np.zeros(diseases, np.int8), StringPool.of([""] * diseases))

    @classmethod
    def read(cls, folder: Path, diseases: int) -> Prevalences:
        """Open what was written in `folder`; unknown for all where there is no such folder."""
        if not folder.is_dir():
            return cls.unknown(diseases)
        return cls(read_array(folder, "people"), read_array(folder, "bases"), StringPool.read(folder, "stated"))

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        write_array(folder, "people", self.people)
        write_array(folder, "bases", self.bases)
        self.stated.write(folder, "stated")
