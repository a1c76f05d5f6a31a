"""Whoever the directory knows, as an account here: prepared beforehand, or by the groups that give roles.

Where the settings map groups to roles, the directory decides: at every sign-in, the account's roles become those of its
groups, so that who leaves a group there loses the role here. An account is never found by its name, which a directory
may give to another person, but by issuer and subject alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ontology.errors import InputError
from service.audit.trail import Action, record
from service.identity import accounts
from service.identity.oidc import Identified
from service.identity.roles import Role
from service.settings import MappedGroup
from service.store.tables import account

#: Who gave a role that the directory's groups give, in the trail.
BY = "directory"


def account_for(connection: Connection, who: Identified, groups: Sequence[MappedGroup]) -> str | None:
    """The active account of `who`, its roles brought in step with `groups` where there are any; None for a stranger."""
    row = connection.execute(select(account.c.id, account.c.active).where(account.c.subject == who.subject)).first()
    wanted = [group for group in groups if group.group in who.groups]
    if row is not None and not row.active:
        return None
    if row is None and not wanted:
        return None
    id = row.id if row is not None else _made(connection, who)
    if id is not None and groups:
        _bring_in_step(connection, id, wanted)
    return id


def refused(connection: Connection) -> None:
    """Leave a link for a sign-in that was refused."""
    record(connection, "unknown", Action.SIGN_IN_FAILED, "account", "unknown", detail={"by": BY})


def _made(connection: Connection, who: Identified) -> str | None:
    """A new account; None where its name is taken, for it may be another person's."""
    try:
        return accounts.create_account(connection, who.name, who.display_name, subject=who.subject, by=BY)
    except InputError:
        return None


def _bring_in_step(connection: Connection, id: str, wanted: Sequence[MappedGroup]) -> None:
    given = {(_department(connection, group.department), Role(group.role).value) for group in wanted}
    held = set(accounts.memberships(connection, id))
    for department, role in sorted(given - held):
        accounts.grant(connection, id, department, role, by=BY)
    for department, role in sorted(held - given):
        accounts.revoke(connection, id, department, role, by=BY)


def _department(connection: Connection, name: str) -> str:
    return accounts.find_department(connection, name) or accounts.create_department(connection, name, by=BY)
