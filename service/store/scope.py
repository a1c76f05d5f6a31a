"""Departments on every query: the one way to read or change rows about patients.

`tests/store/test_scope.py` walks the code of the service and fails where a departmental table is queried otherwise.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, or_, select, true

from service.actors import Actor, Permission
from service.store.tables import DEPARTMENTAL, break_glass, case, now


def may(actor: Actor, permission: Permission, table: Table) -> ColumnElement[bool]:
    """Rows of the departments where the actor holds `permission`.

    For reading, those of a case they have broken the glass for as well, while that lasts. Breaking the glass itself
    reaches the cases of every department.
    """
    if table not in DEPARTMENTAL:
        raise ValueError(f"{table.name} holds no department")
    if permission is Permission.BREAK_GLASS and table is case and actor.departments(permission):
        return true()
    owner = table.c.id if table is case else table.c.case
    held = table.c.department.in_(sorted(actor.departments(permission)))
    if permission is not Permission.READ_CASES:
        return held
    opened = exists().where(
        break_glass.c.case == owner, break_glass.c.created_by == actor.id, break_glass.c.expires > now()
    )
    return or_(held, opened)


def scoped(actor: Actor, permission: Permission, table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    """Select the rows of `table` for which the actor holds `permission` and that meet `where`."""
    return select(table).where(and_(may(actor, permission, table), *where))


def department_of(connection: Connection, case_id: str) -> str | None:
    """The department of a case, whoever asks: for the audit trail, and never for an answer."""
    department: str | None = connection.execute(select(case.c.department).where(case.c.id == case_id)).scalar()
    return department
