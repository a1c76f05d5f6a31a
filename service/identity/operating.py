"""What an operator does to accounts at the command line: with the right to open the database, named so in the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from ontology.errors import InputError, PhenomapError
from service.audit.trail import Action, record
from service.identity import accounts, api_keys, one_time
from service.identity.api_keys import NewKey
from service.identity.one_time import Purpose
from service.identity.roles import Kind, Role
from service.store.tables import account, membership

BY = accounts.OPERATOR


class AdministratorThere(PhenomapError):
    """The first administrator is not the first any more."""


def first_administrator(connection: Connection, name: str, display_name: str, department: str) -> str:
    """Make the first administrator, or find the one who has not come in yet; the secret of their link, for an hour.

    Raises AdministratorThere once any administrator has a way to come in.
    """
    held = select(account).join(membership).where(membership.c.role == Role.ADMINISTRATOR.value)
    there = connection.execute(held.where(account.c.password.is_not(None) | account.c.subject.is_not(None))).first()
    if there is not None:
        raise AdministratorThere("There is an administrator already.", "Use `phenomap user reset NAME` for a new link.")
    where = accounts.find_department(connection, department)
    where = where or accounts.create_department(connection, department)
    row = accounts.find_account(connection, name)
    id = row.id if row is not None else accounts.create_account(connection, name, display_name)
    accounts.grant(connection, id, where, Role.ADMINISTRATOR)
    record(connection, BY, Action.CHANGE, "account", id, detail={"changed": "first_administrator_link"})
    return one_time.issue(connection, Purpose.FIRST_ADMINISTRATOR, id)


def add(connection: Connection, name: str, display_name: str, kind: Kind, subject: str | None) -> str | None:
    """Make an account; the secret of the link with which a person chooses a password, where they need one."""
    id = accounts.create_account(connection, name, display_name, kind, subject=subject)
    return None if subject or kind is Kind.MACHINE else one_time.issue(connection, Purpose.PASSWORD, id)


def grant(connection: Connection, name: str, department: str, role: str) -> None:
    """Give a role; raises InputError for an unknown name or department."""
    accounts.grant(connection, _account(connection, name).id, _department(connection, department), role)


def revoke(connection: Connection, name: str, department: str, role: str) -> None:
    """Take a role away; raises InputError where it was not held."""
    if not accounts.revoke(connection, _account(connection, name).id, _department(connection, department), role):
        raise InputError("role", "The account does not hold this role there.", "See `phenomap user list`.")


def reset(connection: Connection, name: str) -> str:
    """The secret of a link with which a person chooses a new password; raises InputError for a machine."""
    row = _account(connection, name)
    if row.kind != Kind.PERSON:
        raise InputError("name", "A machine has no password.", "Use `phenomap user key NAME`.")
    record(connection, BY, Action.CHANGE, "account", row.id, detail={"changed": "password_link"})
    return one_time.issue(connection, Purpose.PASSWORD, row.id)


def key(connection: Connection, name: str, days: int) -> NewKey:
    """A new key of a machine's account; raises InputError for a person's."""
    return api_keys.create_key(connection, _account(connection, name).id, days, by=BY)


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Every account with what it is and where."""
    return [
        {
            "name": row.name,
            "display_name": row.display_name,
            "kind": row.kind,
            "active": row.active,
            "roles": [
                f"{held['role']} in {held['department_name']}"
                for held in accounts.named_memberships(connection, row.id)
            ],
        }
        for row in accounts.list_accounts(connection)
    ]


def _account(connection: Connection, name: str) -> Row[Any]:
    row = accounts.find_account(connection, name)
    if row is None:
        raise InputError("name", "There is no account of this name.", "See `phenomap user list`.")
    return row


def _department(connection: Connection, name: str) -> str:
    id = accounts.find_department(connection, name)
    if id is None:
        raise InputError(
            "department", "There is no department of this name.", "Use `phenomap user department add NAME`."
        )
    return id
