"""Optimistic locking: a change says which version it was made on, and is refused where another came first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, update

from service.store.errors import Stale as Stale
from service.store.tables import now


def bump(connection: Connection, table: Table, id: str, expected: int) -> None:
    """Raise the version of the row from `expected` by one, and set when it changed. Raises Stale.

    The caller has seen that the actor may change the row (service.store.scope), in the same transaction. On PostgreSQL
    the row stays locked to the end of it.
    """
    values: dict[str, Any] = {"version": table.c.version + 1}
    if "changed" in table.c:
        values["changed"] = now()
    done = connection.execute(update(table).where(table.c.id == id, table.c.version == expected).values(values))
    if done.rowcount != 1:
        raise Stale("This was changed by someone else since you read it.", "Read it again, and repeat your change.")
