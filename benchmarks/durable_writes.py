"""Durable writes a second through `Database.write`, against a bare group commit beside it.

Both have the same callers, rows and SQL, and gather a commit's changes in the same way; the bare one is a queue, a
thread, `sqlite3` and a future for each caller: no savepoints, no bounds, no closing, no SQLAlchemy. They take turns, so
that a noisy machine is noisy for both. What is left out of the ratio is printed beside it: the same row through
SQLAlchemy's `Table.insert()`, and rows written by one thread in batches of the same size, with no callers at all.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, event

from service.store import tables
from service.store.database import Sqlite
from service.store.group_commit import MOST_TOGETHER
from service.store.migrate import migrate

_ID = "benchmark"
_INSERT = (
    'INSERT INTO note (id, "case", department, language, dated, masked, sealed, created_by, created) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
#: A sealed note of about 200 words.
_SEALED_BYTES = 1200


@dataclass(frozen=True, slots=True)
class DurableWrites:
    """Medians over the rounds, in writes a second; `together` is the mean of changes in a commit."""

    through_database: float
    bare_loop: float
    ratio: float
    through_tables: float
    one_thread: float
    together: float


class BareLoop:
    """The least that gives each caller its durable answer."""

    def __init__(self, path: Path) -> None:
        self._driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._driver.execute(f"PRAGMA {pragma}")
        self._line: SimpleQueue[tuple[Callable[[sqlite3.Connection], object], Future[None]] | None] = SimpleQueue()
        self._thread = Thread(target=self._run)
        self._thread.start()

    def write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Wait until `work` is on disk."""
        future: Future[None] = Future()
        self._line.put((work, future))
        future.result()

    def close(self) -> None:
        """Stop."""
        self._line.put(None)
        self._thread.join()
        self._driver.close()

    def _run(self) -> None:
        while (first := self._line.get()) is not None:
            batch = [first]
            self._driver.execute("BEGIN IMMEDIATE")
            for work, _ in batch:
                work(self._driver)
                if len(batch) < MOST_TOGETHER and work is batch[-1][0]:
                    try:
                        joined = self._line.get_nowait()
                    except Empty:
                        continue
                    assert joined is not None, "closed only when nobody writes"
                    batch.append(joined)
            self._driver.execute("COMMIT")
            for _, future in batch:
                future.set_result(None)


def measure(folder: Path, clients: int, rounds: int, seconds: float) -> DurableWrites:
    """Take turns for `rounds` rounds of `seconds` each, on fresh databases in `folder`."""
    database, commits = _prepared(folder / "database.db"), [0]
    _prepared(folder / "bare.db").close()
    event.listen(database.engine, "commit", lambda connection: commits.append(1))
    bare = BareLoop(folder / "bare.db")
    turns: dict[str, Callable[[], object]] = {
        "database": lambda: database.write(_insert_row),
        "bare": lambda: bare.write(lambda driver: driver.execute(_INSERT, _row())),
        "tables": lambda: database.write(_insert_through_table),
    }
    found: dict[str, list[float]] = {name: [] for name in (*turns, "alone")}
    written = 0.0
    for _ in range(rounds):
        for name, write in turns.items():
            found[name].append(_per_second(write, clients, seconds))
            written += found[name][-1] * seconds if name != "bare" else 0
        found["alone"].append(_alone(folder / "bare.db", clients, seconds))
    together = written / len(commits)
    bare.close()
    database.close()
    middle = {name: statistics.median(values) for name, values in found.items()}
    ratio = statistics.median(a / b for a, b in zip(found["database"], found["bare"], strict=True))
    return DurableWrites(middle["database"], middle["bare"], ratio, middle["tables"], middle["alone"], together)


def _prepared(path: Path) -> Sqlite:
    database = Sqlite(path)
    migrate(database)

    def people(connection: Connection) -> None:
        connection.execute(tables.department.insert().values(id=_ID, name=_ID))
        account = {"id": _ID, "name": _ID, "display_name": _ID, "kind": "machine"}
        connection.execute(tables.account.insert().values(account))
        case = {"id": _ID, "department": _ID, "status": "draft", "sex": "unknown", "created_by": _ID}
        connection.execute(tables.case.insert().values(case))

    database.write(people)
    return database


def _row() -> tuple[Any, ...]:
    sealed = os.urandom(_SEALED_BYTES)
    return tables.new_id(), _ID, _ID, "en", "2026-01-31", True, sealed, _ID, tables.now().isoformat(" ")


def _insert_row(connection: Connection) -> None:
    connection.exec_driver_sql(_INSERT, _row())


def _insert_through_table(connection: Connection) -> None:
    row = {"case": _ID, "department": _ID, "language": "en", "dated": "2026-01-31", "masked": True, "created_by": _ID}
    connection.execute(tables.note.insert(), row | {"sealed": os.urandom(_SEALED_BYTES)})


def _per_second(write: Callable[[], object], clients: int, seconds: float) -> float:
    counts = [0] * clients
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        while time.perf_counter() < until:
            write()
            counts[number] += 1

    threads = [Thread(target=client, args=(number,)) for number in range(clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _alone(path: Path, together: int, seconds: float) -> float:
    """Rows a second where one thread writes batches and nobody waits for an answer."""
    driver = sqlite3.connect(path, isolation_level=None)
    driver.execute("PRAGMA synchronous=FULL")
    start, written = time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        driver.execute("BEGIN IMMEDIATE")
        for _ in range(together):
            driver.execute(_INSERT, _row())
        driver.execute("COMMIT")
        written += together
    driver.close()
    return written / (time.perf_counter() - start)
