"""A request that comes twice is done once: the first answer is kept under the caller's key, and given again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ontology.errors import InputError
from service.store.errors import KeyReused as KeyReused
from service.store.tables import idempotency, now

#: Printable ASCII without a space, as the column is long.
_KEY = re.compile(r"[!-~]{1,100}")
#: Ids, versions and counts: an answer is kept beside the cases, not sealed with them.
Answer = Mapping[str, str | int | bool | None]


class Once(NamedTuple):
    """What was answered, and whether that was to an earlier request with the same key."""

    status: int
    answer: dict[str, Any]
    repeated: bool


def request_digest(method: str, path: str, body: bytes) -> str:
    """SHA-256 (hexadecimal) of a request, each part with its length before it."""
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()


def once(
    connection: Connection,
    account_id: str,
    key: str,
    request_digest: str,
    work: Callable[[Connection], tuple[int, Answer]],
) -> Once:
    """Do `work` and keep its status and answer under `key`, or give what an earlier request got.

    All in the caller's transaction: an error of `work` leaves the key free. Of two requests at once the second waits
    for the first. Raises InputError for a key of another form, KeyReused where the key came with another request.
    """
    if not _KEY.fullmatch(key):
        raise InputError("Idempotency-Key", "This is no key.", "Send 1 to 100 printable ASCII characters, no space.")
    if _taken(connection, account_id, key, request_digest):
        status, answer = work(connection)
        mine = (idempotency.c.account == account_id) & (idempotency.c.key == key)
        connection.execute(update(idempotency).where(mine).values(status=status, answer=dict(answer)))
        return Once(status, dict(answer), repeated=False)
    kept = connection.execute(
        select(idempotency).where(idempotency.c.account == account_id, idempotency.c.key == key)
    ).one()
    if kept.request != request_digest:
        raise KeyReused(
            "This idempotency key was sent before, with another request.", "Send a new key with each new request."
        )
    return Once(kept.status, kept.answer, repeated=True)


def forget_answers(connection: Connection, before: datetime) -> int:
    """Delete what was kept before that moment; how many. A request repeated later is done anew."""
    return connection.execute(delete(idempotency).where(idempotency.c.created < before)).rowcount


def _taken(connection: Connection, account_id: str, key: str, digest: str) -> bool:
    """Whether the key was free, and is this request's now. On PostgreSQL it waits for another's transaction to end."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"account": account_id, "key": key, "request": digest, "status": 0, "answer": {}, "created": now()}
    taken = insert(idempotency).values(row).on_conflict_do_nothing().returning(idempotency.c.key)
    return connection.execute(taken).one_or_none() is not None
