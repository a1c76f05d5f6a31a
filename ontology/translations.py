"""Labels of terms in Chinese as an operator has imported them, where one has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import StringPool

FOLDER = "translation"
#: Name of the imported file, under which the manifest names it, too.
FILE_NAME = "hp-zh.babelon.tsv"


@dataclass(frozen=True, slots=True)
class Translations:
    """Labels by term position, "" where there is none: strings (terms,)."""

    labels: StringPool

    @classmethod
    def read(cls, release: Path, terms: int) -> Translations:
        """Open what lies in a release folder; of a release compiled without an import every label is ""."""
        folder = release / FOLDER
        return cls(StringPool.read(folder, "labels") if folder.is_dir() else StringPool.of([""] * terms))

    def write(self, release: Path) -> None:
        """Write into a release folder."""
        self.labels.write(release / FOLDER, "labels")
