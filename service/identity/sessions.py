"""Sessions of people: an opaque token in a cookie, its SHA-256 in the table; they end when idle, and in any case."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from service.identity.one_time import digest_of
from service.store.tables import account, now, session

#: `seen` is written at most so often, so that reading does not become writing.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session as its owner gets it, once: nothing that is stored can make the token again."""

    token: str
    csrf: str
    account: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds; `id` is the digest of its token, and `stale` says that `seen` is to be written."""

    id: str
    account: str
    display_name: str
    csrf: str
    expires: datetime
    stale: bool


def open_session(connection: Connection, account_id: str, longest: timedelta) -> Opened:
    """Open a session with a token of its own: one that was in the browser before is never taken up.

    The account's sessions of earlier days are forgotten.
    """
    at = now()
    connection.execute(delete(session).where(session.c.account == account_id, session.c.expires < at))
    token, csrf = secrets.token_urlsafe(32), secrets.token_hex(32)
    values = {"id": digest_of(token), "account": account_id, "csrf": csrf, "seen": at, "expires": at + longest}
    connection.execute(session.insert().values(**values))
    return Opened(token, csrf, account_id)


def find_session(connection: Connection, token: str, idle: timedelta) -> Session | None:
    """The session of `token`, where it holds and its account is active."""
    at = now()
    row = connection.execute(
        select(session, account.c.display_name)
        .join(account)
        .where(
            session.c.id == digest_of(token),
            session.c.ended.is_(None),
            session.c.expires > at,
            session.c.seen > at - idle,
            account.c.active,
        )
    ).first()
    if row is None:
        return None
    return Session(row.id, row.account, row.display_name, row.csrf, row.expires, at - row.seen > SEEN_EVERY)


def rotate(connection: Connection, held: Session) -> Opened:
    """Go on with a session under a new token, after its rights changed; it ends when it would have."""
    end_session(connection, held.id)
    token = secrets.token_urlsafe(32)
    values = {
        "id": digest_of(token),
        "account": held.account,
        "csrf": held.csrf,
        "seen": now(),
        "expires": held.expires,
    }
    connection.execute(session.insert().values(**values))
    return Opened(token, held.csrf, held.account)


def touch(connection: Connection, id: str) -> None:
    """Note that a session was used just now."""
    connection.execute(update(session).where(session.c.id == id, session.c.ended.is_(None)).values(seen=now()))


def end_session(connection: Connection, id: str) -> None:
    """End one session."""
    connection.execute(update(session).where(session.c.id == id, session.c.ended.is_(None)).values(ended=now()))


def end_sessions(connection: Connection, account_id: str) -> None:
    """End every session of an account: after its password or its rights changed, whoever holds one signs in anew."""
    of_account = (session.c.account == account_id) & session.c.ended.is_(None)
    connection.execute(update(session).where(of_account).values(ended=now()))
