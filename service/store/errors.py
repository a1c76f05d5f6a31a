"""What may be wrong with the store. None of it holds what was to be stored."""

from __future__ import annotations

import sqlite3
from typing import NoReturn

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ontology.errors import PhenomapError
from service.store.locked import code_of, is_damaged, is_full, is_locked


class StoreError(PhenomapError):
    """The database cannot be used."""


class StoreBusy(StoreError):
    """Too much waits already, or another process holds the database: the same request may succeed later."""


class StoreFull(StoreError):
    """The disk is full."""


class StoreClosed(StoreError):
    """The service is stopping."""


class Stale(PhenomapError):
    """What is to be changed was changed since the caller read it."""


class KeyReused(PhenomapError):
    """An idempotency key came with another request than the first time."""


#: PostgreSQL: serialization failure, deadlock, lock not available, too many connections.
_BUSY_STATES = frozenset({"40001", "40P01", "55P03", "53300"})
_FULL_STATES = frozenset({"53100"})
_UNWRITABLE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's SQLSTATE behind `error`; None where it has none."""
    state: str | None = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state


def told(error: BaseException) -> BaseException:
    """What a caller is told of `error`: a StoreError where the store is at fault, else `error` itself."""
    known = _store_error(error)
    if known is None:
        return error
    known.__cause__ = error
    return known


def raise_told(error: Exception) -> NoReturn:
    """Raise what a caller is told of `error`."""
    known = told(error)
    if known is error:
        raise error
    raise known from error


def _store_error(error: BaseException) -> StoreError | None:
    if isinstance(error, PoolTimeout):
        return StoreBusy("Every connection to the database is in use.", "Try again in a second.")
    if not isinstance(error, (DBAPIError, sqlite3.Error)):
        return None
    if is_full(error) or state_of(error) in _FULL_STATES:
        return StoreFull("The disk of the database is full; nothing of the change was kept.", "Make room on it.")
    if is_locked(error) or state_of(error) in _BUSY_STATES:
        return StoreBusy("Others hold the database.", "Try again; a backup or another service runs on it.")
    if is_damaged(error):
        return StoreError("The database is damaged.", "Restore a backup: `phenomap restore SOURCE --force`.")
    if code_of(error) in _UNWRITABLE:
        return StoreError("The database cannot be written.", "Check its disk, its folder and their permissions.")
    if isinstance(error, OperationalError) and code_of(error) is None:
        return StoreError("The database does not answer.", "See that it runs, and that this account may use it.")
    return None
