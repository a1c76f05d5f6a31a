"""What Orphanet says of a disease in words: the names of its entry and the definition written for clinicians.

A definition was written by Orphanet's editors, not counted from patients: it names what is typical. It stands beside
the annotation rows, and is often all there is of a disease whose rows are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ontology.annotations import Relation
from ontology.arrays import Bytes, Rows, StringPool, read_array, write_array


@dataclass(frozen=True, slots=True)
class Description:
    """One Orphanet entry that describes a disease; `definition` is empty where Orphanet wrote none."""

    entry: int
    id: str
    names: tuple[str, ...]
    definition: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Descriptions:
    """Orphanet's entries, and the diseases they describe.

    entry_ids    strings (entries,)   such as ORPHA:558, ascending by code point
    entry_names  strings (entries,)   the preferred name and then the synonyms, one a line
    definitions  strings (entries,)   without markup; empty where there is none
    of_disease   rows    (diseases,)  entries that describe the disease: its own record, or mapped to its OMIM record
    relations    int8    (links,)     Relation of each value of of_disease: OWN, EXACT, BROADER or NARROWER
    """

    entry_ids: StringPool
    entry_names: StringPool
    definitions: StringPool
    of_disease: Rows
    relations: Bytes

    def __len__(self) -> int:
        return len(self.entry_ids)

    def of(self, disease: int) -> tuple[Description, ...]:
        """Every description of the disease at position `disease`, its own entry's first."""
        links = range(int(self.of_disease.pointers[disease]), int(self.of_disease.pointers[disease + 1]))
        return tuple(self._description(link) for link in links)

    def _description(self, link: int) -> Description:
        entry = int(self.of_disease.values[link])
        return Description(
            entry,
            self.entry_ids[entry],
            tuple(self.entry_names[entry].split("\n")),
            self.definitions[entry],
            Relation(int(self.relations[link])),
        )

    @classmethod
    def read(cls, folder: Path) -> Descriptions:
        """Open the descriptions written in `folder`."""
        return cls(
            StringPool.read(folder, "entry_ids"),
            StringPool.read(folder, "entry_names"),
            StringPool.read(folder, "definitions"),
            Rows.read(folder, "of_disease"),
            read_array(folder, "relations"),
        )

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        for name in ("entry_ids", "entry_names", "definitions"):
            getattr(self, name).write(folder, name)
        self.of_disease.write(folder, "of_disease")
        write_array(folder, "relations", self.relations)
