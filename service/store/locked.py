"""What SQLite says when it cannot go on: another process holds the file, the disk is full, the file is damaged."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
#: A backup tool or a second worker lets go within this time, or the callers are told (seconds).
PATIENCE = 60.0
_PAUSE = 0.02
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def code_of(error: BaseException) -> int | None:
    """SQLite's primary result code behind `error`; None where it has none."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def is_locked(error: BaseException) -> bool:
    """Whether another connection held what this one needed."""
    return code_of(error) in _LOCKED


def is_full(error: BaseException) -> bool:
    """Whether the disk is full."""
    return code_of(error) == sqlite3.SQLITE_FULL


def is_damaged(error: BaseException) -> bool:
    """Whether the file is no sound database."""
    return code_of(error) in _DAMAGED


def until_unlocked(begin: Callable[[], T], patience: float = PATIENCE) -> T:
    """What `begin` gives once it no longer meets a lock; its error after `patience` seconds.

    SQLite's own waiting (busy_timeout) is passed over where it sees a deadlock, and in the change to WAL.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return begin()
        except (sqlite3.OperationalError, DBAPIError) as error:
            if not is_locked(error) or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
