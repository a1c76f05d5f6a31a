"""In which department a case is kept that a system sends: one that an encounter names, or the only one there is."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from service.actors import Permission
from service.cases.desk import Desk
from service.store.tables import department


def department_named(desk: Desk, connection: Connection, names: Sequence[str]) -> str | None:
    """The id of the first of the actor's departments whose name or id is one of `names`; None where none is."""
    own = sorted(desk.actor.departments(Permission.WRITE_CASES))
    if not names or len(own) < 2:
        return None
    rows = connection.execute(select(department.c.id, department.c.name).where(department.c.id.in_(own)))
    known = {word.casefold(): row.id for row in rows for word in (row.id, row.name)}
    return next((known[name.casefold()] for name in names if name.casefold() in known), None)
