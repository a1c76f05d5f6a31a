"""What is wrong with a catalogue's file, row by row, and the refusal that leaves the catalogue in use as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ontology.errors import PhenomapError

#: How many rows of one kind are told and kept one by one; the rest are counted.
MOST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something to say of one row; `number` counts lines from 1, the header's, or items of a JSON file from 1."""

    number: int
    what: str


class CatalogueRefused(PhenomapError):
    """A file is no catalogue that can be imported; nothing has been changed.

    `rows` are the first faulty rows, `count` how many there are; both are empty where the file fails as a whole.
    """

    def __init__(self, what: str, mend: str, rows: Sequence[RowNote] = (), count: int = 0) -> None:
        super().__init__(f"{what} Nothing was imported.", mend)
        self.rows = tuple(rows)
        self.count = count


class CatalogueDamaged(PhenomapError):
    """What is kept of a catalogue is absent, cut off or of another schema."""


class CatalogueUnknown(PhenomapError):
    """No catalogue, version or test goes by that name."""
