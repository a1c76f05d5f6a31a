"""Notes as JSON Lines, an object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ontology.errors import InputError
from screening.record import FileRead, Reason, Row, SetAside
from screening.sources.source import SourceOptions, note_or_aside
from screening.sources.text_files import LinesAnew, encoding_of, file_read, lines_of, opened

#: Bytes: a note of a million characters, each escaped, has 6 MB.
LONGEST_LINE = 12_000_000
#: Objects at the beginning that may have other keys before it is said that the keys are not understood.
STRANGE = 100


@dataclass(slots=True)
class LinesSource:
    """A file of JSON Lines. `taken` tells which keys were taken for what."""

    path: Path
    options: SourceOptions
    kind: str = "jsonl"
    encoding: str = ""
    taken: dict[str, str] = field(default_factory=dict)
    _strange: list[InputError] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """See Source. The keys of the first object with a patient and a text are taken for those of all.

        Raises InputError where STRANGE objects, or all, have neither by any name that is known.
        """
        with opened(self.path) as file:
            self.encoding = encoding_of(self.path, self.options.encoding)
            lines, encoding = lines_of(file, self.encoding)
            for number, line in enumerate(bounded(lines), 1):
                if line is None or line.strip():
                    yield self._row(line, f"{self.path.name}:{number}", encoding)
        if self._strange:
            raise self._strange[0]

    def _row(self, line: bytes | None, origin: str, encoding: str) -> Row:
        if line is None:
            return SetAside(origin, Reason.TOO_LONG)
        try:
            values = json.loads(line.decode(encoding))
        except (ValueError, RecursionError):
            return SetAside(origin, Reason.NOT_READABLE)
        if not isinstance(values, dict):
            return SetAside(origin, Reason.NOT_READABLE)
        if not self.taken and not self._take(values):
            return SetAside(origin, Reason.NOT_READABLE)
        if len(values) > len(self.taken):  # a later object may tell what the first did not
            self._take_more(values)
        return note_or_aside(values, self.taken, origin, self.options.date_format)

    def _take(self, values: dict[str, object]) -> bool:
        """Whether this object tells the keys; those of dates and the like may be absent where they are empty."""
        told = self.options.columns
        absent = [each for each in (told.date, told.kind, told.sex, told.birth, told.photo) if each]
        try:
            self.taken = self.options.columns.taken(dict.fromkeys((*values, *absent)))
        except InputError as error:
            self._strange.append(error)
            if len(self._strange) >= STRANGE:
                raise
            return False
        self._strange.clear()
        return True

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
