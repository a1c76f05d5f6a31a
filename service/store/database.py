"""The database: one door for reading, one for writing. `write` returns only after its commit is on disk.

SQLite has one writer, which commits many waiting changes together (a group commit): with a commit for each, two cores
gave 143-265 durable writes a second and errors; together, 740 (measured on the sketch, `python -m benchmarks.service`).
PostgreSQL groups commits by itself, so there a write is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from ontology.errors import PhenomapError
from service.store.group_commit import GroupCommit

T = TypeVar("T")
Work = Callable[[Connection], T]
DEFAULT_URL = "sqlite:///phenomap.db"
#: How long SQLite waits for another process (a backup, a second worker) to let go of the file, in milliseconds.
_BUSY_MS = 15_000
#: Serialisation failures and deadlocks of PostgreSQL: the work is done again, at most so often.
_TRIES = 5
_AGAIN = {"40001", "40P01"}


class StoreError(PhenomapError):
    """The database cannot be used."""


class Database(Protocol):
    """What the rest of the service knows of a database; both kinds pass one behaviour suite."""

    engine: Engine

    def read(self, work: Work[T]) -> T:
        """Run `work` on a connection of its own; nothing it writes is kept."""
        ...

    def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; return its value once the commit is on disk. Its error undoes it alone.

        `work` may run more than once and must do nothing but read and write through its connection.
        """
        ...

    def close(self) -> None:
        """Finish what waits, and close every connection."""
        ...


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://...`; raises StoreError. Tables are made by service.store.migrate."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("The database URL cannot be read.", "Write sqlite:///PATH or postgresql://...") from error
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return Sqlite(Path(parsed.database or ""))
    if kind == "postgresql":
        return Postgres(parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
    raise StoreError(f"This release keeps nothing in {kind}.", "Use sqlite:///PATH or postgresql://...")


class Sqlite:
    """The embedded default: WAL, synchronous FULL, foreign keys, one writing thread."""

    def __init__(self, path: Path) -> None:
        if not path.name or not path.parent.is_dir():
            raise StoreError(f"The folder of the database {path} is not there.", "Make it, or name another.")
        self.engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000})
        event.listen(self.engine, "connect", _prepare_sqlite)
        event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = GroupCommit(self.engine)

    def read(self, work: Work[T]) -> T:
        """As Database.read."""
        return _read(self.engine, work)

    def write(self, work: Work[T]) -> T:
        """As Database.write; waits for the writer."""
        return self._writer.submit(work).result()

    def close(self) -> None:
        """As Database.close."""
        self._writer.close()
        self.engine.dispose()


class Postgres:
    """A server that several workers and hosts share."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")

    def read(self, work: Work[T]) -> T:
        """As Database.read."""
        return _read(self.engine, work)

    def write(self, work: Work[T]) -> T:
        """As Database.write; done again after a deadlock or a serialisation failure."""
        for _ in range(_TRIES - 1):
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _AGAIN:
                    raise
        with self.engine.begin() as connection:
            return work(connection)

    def close(self) -> None:
        """As Database.close."""
        self.engine.dispose()


def _read(engine: Engine, work: Work[T]) -> T:
    try:
        with engine.connect() as connection:
            try:
                return work(connection)
            finally:
                connection.rollback()
    except OperationalError as error:
        raise StoreError("The database does not answer.", "See that it runs and that its disk is not full.") from error


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
