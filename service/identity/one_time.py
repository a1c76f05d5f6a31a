"""Secrets that hold once: links for a first sign-in, and the ids of machines' tokens, which may not come twice."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from service.store.tables import now, one_time_secret


class Purpose(StrEnum):
    """What a secret is for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    PASSWORD = "password"  # noqa: S105 the purpose of a secret, not one
    DEMONSTRATION = "demonstration"
    REPLAY = "replay"


#: How long each kind of link holds.
LASTS = {
    Purpose.FIRST_ADMINISTRATOR: timedelta(hours=1),
    Purpose.PASSWORD: timedelta(hours=24),
    Purpose.DEMONSTRATION: timedelta(hours=12),
}


def digest_of(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for secrets of 256 random bits, which nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(connection: Connection, purpose: Purpose, account: str) -> str:
    """A new secret for `account`; those it had for this purpose before hold no longer."""
    earlier = (one_time_secret.c.account == account) & (one_time_secret.c.purpose == purpose.value)
    connection.execute(delete(one_time_secret).where(earlier, one_time_secret.c.used.is_(None)))
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest_of(secret), "purpose": purpose.value, "account": account}
    connection.execute(one_time_secret.insert().values(**values, expires=now() + LASTS[purpose]))
    return secret


def account_of(connection: Connection, secret: str, *purposes: Purpose) -> str | None:
    """Whom an unused secret for one of `purposes` was issued to; it stays unused."""
    found = connection.execute(
        select(one_time_secret.c.account).where(
            one_time_secret.c.digest == digest_of(secret),
            one_time_secret.c.purpose.in_([purpose.value for purpose in purposes]),
            one_time_secret.c.used.is_(None),
            one_time_secret.c.expires > now(),
        )
    ).scalar()
    return None if found is None else str(found)


def use(connection: Connection, secret: str, *purposes: Purpose) -> str | None:
    """Use a secret up; whom it was issued to, or None where it does not hold (any longer)."""
    account = account_of(connection, secret, *purposes)
    unused = (one_time_secret.c.digest == digest_of(secret)) & one_time_secret.c.used.is_(None)
    if account is None or connection.execute(update(one_time_secret).where(unused).values(used=now())).rowcount != 1:
        return None
    return account


def seen_before(connection: Connection, id: str, expires: datetime) -> bool:
    """Whether `id` has come before; it is remembered until it `expires`, when it would be refused for its age."""
    old = (one_time_secret.c.purpose == Purpose.REPLAY.value) & (one_time_secret.c.expires < now())
    connection.execute(delete(one_time_secret).where(old))
    row = {"digest": digest_of(id), "purpose": Purpose.REPLAY.value, "expires": expires, "used": now()}
    try:
        with connection.begin_nested():
            connection.execute(one_time_secret.insert().values(**row))
    except IntegrityError:
        return True
    return False
