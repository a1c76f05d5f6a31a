"""Diseases: the OMIM, ORPHA and DECIPHER records of one disease joined, with every id kept.

Two records are one disease only where Orphanet maps them *exactly* and one to one among the annotated records; so no
disease holds two OMIM ids. A broader or narrower map joins nothing: it lends annotation rows (see annotations).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import Ints, Rows, StringPool, read_array, write_array
from ontology.errors import PhenomapError


class UnknownDisease(PhenomapError):
    """No disease of this release has that id."""


@dataclass(frozen=True, slots=True)
class Diseases:
    """All diseases of a release, by position.

    record_ids    strings (records,)   ids such as OMIM:154700, ascending by code point
    record_names  strings (records,)   the name each database gives
    record_owner  int32   (records,)   position of the disease that holds the record
    records       rows    (diseases,)  record indices, the naming record first: OMIM, then ORPHA, then DECIPHER
    """

    record_ids: StringPool
    record_names: StringPool
    record_owner: Ints
    records: Rows

    def __len__(self) -> int:
        return len(self.records)

    def id(self, position: int) -> str:
        """The id of the naming record."""
        return self.record_ids[int(self.records[position][0])]

    def ids(self, position: int) -> tuple[str, ...]:
        """Every id of the disease, the naming record's first."""
        return tuple(self.record_ids[int(r)] for r in self.records[position])

    def name(self, position: int) -> str:
        """The name that the naming record gives."""
        return self.record_names[int(self.records[position][0])]

    def names(self, position: int) -> tuple[str, ...]:
        """The name of each record, in the order of `ids`."""
        return tuple(self.record_names[int(r)] for r in self.records[position])

    def position(self, id: str) -> int:
        """Position of the disease that holds `id`; raises UnknownDisease."""
        return int(self.record_owner[self.record(id)])

    def record(self, id: str) -> int:
        """Index of the record `id`; raises UnknownDisease."""
        at = bisect_left(self.record_ids, id)
        if at == len(self.record_ids) or self.record_ids[at] != id:
            raise UnknownDisease(
                f"{id[:40]} has no annotation in this release.",
                "Use an OMIM, ORPHA or DECIPHER id of phenotype.hpoa, such as OMIM:154700.",
            )
        return at

    @classmethod
    def read(cls, folder: Path) -> Diseases:
        """Open the diseases written in `folder`."""
        return cls(
            StringPool.read(folder, "record_ids"),
            StringPool.read(folder, "record_names"),
            read_array(folder, "record_owner"),
            Rows.read(folder, "records"),
        )

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        self.record_ids.write(folder, "record_ids")
        self.record_names.write(folder, "record_names")
        write_array(folder, "record_owner", self.record_owner)
        self.records.write(folder, "records")
