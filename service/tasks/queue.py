"""The line of cases that wait to be read and ranked: one place for each case, system and address to be told."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.cases.desk import Desk
from service.store.scope import scoped
from service.store.tables import now, task
from service.tasks.line import QUEUED, WAITING


def enqueue(desk: Desk, connection: Connection, row: RowMapping, source: str, callback: str | None = None) -> str:
    """Let the case in `row` be read and ranked; the id of its task, which is one that waits already where there is one.

    `source` is the name of the system that asks, `callback` the address that is told when it is done: one that asks
    with another address has a task of its own.
    """
    of_it = (task.c.case == row["id"], task.c.state == QUEUED, task.c.source == source)
    standing = scoped(desk.actor, Permission.WRITE_CASES, task, *of_it, task.c.callback == callback)
    waiting = connection.execute(standing.limit(1)).mappings().first()
    if waiting is not None:
        return str(waiting["id"])
    told = WAITING if callback else None
    return desk.add(
        connection, task, row, state=QUEUED, attempts=0, source=source, callback=callback, told=told, changed=now()
    )
