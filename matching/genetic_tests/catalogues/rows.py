"""A text as rows of named cells: a table with a header (commas, tabs, semicolons, bars), or JSON, item by item.

One row is in memory at a time. What is wrong with a row comes as a RowNote in its place; what is wrong with the whole
file is raised.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from matching.genetic_tests.catalogues.faults import CatalogueRefused, RowNote
from matching.genetic_tests.catalogues.json_items import json_items
from matching.genetic_tests.catalogues.text import UNREADABLE, TextFile

#: The longest row: an exome written out as its genes has 150,000 characters.
LONGEST_ROW = 1_000_000
#: A cell in quotation marks may run over this many lines.
_MOST_LINES = 50
#: Lines above the header: a remark, or the line by which spreadsheets name the delimiter.
_LINES_ABOVE = 20
_DELIMITERS = "\t,;|"
_MEND = "Save the table again as CSV or TSV in UTF-8, and import that."


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row by the header's words, and the number of its line or item."""

    number: int
    cells: Mapping[str, str]


#: How many of some column words are known ones: the header, and the delimiter, are those that give the most.
Known = Callable[[list[str]], int]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as written, in order, and the rows; a JSON file's columns are the keys of its first item."""

    columns: tuple[str, ...]
    rows: Iterator[Row | RowNote]


def read_rows(text: io.TextIOBase, file: TextFile, known: Known) -> Table:
    """Read the opened `text` of `file`; raises CatalogueRefused where it has no header or ends in mid-row."""
    start = text.readline(LONGEST_ROW)
    while start and not start.strip():
        start = text.readline(LONGEST_ROW)
    if start.lstrip().startswith(("{", "[")):
        return _json_table(start, text, file)
    return _text_table(start, text, file, known)


def _json_table(start: str, text: io.TextIOBase, file: TextFile) -> Table:
    items = json_items(start, text, file.path.name)
    first = next(items, None)
    if first is None:
        raise CatalogueRefused(f"{file.path.name} holds no items.", "Bring a JSON array of tests.")

    def rows() -> Iterator[Row | RowNote]:
        yield _json_row(1, first)
        for number, item in enumerate(items, 2):
            yield _json_row(number, item)

    return Table(tuple(first) if isinstance(first, Mapping) else (), rows())


def _json_row(number: int, item: object) -> Row | RowNote:
    if not isinstance(item, Mapping):
        return RowNote(number, "it is no object with keys.")
    if any(isinstance(cell, str) and UNREADABLE in cell for cell in item.values()):
        return _unreadable(number)
    return Row(number, item)


def _text_table(start: str, text: io.TextIOBase, file: TextFile, known: Known) -> Table:
    number, header = _header(start, text, known)
    delimiter = max(_DELIMITERS, key=lambda mark: (known(_cells_or_none(header, mark)), header.count(mark)))
    columns = [cell.strip() for cell in _cells_or_none(header, delimiter)]
    while columns and not columns[-1]:
        columns.pop()
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise CatalogueRefused(f"{file.path.name} has columns of the same name: {', '.join(twice)}.", "Rename one.")
    return Table(tuple(columns), _rows(text, number, delimiter, columns))


def _header(start: str, text: io.TextIOBase, known: Known) -> tuple[int, str]:
    """The line among the first with the most known columns, and its number; what lies above is a remark."""
    best, number, line = (-1, 1, start), 1, start
    while line and number <= _LINES_ABOVE:
        bare = line.lstrip("#\ufeff ").rstrip("\r\n")
        count = max(known(_cells_or_none(bare, mark)) for mark in _DELIMITERS)
        if count > 1:
            return number, bare
        best = max(best, (count, -number, bare))
        number, line = number + 1, text.readline(LONGEST_ROW)
    return 1, best[2]


def _rows(text: io.TextIOBase, number: int, delimiter: str, columns: list[str]) -> Iterator[Row | RowNote]:
    width = len(columns)
    for first, cells in _records(text, number, delimiter):
        if isinstance(cells, str):
            yield RowNote(first, cells)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width:
            yield RowNote(first, f"it has {len(cells)} cells, the header {width}: it is cut off, or lacks delimiters.")
        elif any(cell.strip() for cell in cells[width:]):
            yield RowNote(first, f"it has {len(cells)} cells, the header {width}.")
        elif any(UNREADABLE in cell for cell in cells):
            yield _unreadable(first)
        else:
            yield Row(first, dict(zip(columns, cells, strict=False)))


def _records(text: io.TextIOBase, number: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record's first line and its cells, or what is wrong with it."""
    while line := text.readline(LONGEST_ROW + 1):
        number += 1
        first, whole = number, line.rstrip("\n")
        while (cells := _cells(whole, delimiter)) is None:
            more = text.readline(LONGEST_ROW + 1)
            if not more or number - first >= _MOST_LINES or len(whole) + len(more) > LONGEST_ROW:
                raise CatalogueRefused(
                    f"A cell of the row in line {first} begins with a quotation mark that nothing closes.",
                    "Close it, or double the marks inside the cell. " + _MEND,
                )
            number, whole = number + 1, f"{whole}\n{more.rstrip(chr(10))}"
        if len(whole) > LONGEST_ROW:
            raise CatalogueRefused(f"Line {first} has more than {LONGEST_ROW:,} characters.", _MEND)
        yield first, cells


def _cells_or_none(line: str, delimiter: str) -> list[str]:
    found = _cells(line, delimiter)
    return found if isinstance(found, list) else []


def _cells(line: str, delimiter: str) -> list[str] | str | None:
    """The cells of a record; what is wrong with it; None where a quotation mark is still open."""
    if '"' not in line:
        return line.split(delimiter)
    cells, at = [], 0
    while at <= len(line):
        if line[at : at + 1] != '"':
            end = line.find(delimiter, at)
            end = len(line) if end < 0 else end
            cells.append(line[at:end])
        else:
            end = _closing(line, at)
            if end < 0:
                return None
            cells.append(line[at + 1 : end].replace('""', '"'))
            end += 1
            if line[end : end + 1] not in ("", delimiter):
                return "text follows the closing quotation mark of a cell."
        at = end + 1
    return cells


def _closing(line: str, at: int) -> int:
    """Place of the mark that closes the one at `at`; -1 where none does."""
    end = line.find('"', at + 1)
    while end >= 0 and line[end + 1 : end + 2] == '"':
        end = line.find('"', end + 2)
    return end


def _unreadable(number: int) -> RowNote:
    return RowNote(number, "it holds a character that cannot be read in the file's encoding.")
