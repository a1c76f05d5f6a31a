"""Notes as CSV or TSV: quoted fields may hold line breaks; a row that does not fit is set aside, not guessed at."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ontology.errors import InputError
from screening.record import FileRead, Reason, Row, SetAside
from screening.sources.jsonl import LONGEST_LINE, bounded
from screening.sources.source import SourceOptions, note_or_aside
from screening.sources.text_files import encoding_of, file_read, lines_of, opened

_MARKS = (",", "\t", ";", "|", "，")
#: What `surrogateescape` makes of bytes that are none of the encoding.
_UNDECODED = re.compile("[\udc80-\udcff]")


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
        csv.field_size_limit(LONGEST_LINE)
        self.encoding = self.options.encoding or encoding_of(self.path)
        with opened(self.path) as file:
            lines, encoding = lines_of(file, self.encoding)
            texts = (_text(line, encoding) for line in bounded(lines))
            first = next(texts, "")
            names = next(csv.reader([first], delimiter=(mark := _mark(first))), [])
            if not any(names):
                raise InputError("source", f"{self.path.name} has no row of names.", "Put the columns' names first.")
            self.taken = self.options.columns.taken(names)
            reader = csv.reader(texts, delimiter=mark)
            number = 1
            while True:
                number += 1
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield SetAside(f"{self.path.name}:{number}", Reason.NOT_READABLE)
                    continue
                if values:
                    yield self._row(names, values, f"{self.path.name}:{number}")

    def _row(self, names: list[str], values: list[str], origin: str) -> Row:
        if len(values) != len(names) or any(map(_UNDECODED.search, values)):
            return SetAside(origin, Reason.NOT_READABLE)
        return note_or_aside(dict(zip(names, values, strict=True)), self.taken, origin, self.options.date_format)

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return (file_read(self.path),)


def _text(line: bytes | None, encoding: str) -> str:
    """A line as text; a byte that is none of the encoding, and a line too long, are marked as such."""
    if line is None:
        return "\udc80\n"
    return line.decode(encoding, "surrogateescape")


def _mark(names: str) -> str:
    """What parts columns: the mark that is most frequent in the row of names."""
    return max(_MARKS, key=names.count)
