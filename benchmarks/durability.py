"""kill -9 under write load: `python -m benchmarks.durability URL` writes cases until it is killed.

Each case is written with its link of the audit trail, and its id printed only after `Database.write` has returned: what
was printed must be there afterwards. `kill_round` starts such a writer, kills it (or the server) and looks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from sqlalchemy import Connection, select

from service.audit.trail import Action, record, verify
from service.store import tables
from service.store.database import Database, StoreError, open_database
from service.store.migrate import migrate

_ID = "durability"
_THREADS = 8


@dataclass(frozen=True, slots=True)
class Round:
    """What one kill did. `ready` is seconds from the first attempt to open until a write was answered."""

    acknowledged: int
    lost: int
    changes: int
    links: int
    sound: bool
    ready: float


def prepare(url: str) -> None:
    """Make the tables, and the department and account that the cases belong to."""

    def people(connection: Connection) -> None:
        connection.execute(tables.department.insert().values(id=_ID, name=_ID))
        account = {"id": _ID, "name": _ID, "display_name": _ID, "kind": "machine", "active": False}
        connection.execute(tables.account.insert().values(account))

    database = open_database(url)
    try:
        migrate(database)
        database.write(people)
    finally:
        database.close()


def kill_round(url: str, seconds: float, kill: Callable[[], None] = lambda: None) -> Round:
    """Let a writer run for `seconds` from its first acknowledgement, `kill` (a server), kill -9 it, and compare."""
    writer = subprocess.Popen([sys.executable, "-m", "benchmarks.durability", url], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    output = writer.stdout
    printed = [output.readline()]
    reading = Thread(target=lambda: printed.extend(output))
    reading.start()
    time.sleep(seconds)
    kill()
    writer.kill()
    writer.wait()
    reading.join()
    output.close()
    acknowledged = {line.strip().decode() for line in printed if line.endswith(b"\n")}
    if not acknowledged:
        raise RuntimeError("the writer wrote nothing before it was killed")
    start = time.perf_counter()
    database = open_database(url)
    try:
        _write_case(database)
        ready = time.perf_counter() - start
        return database.read(lambda connection: _compare(connection, acknowledged, ready))
    finally:
        database.close()


def _compare(connection: Connection, acknowledged: set[str], ready: float) -> Round:
    kept = set(connection.execute(select(tables.case.c.id)).scalars())
    links = connection.execute(select(tables.audit.c.object_id)).scalars().all()
    sound = verify(connection).sound and set(links) == kept
    return Round(len(acknowledged), len(acknowledged - kept), len(kept), len(links), sound, ready)


def _write_case(database: Database) -> str:
    id = tables.new_id()

    def work(connection: Connection) -> None:
        case = {"id": id, "department": _ID, "status": "draft", "sex": "unknown", "created_by": _ID}
        connection.execute(tables.case.insert().values(case))
        record(connection, _ID, Action.CREATE, "case", id, department=_ID)

    database.write(work)
    return id


def _write_until_killed(database: Database) -> None:
    while True:
        try:
            id = _write_case(database)
        except StoreError:  # the server was killed: nothing is acknowledged until it is back
            time.sleep(0.05)
            continue
        os.write(1, f"{id}\n".encode())  # one short write to a pipe is whole or not there


def main() -> None:
    """Write from several threads, without end."""
    database = open_database(sys.argv[1])
    threads = [Thread(target=_write_until_killed, args=(database,)) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
