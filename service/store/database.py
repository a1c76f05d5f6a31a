"""The database: one door for reading, one for writing. `write` returns only after its commit is on disk.

SQLite has one writer, which commits many waiting changes together (a group commit): on an early sketch a commit for
each gave 143-265 durable writes a second and errors, and together 740; `python -m benchmarks.service` measures ours.
PostgreSQL groups commits by itself, so there a write is a transaction of its own.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.store.errors import StoreError as StoreError
from service.store.errors import raise_told, state_of
from service.store.group_commit import GroupCommit, keep_shared
from service.store.locked import code_of, until_unlocked

T = TypeVar("T")
Work = Callable[[Connection], T]
DEFAULT_URL = "sqlite:///phenomap.db"
#: How long one attempt of SQLite waits for another process (a backup, a second worker), in milliseconds.
_BUSY_MS = 15_000
#: Serialisation failures and deadlocks of PostgreSQL: the work is done again, at most so often.
_TRIES = 6
_AGAIN = {"40001", "40P01"}
_READ_ONLY_TRANSACTION = "25006"


class Database(Protocol):
    """What the rest of the service knows of a database; both kinds pass one behaviour suite."""

    engine: Engine

    def read(self, work: Work[T]) -> T:
        """Run `work` on a snapshot of its own. Raises RuntimeError where it writes: that would be lost in silence."""
        ...

    def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; return its value once the commit is on disk. Its error undoes it alone.

        `work` may run more than once, does nothing but read and write through its connection, and gives a plain value
        (rows, not a cursor). Raises StoreBusy where too many wait, and another StoreError where nothing could be kept.
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
        return Postgres(parsed)
    raise StoreError(f"This release keeps nothing in {kind}.", "Use sqlite:///PATH or postgresql://...")


class Sqlite:
    """The embedded default: WAL, synchronous FULL, foreign keys, one writing thread."""

    def __init__(self, path: Path) -> None:
        if not path.name or path.name == ":memory:" or not path.parent.is_dir():
            raise StoreError(f"The folder of the database {path} is not there.", "Make it, or name another.")
        _make_private(path)
        self.engine = create_engine(
            URL.create("sqlite", database=str(path)),
            connect_args={"timeout": _BUSY_MS / 1000},
            hide_parameters=True,  # an error tells the statement, never what was to be stored
        )
        event.listen(self.engine, "connect", _prepare_sqlite)
        event.listen(self.engine, "begin", _begin_sqlite)
        event.listen(self.engine, "commit", keep_shared)
        event.listen(self.engine, "rollback", keep_shared)
        self._reading = self.engine.execution_options(reading=True)
        self._writer = GroupCommit(self.engine)

    def read(self, work: Work[T]) -> T:
        """As Database.read."""
        return _read(self._reading, work)

    def write(self, work: Work[T]) -> T:
        """As Database.write; waits for the writer."""
        return self._writer.write(work)

    def close(self) -> None:
        """As Database.close."""
        self._writer.close()
        self.engine.dispose()


class Postgres:
    """A server that several workers and hosts share."""

    def __init__(self, url: URL) -> None:
        self.engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=15,
            pool_timeout=15,
            isolation_level="READ COMMITTED",
            hide_parameters=True,
            connect_args={"connect_timeout": 10, "application_name": "phenomap"},
        )
        event.listen(self.engine, "connect", _prepare_postgres)
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def read(self, work: Work[T]) -> T:
        """As Database.read."""
        return _read(self._reading, work)

    def write(self, work: Work[T]) -> T:
        """As Database.write; done again after a deadlock or a serialisation failure."""
        for tried in range(1, _TRIES + 1):
            try:
                with self.engine.begin() as connection:
                    return work(connection)
            except (DBAPIError, PoolTimeout) as error:
                if state_of(error) not in _AGAIN or tried == _TRIES:
                    raise_told(error)
            time.sleep(0.01 * 2**tried)
        raise AssertionError("the last try returns or raises")

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
    except (DBAPIError, PoolTimeout) as error:
        if code_of(error) == sqlite3.SQLITE_READONLY or state_of(error) == _READ_ONLY_TRANSACTION:
            raise RuntimeError("a read tried to write: use Database.write") from error
        raise_told(error)


def _make_private(path: Path) -> None:
    """Make the file for this user alone; SQLite gives the files beside it the same permissions."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"The database {path} cannot be written.", "Check its permissions and its disk.") from error


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    driver: Any = connection
    driver.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    until_unlocked(lambda: driver.execute("PRAGMA journal_mode=WAL"))
    # secure_delete: what was deleted is overwritten with zeros, the wrapped key of an erased patient above all
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}", "secure_delete=ON"):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    reading = bool(options.get("reading"))
    if connection.info.get("reading", False) is not reading:  # as this connection was left by who had it before
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        connection.info["reading"] = reading
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def _prepare_postgres(connection: DBAPIConnection, _: object) -> None:
    """A commit is on disk before it is answered, whatever the server's or the account's defaults."""
    driver: Any = connection
    held, driver.autocommit = driver.autocommit, True
    with driver.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), set_config('synchronous_commit', 'on', false)")
        fsync = cursor.fetchone()[0]
    driver.autocommit = held
    if fsync != "on":
        raise StoreError("The PostgreSQL server runs with fsync off: it loses what it has acknowledged.", "Set it on.")
