"""Signing in with a password or a one-time link, and choosing a password. Each opens a session with a token of its own.

A refusal tells nothing: an unknown name, a wrong password, a closed and a locked account look alike and cost the same,
one Argon2id and one durable write.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from service.audit.trail import Action, record
from service.identity import accounts, directory, one_time
from service.identity.identity import Identity
from service.identity.lockout import wait_after
from service.identity.oidc import ProviderRefused
from service.identity.one_time import Purpose, digest_of
from service.identity.passwords import Verified, canonical_name, faults_of_password
from service.identity.sessions import Opened, end_session, open_session
from service.problems import ProblemError, invalid
from service.store.tables import account, now

UNKNOWN = "unknown"
_LINKS = (Purpose.FIRST_ADMINISTRATOR, Purpose.PASSWORD)
_REFUSED = "The name or the password is wrong, or there were too many attempts. Wait a little before the next."
_LINK_REFUSED = "This link holds no longer. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an attempt comes from: its address, and the token its browser held before, which ends."""

    address: str
    earlier_token: str | None = None


def with_password(identity: Identity, visitor: Visitor, name: str, password: str) -> Opened:
    """Open a session; raises a 401 or 429 problem. Takes tens of milliseconds of a processor: run it in a lane."""
    refuse_hurry(identity, visitor)
    row = identity.database.read(lambda connection: accounts.find_account(connection, name))
    encoded = row.password if row is not None else None
    verified = identity.passwords.verify(encoded, password)
    # The account is read again in the write, one after another, so that guesses made at once are counted one by one.
    opened = identity.database.write(
        partial(_settle, identity=identity, visitor=visitor, name=name, encoded=encoded, verified=verified)
    )
    return _or_refuse(identity, visitor, opened, _REFUSED)


def with_link(identity: Identity, visitor: Visitor, secret: str) -> Opened:
    """Open the session of a demonstration's link, once; raises a 401 or 429 problem."""
    refuse_hurry(identity, visitor)

    def work(connection: Connection) -> Opened | None:
        owner = one_time.use(connection, secret, Purpose.DEMONSTRATION)
        if owner is None:
            record(connection, UNKNOWN, Action.SIGN_IN_FAILED, "account", UNKNOWN, detail={"by": "link"})
            return None
        return open_for(connection, identity, visitor, owner, "link")

    return _or_refuse(identity, visitor, identity.database.write(work), _LINK_REFUSED)


def with_directory(identity: Identity, visitor: Visitor, kept: str, state: str, code: str) -> Opened:
    """Open the session of whom the provider's answer names; raises as Provider.finish, or a 401 or 429 problem."""
    refuse_hurry(identity, visitor)
    provider, settings = identity.provider, identity.settings.oidc
    assert provider is not None
    assert settings is not None
    try:
        who = provider.finish(kept, state, code)
    except ProviderRefused:
        identity.addresses.failed(visitor.address)
        identity.database.write(directory.refused)
        raise

    def work(connection: Connection) -> Opened | None:
        owner = directory.account_for(connection, who, settings.groups)
        if owner is None:
            directory.refused(connection)
            return None
        return open_for(connection, identity, visitor, owner, directory.BY)

    return _or_refuse(
        identity, visitor, identity.database.write(work), "The directory knows you, and this service not."
    )


def choose_password(identity: Identity, visitor: Visitor, secret: str, password: str) -> Opened:
    """Set the password of a link's account and open its session; raises a 401, 422 or 429 problem."""
    refuse_hurry(identity, visitor)

    def owner_name(connection: Connection) -> str | None:
        owner = one_time.account_of(connection, secret, *_LINKS)
        return connection.execute(select(account.c.name).where(account.c.id == owner)).scalar()

    name = identity.database.read(owner_name)
    if name is not None:
        _refuse_weak(password, name)
    encoded = identity.passwords.encode(password)

    def work(connection: Connection) -> Opened | None:
        owner = one_time.use(connection, secret, *_LINKS)
        if owner is None:
            record(connection, UNKNOWN, Action.SIGN_IN_FAILED, "account", UNKNOWN, detail={"by": "link"})
            return None
        accounts.set_password(connection, owner, encoded, by=owner)
        return open_for(connection, identity, visitor, owner, "link")

    return _or_refuse(identity, visitor, identity.database.write(work), _LINK_REFUSED)


def change_password(identity: Identity, visitor: Visitor, account_id: str, current: str, password: str) -> Opened:
    """Change one's own password and go on in a new session, the others ended; raises a 401, 422 or 429 problem."""
    refuse_hurry(identity, visitor)
    row = identity.database.read(lambda c: c.execute(select(account).where(account.c.id == account_id)).one())
    _refuse_weak(password, row.name)
    verified = identity.passwords.verify(row.password, current)
    encoded = identity.passwords.encode(password)

    def work(connection: Connection) -> Opened | None:
        found = connection.execute(select(account).where(account.c.id == account_id).with_for_update()).one()
        if not _may_enter(found, row.password, verified):
            _count_failure(connection, found)
            return None
        accounts.set_password(connection, account_id, encoded, by=account_id)
        return open_for(connection, identity, visitor, account_id, "password")

    return _or_refuse(identity, visitor, identity.database.write(work), _REFUSED)


def _settle(
    connection: Connection, *, identity: Identity, visitor: Visitor, name: str, encoded: str | None, verified: Verified
) -> Opened | None:
    chosen = select(account).where(account.c.name == canonical_name(name)).with_for_update()
    row = connection.execute(chosen).first()
    if row is None:
        record(connection, UNKNOWN, Action.SIGN_IN_FAILED, "account", UNKNOWN, detail={"by": "password"})
        return None
    if not _may_enter(row, encoded, verified):
        _count_failure(connection, row)
        return None
    values = {"failures": 0, "locked_until": None, "password": verified.encoded_anew or row.password}
    connection.execute(update(account).where(account.c.id == row.id).values(**values))
    return open_for(connection, identity, visitor, row.id, "password")


def _may_enter(row: Row[Any], encoded: str | None, verified: Verified) -> bool:
    return verified.right and row.active and row.password == encoded and not _locked(row)


def _locked(row: Row[Any]) -> bool:
    return row.locked_until is not None and row.locked_until > now()


def _count_failure(connection: Connection, row: Row[Any]) -> None:
    """Count it, unless the door is shut already: who knocks meanwhile does not shut it for longer."""
    record(connection, row.id, Action.SIGN_IN_FAILED, "account", row.id, detail={"by": "password"})
    if _locked(row):
        return
    wait = wait_after(row.failures + 1)
    values = {"failures": row.failures + 1, "locked_until": now() + wait if wait else None}
    connection.execute(update(account).where(account.c.id == row.id).values(**values))
    if wait:
        detail = {"seconds": int(wait.total_seconds())}
        record(connection, row.id, Action.LOCK, "account", row.id, detail=detail)


def open_for(connection: Connection, identity: Identity, visitor: Visitor, account_id: str, by: str) -> Opened | None:
    """Open a session of an active account, and end the browser's earlier one; None for an account that is closed."""
    if not connection.execute(select(account.c.active).where(account.c.id == account_id)).scalar():
        return None
    if visitor.earlier_token:
        end_session(connection, digest_of(visitor.earlier_token))
    record(connection, account_id, Action.SIGN_IN, "account", account_id, detail={"by": by})
    return open_session(connection, account_id, identity.settings.longest)


def refuse_hurry(identity: Identity, visitor: Visitor) -> None:
    """Raise a 429 problem where there were too many attempts from this address."""
    wait = identity.addresses.wait(visitor.address)
    if wait:
        headers = {"Retry-After": str(int(wait) + 1)}
        raise ProblemError(429, "Too many attempts from this address.", headers=headers)


def _refuse_weak(password: str, name: str) -> None:
    faults = faults_of_password(password, name)
    if faults:
        raise invalid(faults)


def _or_refuse(identity: Identity, visitor: Visitor, opened: Opened | None, refusal: str) -> Opened:
    if opened is None:
        identity.addresses.failed(visitor.address)
        raise ProblemError(401, refusal)
    return opened
