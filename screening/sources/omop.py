"""An OMOP Common Data Model: `note` and `person` in a DuckDB file, a PostgreSQL database, or two Parquet files.

Columns are those of CDM 5.4's tables NOTE and PERSON (unverified); those that an older one lacks count as empty. A
table `person` may be absent: sex and date of birth are then unknown, and `taken` tells so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, NoteRow, PersonRow, Reason, Row, SetAside
from screening.sources.parquet import BATCH, connected
from screening.sources.source import Source, SourceOptions
from screening.sources.text_files import file_read
from screening.sources.values import storable, understood

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "person": ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "birth_datetime"),
    "note": ("note_id", "person_id", "note_date", "note_datetime", "note_title", "note_type_concept_id", "note_text"),
}
_NEEDED = {"person_id", "note_id", "note_text"}


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
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    def rows(self) -> Iterator[Row]:
        """See Source."""
        if self.path.is_dir():
            tables = {name: _read_parquet(self.path / f"{name}.parquet") for name in _COLUMNS}
            with connected(self.path.name) as connection:
                yield from _rows(self._asked(connection, tables), self.options)
        else:
            with connected(self.path.name, str(self.path)) as connection:
                yield from _rows(self._asked(connection, {name: name for name in _COLUMNS}), self.options)

    def _asked(self, connection: Any, tables: dict[str, str]) -> Iterator[tuple[str, tuple[Any, ...]]]:  # noqa: ANN401
        """Both tables in the order of the file: sorting them would need the memory for all of them."""
        for name, table in tables.items():
            there = _there(connection, table)
            _take(self.taken, name, there)
            if name == "person" and not there:
                continue
            result = connection.execute(_query(name, table, there))
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
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """See Source."""
        return "database"

    def rows(self) -> Iterator[Row]:
        """See Source; a fault of the database tells its kind alone, never the address with its password."""
        import psycopg

        try:
            address, schema = _parted(self.url)
        except ValueError:
            raise InputError("source", "The database's address cannot be understood.", "Check it.") from None
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
        for name in _COLUMNS:
            found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [name]).fetchone()
            there = _named(connection, name) if found[0] else []
            _take(self.taken, name, there)
            if name == "person" and not there:
                continue
            with connection.cursor(name=f"phenomap_{name}") as cursor:
                cursor.itersize = BATCH
                cursor.execute(f"{_query(name, name, there)} ORDER BY {name}_id")
                yield from ((name, values) for values in cursor)

    def files(self) -> tuple[FileRead, ...]:
        """The two tables; a database tells neither sizes nor checksums."""
        return (FileRead("person", None, None, None), FileRead("note", None, None, None))


def _rows(asked: Iterable[tuple[str, tuple[Any, ...]]], options: SourceOptions) -> Iterator[Row]:
    for number, (name, values) in enumerate(asked, 1):
        yield _person(number, *values) if name == "person" else _note(values, options)


def _named(connection: Any, table: str) -> list[str]:  # noqa: ANN401
    return [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]  # noqa: S608


def _there(connection: Any, table: str) -> list[str]:  # noqa: ANN401
    """The columns of a table of DuckDB; none where there is no such table or file."""
    import duckdb

    try:
        return _named(connection, table)
    except (duckdb.CatalogException, duckdb.IOException):
        return []


def _take(taken: dict[str, str], name: str, there: Iterable[str]) -> None:
    """Tell what is read of a table; raises InputError where the notes lack what they must have."""
    columns = {each.casefold() for each in there}
    if name == "note" and not columns >= _NEEDED:
        lacking = ", ".join(sorted(_NEEDED - columns)) if columns else "all of it"
        raise InputError("source", f"The table note lacks {lacking}.", "Name an OMOP CDM and its schema (?schema=).")
    taken[name] = ", ".join(each for each in _COLUMNS[name] if each in columns) or "absent"


def _query(name: str, table: str, there: Iterable[str]) -> str:
    columns = {each.casefold() for each in there}
    chosen = ", ".join(each if each in columns else f"NULL AS {each}" for each in _COLUMNS[name])
    return f"SELECT {chosen} FROM {table}"  # noqa: S608 - the names are our own


def _person(
    number: int, person: object, gender: object, year: int | None, month: int | None, day: int | None, whole: object
) -> Row:
    """The birth is the date that is `whole`, else of its parts.

    Where month or day are not kept, the middle of what is: an age is then right to half a year.
    """
    origin = f"person:{number}"
    if person is None:
        return SetAside(origin, Reason.NO_PATIENT)
    born = whole
    if born is None and year is not None:
        try:
            born = date(int(year), int(month or 7), int(day or (15 if month else 1)))
        except (ValueError, OverflowError):
            born = None
    _, birth, sex, _ = understood(None, born, None if gender in (0, None) else gender, None)
    return PersonRow(str(person), origin, sex, birth)


def _note(values: tuple[Any, ...], options: SourceOptions) -> NoteRow | SetAside:
    note, person, day, moment, title, concept, text = values
    origin = f"note:{note}"
    if person is None:
        return SetAside(origin, Reason.NO_PATIENT)
    if not isinstance(text, str) or not text.strip():
        return SetAside(origin, Reason.NO_TEXT)
    kind = title or (str(concept) if concept else "")
    if not storable(text, str(person), kind):
        return SetAside(origin, Reason.NOT_READABLE)
    written, _, _, doubts = understood(day or moment, None, None, options.date_format)
    return NoteRow(str(person), text, origin, written, kind or None, doubts=doubts)


def _parted(url: str) -> tuple[str, str | None]:
    """The address without our own `schema`, and that."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    schema = query.pop("schema", None)
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote))), schema


def _read_parquet(file: Path) -> str:
    quoted = str(file).replace("'", "''")
    return f"read_parquet('{quoted}')"
