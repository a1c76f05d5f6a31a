"""Tables written by hand that lie beside the code: a header, rows of tab-separated cells, the first fault told.

A row that calls itself verified keeps the words that were opened, and their address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from matching.genetic_tests.proposal import TestSource
from ontology.errors import PhenomapError

#: Columns that tell what a row rests on, in every table.
SOURCED = ("source", "url", "words", "verified")


@dataclass(frozen=True, slots=True)
class Written:
    """What a table is: `may_be_empty` of its columns, `name` as a sentence begins, its `file`, and what is raised."""

    name: str
    file: str
    columns: tuple[str, ...]
    may_be_empty: frozenset[str]
    error: Callable[[str, str], PhenomapError]

    def rows(self, text: str) -> Iterator[Row]:
        """Each row; raises the table's error at the first line that cannot be used, or where there is none."""
        lines = text.splitlines()
        if not lines or tuple(lines[0].split("\t")) != self.columns:
            raise self.damaged(1, f"its columns should be {', '.join(self.columns)}")
        if len(lines) == 1:
            raise self.damaged(1, "it holds no rows")
        for number, line in enumerate(lines[1:], 2):
            yield self._row(number, line)

    def damaged(self, line: int, what: str) -> PhenomapError:
        """What is raised of `line`."""
        return self.error(f"{self.name} cannot be used: line {line}: {what}.", f"Correct {self.file}.")

    def _row(self, number: int, line: str) -> Row:
        cells = line.split("\t")
        if len(cells) != len(self.columns):
            raise self.damaged(number, f"it has {len(cells)} columns, not {len(self.columns)}")
        row = Row(self, number, dict(zip(self.columns, cells, strict=True)))
        for column in self.columns:
            if column not in self.may_be_empty and not row[column].strip():
                raise self.damaged(number, f"{column} is empty")
        return row


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, `number` counted from 1, by its columns."""

    table: Written
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def one_of(self, column: str, allowed: Iterable[str], word: str | None = None) -> str:
        """The cell, or `word` of it, which has to be one of `allowed`."""
        found = self[column] if word is None else word
        if found not in tuple(allowed):
            raise self.damaged(f"{column} {found[:40]!r} is not one of {', '.join(allowed)}")
        return found

    def yes(self, column: str) -> bool:
        """A cell that says yes or no."""
        return self.one_of(column, ("yes", "no")) == "yes"

    def source(self) -> TestSource:
        """What the row rests on (see SOURCED)."""
        verified = self.yes("verified")
        if verified and not (self["url"] and self["words"]):
            raise self.damaged("it is verified but keeps no address or no words")
        return TestSource(self["source"], verified)

    def damaged(self, what: str) -> PhenomapError:
        """What is raised of this row."""
        return self.table.damaged(self.number, what)
