"""Keys of machine accounts: shown once, their SHA-256 in the table, with an end of their own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from ontology.errors import InputError
from service.audit.trail import Action, record
from service.identity.one_time import digest_of
from service.identity.roles import Kind
from service.store.tables import account, api_key, new_id, now

#: A key found in a file or a log can be told as ours.
PREFIX = "phm_"
LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown, once."""

    id: str
    key: str
    expires: datetime


def create_key(connection: Connection, account_id: str, days: int, *, by: str) -> NewKey:
    """Make a key that holds for `days`; raises InputError for a person's account, for then nobody answers for it."""
    kind = connection.execute(select(account.c.kind).where(account.c.id == account_id)).scalar_one()
    if kind != Kind.MACHINE:
        raise InputError("account", "Keys are for machines; persons sign in.", "Make an account of the kind machine.")
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError("days", "A key holds for a year at most.", f"Send 1 to {LONGEST_DAYS} days.")
    key, id, expires = PREFIX + secrets.token_urlsafe(32), new_id(), now() + timedelta(days=days)
    values = {"id": id, "account": account_id, "digest": digest_of(key), "hint": key[:12], "expires": expires}
    connection.execute(api_key.insert().values(**values))
    record(connection, by, Action.CREATE, "api_key", id, detail={"account": account_id, "days": days})
    return NewKey(id, key, expires)


def account_of_key(connection: Connection, key: str) -> str | None:
    """Whose key this is, where it holds and the account is active."""
    found = connection.execute(
        select(api_key.c.account)
        .join(account)
        .where(
            api_key.c.digest == digest_of(key), api_key.c.ended.is_(None), api_key.c.expires > now(), account.c.active
        )
    ).scalar()
    return None if found is None else str(found)


def revoke_key(connection: Connection, account_id: str, id: str, *, by: str) -> bool:
    """End a key at once; whether it held."""
    held = (api_key.c.id == id) & (api_key.c.account == account_id) & api_key.c.ended.is_(None)
    if not connection.execute(update(api_key).where(held).values(ended=now())).rowcount:
        return False
    record(connection, by, Action.REVOKE, "api_key", id, detail={"account": account_id})
    return True


def list_keys(connection: Connection, account_id: str) -> Sequence[Row[Any]]:
    """The keys of an account that have not been revoked, oldest first."""
    chosen = select(api_key).where(api_key.c.account == account_id, api_key.c.ended.is_(None))
    return connection.execute(chosen.order_by(api_key.c.created)).all()
