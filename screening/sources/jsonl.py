"""Notes as JSON Lines, an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from screening.record import FileRead, Reason, Row, SetAside
from screening.sources.source import SourceOptions, note_or_aside
from screening.sources.text_files import LinesAnew, encoding_of, file_read, lines_of, opened

#: Bytes: a note of a million characters, each escaped, has 6 MB.
LONGEST_LINE = 12_000_000


@dataclass(slots=True)
class LinesSource:
    """A file of JSON Lines. `taken` tells which keys were taken for what."""

    path: Path
    options: SourceOptions
    kind: str = "jsonl"
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """See Source. The keys of the first object that can be read are taken for those of all."""
        with opened(self.path) as file:
            lines, encoding = lines_of(file, self.options.encoding or encoding_of(self.path))
            for number, line in enumerate(bounded(lines), 1):
                if line is None or line.strip():
                    yield self._row(line, f"{self.path.name}:{number}", encoding)

    def _row(self, line: bytes | None, origin: str, encoding: str) -> Row:
        if line is None:
            return SetAside(origin, Reason.TOO_LONG)
        try:
            values = json.loads(line.decode(encoding))
        except (ValueError, RecursionError):
            return SetAside(origin, Reason.NOT_READABLE)
        if not isinstance(values, dict):
            return SetAside(origin, Reason.NOT_READABLE)
        if not self.taken:
            self.taken = self.options.columns.taken(values)
        elif len(values) > len(self.taken):  # a later object may tell what the first did not
            self._take_more(values)
        return note_or_aside(values, self.taken, origin, self.options.date_format)

    def _take_more(self, values: dict[str, object]) -> None:
        if self.taken.keys() >= {"patient", "text", "date", "kind", "sex", "birth", "photo"}:
            return
        if self.taken["patient"] in values and self.taken["text"] in values:
            self.taken = self.options.columns.taken({**dict.fromkeys(self.taken.values()), **values})

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return (file_read(self.path),)


def bounded(file: IO[bytes] | LinesAnew) -> Iterator[bytes | None]:
    """The lines of a file of bytes; None for one that is longer than LONGEST_LINE."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield None
