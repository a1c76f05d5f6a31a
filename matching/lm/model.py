"""The compiled model: everything that scoring reads, as plain arrays that are mapped from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.lm.family import Families
from matching.lm.postings import Postings
from matching.lm.told import Told
from ontology.arrays import Bools, Floats, Rows, read_array, write_array
from ontology.errors import KnowledgeDamaged

FOLDER = "ranking"


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Postings, and what turns them into a score.

    weights     float32 (terms,)     w(q) of a finding
    considered  bool    (diseases,)  diseases with a phenotype annotation of their own: those that are ranked
    told                             what names and definitions say, which counts beside the annotations
    families                         kin whose features count beside a disease's own
    expected    rows    (diseases,)  terms that kin let expect of it, ascending
    floor       float                eps
    """

    postings: Postings
    weights: Floats
    considered: Bools
    told: Told
    families: Families
    expected: Rows
    floor: float

    @classmethod
    def open(cls, folder: Path) -> LanguageModel:
        """Map the model written in `folder`; raises KnowledgeDamaged where it is absent."""
        try:
            return cls(
                Postings.read(folder),
                read_array(folder, "weights"),
                read_array(folder, "considered"),
                Told.read(folder),
                Families.read(folder),
                Rows.read(folder, "expected"),
                float(read_array(folder, "floor")[0]),
            )
        except (OSError, ValueError, EOFError, IndexError) as error:
            raise KnowledgeDamaged(
                f"The disease profiles in {folder} cannot be read ({type(error).__name__}).",
                "Run `phenomap knowledge build`.",
            ) from error

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        self.postings.write(folder)
        write_array(folder, "weights", self.weights)
        write_array(folder, "considered", self.considered)
        self.told.write(folder)
        self.families.write(folder)
        self.expected.write(folder, "expected")
        write_array(folder, "floor", np.array([self.floor]))
