"""Whom an administrator manages: accounts whose every role lies in the administrator's departments, or that hold none.

Managing a password is as good as being its owner, so that no administrator of one department may touch an account that
holds rights in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select

from ontology.errors import InputError
from service.actors import Actor, Permission
from service.audit.trail import Action, record
from service.identity import one_time
from service.identity.accounts import named_memberships
from service.identity.one_time import Purpose
from service.identity.roles import Kind, Role
from service.problems import Fault, ProblemError
from service.store.tables import account, department, membership


def require(connection: Connection, actor: Actor, account_id: str) -> None:
    """Raise a 404 problem unless `actor` manages the account; one that is not there looks the same."""
    if not connection.execute(select(account.c.id).where(account.c.id == account_id, _managed(actor))).first():
        raise not_found()


def require_another_administrator(connection: Connection, account_id: str, department_id: str | None = None) -> None:
    """Raise a 409 problem where no other administrator who can come in is left of a department of this one's.

    Asked before the account is closed, or before it is no administrator of `department_id` any more. The accounts of
    the administrators stay locked to the end of the transaction, so that no two can close each other at once.
    """
    role = membership.c.role == Role.ADMINISTRATOR.value
    own = select(membership.c.department).where(membership.c.account == account_id, role)
    if department_id is not None:
        own = own.where(membership.c.department == department_id)
    can_come_in = account.c.active & (account.c.password.is_not(None) | account.c.subject.is_not(None))
    administrators = (
        select(membership.c.department, membership.c.account)
        .join(account, account.c.id == membership.c.account)
        .where(role, can_come_in, membership.c.department.in_(own))
        .order_by(account.c.id)
        .with_for_update(of=account)
    )
    left: dict[str, set[str]] = {}
    for row in connection.execute(administrators):
        left.setdefault(row.department, set()).add(row.account)
    if {account_id} in left.values():
        what = "This is the last administrator of a department who can come in."
        mend = "Make another account its administrator, and let them choose a password, first."
        raise ProblemError(409, what, (Fault(field="", what=what, mend=mend),))


def require_department(actor: Actor, department_id: str) -> None:
    """Raise a 404 problem unless `actor` administers the department."""
    if department_id not in actor.departments(Permission.MANAGE_ACCOUNTS):
        raise not_found()


def accounts_of(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    """The accounts that `actor` manages, by name, each with its memberships."""
    rows = connection.execute(select(account).where(_managed(actor)).order_by(account.c.name)).all()
    shown = ("id", "name", "display_name", "kind", "active", "locked_until")
    return [
        {**{name: row._mapping[name] for name in shown}, "memberships": named_memberships(connection, row.id)}
        for row in rows
    ]


def departments_of(connection: Connection, actor: Actor) -> Sequence[Row[Any]]:
    """The departments that `actor` administers, by name."""
    held = department.c.id.in_(sorted(actor.departments(Permission.MANAGE_ACCOUNTS)))
    return connection.execute(select(department).where(held).order_by(department.c.name)).all()


def link(connection: Connection, account_id: str, *, by: str) -> str:
    """The secret of a one-time link for a new password; raises InputError for a machine, which has none."""
    kind = connection.execute(select(account.c.kind).where(account.c.id == account_id)).scalar_one()
    if kind != Kind.PERSON:
        raise InputError("account", "A machine has no password.", "Make it a key.")
    record(connection, by, Action.CHANGE, "account", account_id, detail={"changed": "password_link"})
    return one_time.issue(connection, Purpose.PASSWORD, account_id)


def not_found() -> ProblemError:
    """The answer for what is not there, and for what is not theirs to see."""
    return ProblemError(404, "There is nothing under this id.")


def _managed(actor: Actor) -> ColumnElement[bool]:
    elsewhere = exists().where(
        and_(
            membership.c.account == account.c.id,
            membership.c.department.not_in(sorted(actor.departments(Permission.MANAGE_ACCOUNTS))),
        )
    )
    return ~elsewhere
