"""The other end of the line: which waiting case is taken next, what became of it, and who is to be told so.

This runs for the system, before anyone's rights are asked: the case itself is then read by the account that sent it.
A task is claimed by one update that finds it still queued, so that of several processes one has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, select, update

from service.store.tables import now, task

DONE, FAILED, QUEUED, RUNNING = "done", "failed", "queued", "running"
#: Of a callback, beside FAILED.
WAITING, TOLD = "waiting", "told"
#: A task that runs for so long has lost its process: a case of 200 notes is read and ranked in seconds.
LOST_AFTER = timedelta(minutes=10)
#: How often a task is begun before it is given up: the last wait is then 80 seconds.
MOST_ATTEMPTS = 5
_WAIT = timedelta(seconds=5)
#: A system that does not answer is called again after so long, and for so long.
_CALL_AGAIN, _CALL_UNTIL = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task that is this process's now; `attempt` counts from 1."""

    id: str
    case: str
    account: str
    attempt: int


def claim(connection: Connection) -> Claimed | None:
    """The task that has waited longest and is due, taken; None where none is."""
    due = (task.c.state == QUEUED, task.c.after <= now())
    columns = (task.c.id, task.c.case, task.c.created_by, task.c.attempts)
    while row := connection.execute(select(*columns).where(*due).order_by(task.c.after, task.c.id).limit(1)).first():
        taken = {"state": RUNNING, "attempts": row.attempts + 1, "changed": now()}
        mine = update(task).where(task.c.id == row.id, task.c.state == QUEUED)
        if connection.execute(mine.values(taken)).rowcount == 1:
            return Claimed(row.id, row.case, row.created_by, row.attempts + 1)
    return None


def requeue_lost(connection: Connection) -> int:
    """Put back what a process left running when it ended; how many there were."""
    lost = update(task).where(task.c.state == RUNNING, task.c.changed < now() - LOST_AFTER)
    return connection.execute(lost.values(state=QUEUED, after=now(), changed=now())).rowcount


def done(connection: Connection, claimed: Claimed, report: str) -> None:
    """The case was read and ranked: `report` is the id of what came of it."""
    _become(connection, claimed, state=DONE, report=report, fault=None)


def again(connection: Connection, claimed: Claimed, fault: str) -> None:
    """Try later, each time after twice as long; failed where that was the last attempt. `fault` is a word for why."""
    if claimed.attempt >= MOST_ATTEMPTS:
        return failed(connection, claimed, fault)
    return _become(connection, claimed, state=QUEUED, after=now() + _WAIT * 2 ** (claimed.attempt - 1), fault=fault)


def failed(connection: Connection, claimed: Claimed, fault: str) -> None:
    """Nothing will come of it."""
    _become(connection, claimed, state=FAILED, fault=fault)


def untold(connection: Connection) -> RowMapping | None:
    """A task that has ended and whose system is to be called, held back from others meanwhile; None where none is."""
    due = (task.c.told == WAITING, task.c.state.in_((DONE, FAILED)), task.c.after <= now())
    while row := connection.execute(select(task).where(*due).order_by(task.c.after).limit(1)).mappings().first():
        later = update(task).where(task.c.id == row["id"], task.c.told == WAITING, task.c.after == row["after"])
        if connection.execute(later.values(after=now() + _CALL_AGAIN)).rowcount == 1:
            return row
    return None


def called(connection: Connection, row: RowMapping, heard: bool) -> None:
    """Write down that a system was told, or that it did not answer: it is called again until _CALL_UNTIL is over."""
    state = TOLD if heard else FAILED if now() - row["changed"] > _CALL_UNTIL else WAITING
    connection.execute(update(task).where(task.c.id == row["id"]).values(told=state))


def _become(connection: Connection, claimed: Claimed, **values: object) -> None:
    mine = update(task).where(task.c.id == claimed.id, task.c.state == RUNNING)
    connection.execute(mine.values(changed=now(), **values))
