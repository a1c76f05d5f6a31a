"""Durable writes a second through `Database.write`, against two bare group commits beside it.

A group commit has callers by definition: what it joins in one commit is what somebody waits for, one change each, so a
caller is woken and comes again for every row. The loop to compare with is therefore the bare one that serves the same
callers: a queue, a thread, `sqlite3` and a future for each; no savepoints, no bounds, no closing, no SQLAlchemy. The
stricter one is printed beside it always: one thread that writes rows in commits of the same size for nobody. All have
the same rows, SQL and pragmas, and take turns, so that a noisy machine is noisy for all. `table` says where the rest
goes: what handing over costs with nothing to write, the same row through SQLAlchemy's `Table.insert()`, and with its
link in the audit trail, as every write of the service has it.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Connection, event

from service.audit.trail import Action, record
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
    """`table`: writes a second by name, medians over the rounds; the ratios are medians of each round's.

    `together` is the mean of changes in a commit of ours.
    """

    table: Mapping[str, float]
    to_bare_loop: float
    to_no_callers: float
    together: float


class BareLoop:
    """The least that gives each caller its durable answer."""

    def __init__(self, path: Path) -> None:
        self._driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        _prepare(self._driver)
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

    @event.listens_for(database.engine, "commit")
    def committed(connection: Connection) -> None:
        commits[0] += 1

    bare = BareLoop(folder / "bare.db")
    turns: dict[str, Callable[[], object]] = {
        "ours": lambda: database.write(_insert_row),
        "bare_loop": lambda: bare.write(lambda driver: driver.execute(_INSERT, _row())),
        "bare_loop_nothing_to_write": lambda: bare.write(lambda driver: None),
        "ours_table_insert": lambda: database.write(_insert_through_table),
        "ours_table_insert_and_link": lambda: database.write(_insert_with_link),
    }
    found: dict[str, list[float]] = {name: [] for name in (*turns, "no_callers")}
    sizes = []
    for _ in range(rounds):
        for name, write in turns.items():
            before = commits[0]
            found[name].append(_per_second(write, clients, seconds))
            if name == "ours":
                sizes.append(found[name][-1] * seconds / (commits[0] - before))
                found["no_callers"].append(_alone(folder / "bare.db", round(sizes[-1]), seconds))
    bare.close()
    database.close()
    table = {name: statistics.median(values) for name, values in found.items()}
    return DurableWrites(table, _ratio(found, "bare_loop"), _ratio(found, "no_callers"), statistics.median(sizes))


def _ratio(found: Mapping[str, list[float]], other: str) -> float:
    return statistics.median(ours / theirs for ours, theirs in zip(found["ours"], found[other], strict=True))


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


def _insert_with_link(connection: Connection) -> None:
    _insert_through_table(connection)
    record(connection, _ID, Action.CREATE, "note", _ID, department=_ID, detail={"case": _ID})


def _prepare(driver: sqlite3.Connection) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        driver.execute(f"PRAGMA {pragma}")


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
    _prepare(driver)
    start, written = time.perf_counter(), 0
    while time.perf_counter() < start + seconds:
        driver.execute("BEGIN IMMEDIATE")
        for _ in range(together):
            driver.execute(_INSERT, _row())
        driver.execute("COMMIT")
        written += together
    driver.close()
    return written / (time.perf_counter() - start)
