"""Notes in Parquet, a file or a folder of them, read by DuckDB in batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, Row
from screening.sources.source import SourceOptions, note_or_aside
from screening.sources.text_files import file_read

#: Rows fetched together: some MB.
BATCH = 1000
MEMORY = "512MB"


@contextmanager
def connected(named: str, database: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with bounded memory and rows in their order; its faults become PhenomapErrors without a value in them."""
    try:
        with duckdb.connect(database, read_only=database != ":memory:") as connection:
            connection.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 1; SET preserve_insertion_order = true")
            connection.execute("SET temp_directory = ''")  # no text of a note is laid down beside the archive
            yield connection
    except duckdb.Error as error:
        raise PhenomapError(
            f"{named}: it cannot be read ({type(error).__name__}).", "See whether the file is whole, and of this kind."
        ) from None


@dataclass(slots=True)
class ParquetSource:
    """One file, or every *.parquet of a folder in the order of names."""

    path: Path
    options: SourceOptions
    kind: str = "parquet"
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """See Source."""
        for file in self._files():
            with connected(file.name) as connection:
                there = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(file)]).description or ()
                self.taken = self.options.columns.taken(column[0] for column in there)
                names = list(dict.fromkeys(self.taken.values()))
                chosen = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
                result = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [str(file)])  # noqa: S608
                number = 0
                while batch := result.fetchmany(BATCH):
                    for values in batch:
                        number += 1
                        told = dict(zip(names, values, strict=True))
                        yield note_or_aside(told, self.taken, f"{file.name}:{number}", self.options.date_format)

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return tuple(map(file_read, self._files()))

    def _files(self) -> list[Path]:
        found = [self.path] if self.path.is_file() else sorted(self.path.glob("*.parquet"))
        if not found:
            raise InputError("source", f"{self.path} holds no *.parquet.", "Name the folder that does.")
        return found
