"""Notes as CSV or TSV: quoted fields may hold line breaks; a row that does not fit is set aside, not guessed at."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ontology.errors import InputError
from screening.record import FileRead, Reason, Row, SetAside
from screening.sources.jsonl import LONGEST_LINE, bounded
from screening.sources.source import SourceOptions, note_or_aside
from screening.sources.text_files import LinesAnew, encoding_of, file_read, lines_of, opened

_MARKS = (",", "\t", ";", "|", "，")


@dataclass(slots=True)
class DelimitedSource:
    """A file of rows below a row of names. `encoding` and `taken` tell how it was understood."""

    path: Path
    options: SourceOptions
    kind: str = "csv"
    encoding: str = ""
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """See Source."""
        self.encoding = encoding_of(self.path, self.options.encoding)
        with opened(self.path) as file:
            records = Records(*lines_of(file, self.encoding))
            names = records.names()
            if not any(names):
                raise InputError("source", f"{self.path.name} has no row of names.", "Put the columns' names first.")
            self.taken = self.options.columns.taken(names)
            for number, record in enumerate(records, 2):
                origin = f"{self.path.name}:{number}"
                if isinstance(record, Reason):
                    yield SetAside(origin, record)
                elif len(record) == len(names):
                    values = dict(zip(names, record, strict=True))
                    yield note_or_aside(values, self.taken, origin, self.options.date_format)
                elif record:
                    yield SetAside(origin, Reason.NOT_READABLE)

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return (file_read(self.path),)


class Records:
    """The records of a file, each its fields, or why it is none.

    A quote that is not closed would take the rows of other patients into one text. Where a record does not end as it
    should, its first line alone is given up, and reading goes on with the line below.
    """

    def __init__(self, file: IO[bytes] | LinesAnew, encoding: str) -> None:
        csv.field_size_limit(LONGEST_LINE)
        self._lines = bounded(file)
        self._encoding = encoding
        self._again: deque[bytes | None] = deque()
        self._of_record: list[bytes | None] = []
        self._fault: Reason | None = None
        self._mark = ","

    def names(self) -> list[str]:
        """The first row; what parts columns is the mark that is most frequent in it."""
        first = next(self._texts(), "")
        self._mark = max(_MARKS, key=first.count)
        return next(csv.reader([first], delimiter=self._mark), [])

    def __iter__(self) -> Iterator[list[str] | Reason]:
        """Records below the names; an empty line is a record of no fields."""
        reader = csv.reader(self._texts(), delimiter=self._mark, strict=True)
        while True:
            self._of_record, self._fault = [], None
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield self._fault or Reason.NOT_READABLE
                self._again.extendleft(reversed(self._of_record[1:]))
                reader = csv.reader(self._texts(), delimiter=self._mark, strict=True)
                continue
            yield self._fault or record

    def _texts(self) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else next(self._lines, b"")
            if line == b"":
                return
            self._of_record.append(line)
            yield self._text(line)

    def _text(self, line: bytes | None) -> str:
        if line is None:
            self._fault = Reason.TOO_LONG
            return "\n"
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            self._fault = Reason.NOT_READABLE
            return line.decode(self._encoding, "replace")  # for its marks alone: the record is set aside
