"""Accounts, departments and who is what in which. Every change adds its link to the audit trail in the same write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Row, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ontology.errors import InputError
from service.audit.trail import Action, record
from service.identity.passwords import canonical_name
from service.identity.roles import FOR_MACHINES, Kind, Role
from service.identity.sessions import end_sessions
from service.store.tables import access_token, account, api_key, department, membership, new_id, now

#: Whoever has a shell on the server and the right to open the database, in the trail.
OPERATOR = "operator"
#: An encoded hash begins so; anything else in its place would be a password in clear.
_ENCODED = "$argon2id$"


def create_department(connection: Connection, name: str, *, by: str = OPERATOR) -> str:
    """Make a department; its id. Raises InputError where the name is taken or empty."""
    name = _printable("name", name)
    if connection.execute(select(department.c.id).where(department.c.name == name)).first():
        raise InputError("name", "There is a department of this name.", "Give it another.")
    id = new_id()
    _insert(connection, department.insert().values(id=id, name=name))
    record(connection, by, Action.CREATE, "department", id, department=id)
    return id


def create_account(
    connection: Connection,
    name: str,
    display_name: str,
    kind: str = Kind.PERSON,
    password: str | None = None,
    *,
    subject: str | None = None,
    by: str = OPERATOR,
) -> str:
    """Make an account with no rights; its id. Raises InputError where the name or subject is taken or empty.

    `password` is encoded already (Passwords.encode), `subject` the issuer and subject of an OpenID provider.
    """
    if password is not None and not password.startswith(_ENCODED):
        raise ValueError("a password is stored encoded")
    name = canonical_name(_printable("name", name))
    taken = (account.c.name == name) | (account.c.subject.is_not(None) & (account.c.subject == subject))
    if connection.execute(select(account.c.id).where(taken)).first():
        raise InputError("name", "There is an account of this name or subject.", "Give it another.")
    shown = _printable("display_name", display_name)
    values = {"name": name, "display_name": shown, "kind": Kind(kind).value, "password": password, "subject": subject}
    id = new_id()
    _insert(connection, account.insert().values(id=id, **values))
    record(connection, by, Action.CREATE, "account", id, detail={"kind": Kind(kind).value})
    return id


def grant(connection: Connection, account_id: str, department_id: str, role: str, *, by: str = OPERATOR) -> None:
    """Give an account a role in a department; its sessions end. Raises InputError for a role a machine cannot hold."""
    kind = connection.execute(select(account.c.kind).where(account.c.id == account_id)).scalar_one()
    if kind == Kind.MACHINE and role not in FOR_MACHINES:
        raise InputError("role", f"No machine is {role}.", f"Give it one of {', '.join(sorted(FOR_MACHINES))}.")
    held = {"account": account_id, "department": department_id, "role": Role(role).value}
    if connection.execute(select(membership.c.id).filter_by(**held)).first():
        return
    connection.execute(membership.insert().values(**held))
    end_sessions(connection, account_id)
    detail = {"role": Role(role).value}
    record(connection, by, Action.GRANT, "account", account_id, department=department_id, detail=detail)


def revoke(connection: Connection, account_id: str, department_id: str, role: str, *, by: str = OPERATOR) -> bool:
    """Take a role away; its sessions end. Whether the account held it."""
    held = (membership.c.account == account_id) & (membership.c.department == department_id)
    if not connection.execute(delete(membership).where(held, membership.c.role == Role(role).value)).rowcount:
        return False
    end_sessions(connection, account_id)
    detail = {"role": Role(role).value}
    record(connection, by, Action.REVOKE, "account", account_id, department=department_id, detail=detail)
    return True


def set_password(connection: Connection, account_id: str, encoded: str, *, by: str) -> None:
    """Set a password that was encoded already; a lock is lifted and every session ends."""
    values = {"password": encoded, "failures": 0, "locked_until": None, "version": account.c.version + 1}
    connection.execute(update(account).where(account.c.id == account_id).values(**values))
    end_sessions(connection, account_id)
    record(connection, by, Action.CHANGE, "account", account_id, detail={"changed": "password"})


def set_active(connection: Connection, account_id: str, active: bool, *, by: str) -> None:
    """Close an account, or open it again; when closed, its sessions, keys and access tokens end."""
    values = {"active": active, "version": account.c.version + 1}
    connection.execute(update(account).where(account.c.id == account_id).values(**values))
    if not active:
        end_sessions(connection, account_id)
        of_account = (api_key.c.account == account_id) & api_key.c.ended.is_(None)
        connection.execute(update(api_key).where(of_account).values(ended=now()))
        connection.execute(delete(access_token).where(access_token.c.account == account_id))
    record(connection, by, Action.CHANGE, "account", account_id, detail={"active": active})


def memberships(connection: Connection, account_id: str) -> list[tuple[str, str]]:
    """The (department, role) pairs that an account holds."""
    chosen = select(membership.c.department, membership.c.role).where(membership.c.account == account_id)
    return [(row.department, row.role) for row in connection.execute(chosen.order_by(membership.c.created))]


def named_memberships(connection: Connection, account_id: str) -> list[dict[str, Any]]:
    """What an account is and where: department, department_name and role of each."""
    chosen = (
        select(membership.c.department, department.c.name.label("department_name"), membership.c.role)
        .join(department)
        .where(membership.c.account == account_id)
    )
    return [dict(row) for row in connection.execute(chosen.order_by(department.c.name, membership.c.role)).mappings()]


def find_account(connection: Connection, name: str) -> Row[Any] | None:
    """The row of the account `name`."""
    return connection.execute(select(account).where(account.c.name == canonical_name(name))).first()


def find_department(connection: Connection, name: str) -> str | None:
    """The id of the department `name`."""
    found = connection.execute(select(department.c.id).where(department.c.name == name)).scalar()
    return None if found is None else str(found)


def list_accounts(connection: Connection) -> Sequence[Row[Any]]:
    """Every account, by name."""
    return connection.execute(select(account).order_by(account.c.name)).all()


def has_accounts(connection: Connection) -> bool:
    """Whether anyone can be known at all."""
    return bool(connection.execute(select(func.count()).select_from(account)).scalar())


def _insert(connection: Connection, statement: Insert) -> None:
    """Insert a row whose name was free a moment ago; on PostgreSQL another transaction may have taken it since."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError as error:
        raise InputError("name", "This name was taken just now.", "Give it another.") from error


def _printable(field: str, text: str) -> str:
    text = text.strip()
    if not text or len(text) > 100 or not text.isprintable():
        raise InputError(field, "This is empty, too long or not printable.", "Write 1 to 100 printable characters.")
    return text
