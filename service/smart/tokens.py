"""Access tokens: opaque, for five minutes, their SHA-256 in the table.

SMART Backend Services, "Issue Access Token": `expires_in` should not exceed 300 seconds, and there is no refresh token.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from service.audit.trail import Action, Value, record
from service.identity.one_time import digest_of
from service.smart.scopes import Scopes, read_scopes
from service.store.tables import access_token, now

#: A token found in a file or a log can be told as ours.
PREFIX = "pht_"
LASTS = timedelta(seconds=300)
#: Who issued it, in the trail.
BY = "smart"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token it is, and what it may be used for."""

    account: str
    scopes: Scopes


def issue_token(connection: Connection, account_id: str, scopes: Scopes) -> str:
    """A new token, told once; that it was issued is recorded. Those of anyone that have expired are forgotten."""
    at = now()
    connection.execute(delete(access_token).where(access_token.c.expires <= at))
    token = PREFIX + secrets.token_urlsafe(32)
    values = {"digest": digest_of(token), "account": account_id, "scopes": str(scopes), "expires": at + LASTS}
    connection.execute(access_token.insert().values(**values))
    detail: dict[str, Value] = {"by": BY, "scopes": len(scopes.by_type), "seconds": int(LASTS.total_seconds())}
    record(connection, account_id, Action.SIGN_IN, "account", account_id, detail=detail)
    return token


def bearer_of(connection: Connection, token: str) -> Bearer | None:
    """Whose token this is, where it holds; whether the account is active is for the one who calls to see."""
    columns = select(access_token.c.account, access_token.c.scopes)
    held = (access_token.c.digest == digest_of(token)) & (access_token.c.expires > now())
    row = connection.execute(columns.where(held)).first()
    return None if row is None else Bearer(row.account, read_scopes(row.scopes.split())[0])
