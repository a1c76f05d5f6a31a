"""An OMOP Common Data Model: `note` and `person` in a DuckDB file, a PostgreSQL database, or two Parquet files.

Columns are those of CDM 5.4's tables NOTE and PERSON (unverified); of note_date and note_datetime the later one counts
where both are told. Text that is marked as no note (no person, no text) is set aside as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, NoteRow, PersonRow, Reason, Row, SetAside
from screening.sources.parquet import BATCH, connected
from screening.sources.source import Source, SourceOptions
from screening.sources.text_files import file_read
from screening.sources.values import understood

_NOTES = "SELECT note_id, person_id, note_date, note_title, note_text FROM {note} ORDER BY note_id"
_PEOPLE = (
    "SELECT person_id, gender_concept_id, year_of_birth, month_of_birth, day_of_birth FROM {person} ORDER BY person_id"
)


def omop_source(where: str, options: SourceOptions) -> Source:
    """The database at `where`: a URL of PostgreSQL (`?schema=NAME` for its schema), a DuckDB file, or a folder."""
    if "://" in where:
        return PostgresSource(where, options)
    path = Path(where)
    if not path.exists():
        raise InputError("source", f"{where}: there is no such file or folder.", "Check the path.")
    return DuckSource(path, options)


@dataclass(slots=True)
class DuckSource:
    """`note` and `person` of a DuckDB file, or note.parquet and person.parquet of a folder."""

    path: Path
    options: SourceOptions
    kind: str = "omop"

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    @property
    def taken(self) -> Mapping[str, str]:
        """See Source."""
        return {}

    def rows(self) -> Iterator[Row]:
        """See Source."""
        if self.path.is_dir():
            tables = {name: _read_parquet(self.path / f"{name}.parquet") for name in ("note", "person")}
            with connected(self.path.name) as connection:
                yield from _rows(self._asked(connection, tables), self.options)
        else:
            with connected(self.path.name, str(self.path)) as connection:
                yield from _rows(self._asked(connection, {"note": "note", "person": "person"}), self.options)

    def _asked(self, connection: Any, tables: dict[str, str]) -> Iterator[tuple[str, tuple[Any, ...]]]:  # noqa: ANN401
        for name, query in (("person", _PEOPLE), ("note", _NOTES)):
            result = connection.execute(query.format(**tables))
            while batch := result.fetchmany(BATCH):
                yield from ((name, values) for values in batch)

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        found = sorted(self.path.glob("*.parquet")) if self.path.is_dir() else [self.path]
        return tuple(map(file_read, found))


@dataclass(slots=True)
class PostgresSource:
    """`note` and `person` of a PostgreSQL database, in one read-only transaction, so that both are of one moment."""

    url: str
    options: SourceOptions
    kind: str = "omop"

    @property
    def shown(self) -> str:
        """See Source."""
        return "database"

    @property
    def taken(self) -> Mapping[str, str]:
        """See Source."""
        return {}

    def rows(self) -> Iterator[Row]:
        """See Source; a fault of the database tells its kind alone, never the address with its password."""
        import psycopg

        address, schema = _parted(self.url)
        try:
            with psycopg.connect(address, connect_timeout=20) as connection:
                connection.read_only = True
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                if schema:
                    path = psycopg.sql.SQL("SET search_path TO {}").format(psycopg.sql.Identifier(schema))
                    connection.execute(path)
                yield from _rows(self._asked(connection), self.options)
        except psycopg.Error as error:
            raise PhenomapError(
                f"The OMOP database: {type(error).__name__}.",
                "Check its address, schema (?schema=NAME) and the right to read note and person; go on with --resume.",
            ) from None

    def _asked(self, connection: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:  # noqa: ANN401
        for name, query in (("person", _PEOPLE), ("note", _NOTES)):
            with connection.cursor(name=f"phenomap_{name}") as cursor:
                cursor.itersize = BATCH
                cursor.execute(query.format(note="note", person="person"))
                yield from ((name, values) for values in cursor)

    def files(self) -> tuple[FileRead, ...]:
        """The two tables; a database tells neither sizes nor checksums."""
        return (FileRead("person", None, None, None), FileRead("note", None, None, None))


def _rows(asked: Iterable[tuple[str, tuple[Any, ...]]], options: SourceOptions) -> Iterator[Row]:
    for name, values in asked:
        yield _person(*values) if name == "person" else _note(values, options)


def _person(person: object, gender: object, year: int | None, month: int | None, day: int | None) -> PersonRow:
    """Where month or day are not kept, the middle of what is: an age is then right to half a year."""
    born = None
    if year is not None:
        try:
            born = date(int(year), int(month or 7), int(day or (15 if month else 1)))
        except (ValueError, OverflowError):
            born = None
    _, birth, sex, _ = understood(None, born, None if gender in (0, None) else gender, None)
    return PersonRow(str(person), f"person:{person}", sex, birth)


def _note(values: tuple[Any, ...], options: SourceOptions) -> NoteRow | SetAside:
    note, person, day, title, text = values
    origin = f"note:{note}"
    if person is None:
        return SetAside(origin, Reason.NO_PATIENT)
    if not isinstance(text, str) or not text.strip():
        return SetAside(origin, Reason.NO_TEXT)
    written, _, _, doubts = understood(day, None, None, options.date_format)
    return NoteRow(str(person), text, origin, written, title or None, doubts=doubts)


def _parted(url: str) -> tuple[str, str | None]:
    """The address without our own `schema`, and that."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    schema = query.pop("schema", None)
    return urlunsplit(parts._replace(query=urlencode(query))), schema


def _read_parquet(file: Path) -> str:
    quoted = str(file).replace("'", "''")
    return f"read_parquet('{quoted}')"
