"""Chinese names of terms and diseases, from the folder compiled into a release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from nlp.chinese.lexicon import FOLDER
from ontology.arrays import Bytes, StringPool, read_array
from ontology.errors import KnowledgeDamaged


class Standing(IntEnum):
    """Whose a Chinese name is."""

    NONE = 0  # there is none
    UNCHECKED = 1  # this project's; no clinician has checked it
    CHECKED = 2  # this project's, checked by a clinician
    IMPORTED = 3  # of a translation that the operator has imported


@dataclass(frozen=True, slots=True)
class ChineseNames:
    """Names by position; "" where there is none.

    terms              strings (terms,)
    term_standings     int8    (terms,)     Standing
    diseases           strings (diseases,)
    disease_standings  int8    (diseases,)  Standing
    """

    terms: StringPool
    term_standings: Bytes
    diseases: StringPool
    disease_standings: Bytes

    @classmethod
    def open(cls, release: Path) -> ChineseNames:
        """Open what is compiled into a release folder; raises KnowledgeDamaged where it is absent or unreadable."""
        folder = release / FOLDER
        try:
            return cls(
                StringPool.read(folder, "names"),
                read_array(folder, "name_standings"),
                StringPool.read(folder, "disease_names"),
                read_array(folder, "disease_standings"),
            )
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(
                f"{folder} cannot be read ({type(error).__name__}).", "Run `phenomap knowledge build`."
            ) from error

    @property
    def unchecked(self) -> bool:
        """Whether any of the names is this project's own and unchecked."""
        return Standing.UNCHECKED in self.term_standings or Standing.UNCHECKED in self.disease_standings
