"""One thread that writes: changes that wait share one transaction, each in a savepoint, and one commit to disk.

A change that comes while the transaction is open joins it, so with 32 callers about 30 share a commit, where taking
only those that waited at its start gives 16 (`python -m benchmarks.service`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread
from time import sleep
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from service.store.errors import StoreBusy, StoreClosed, StoreError, told
from service.store.locked import until_unlocked

T = TypeVar("T")
#: Set on a connection while a change runs on it.
SHARED = "shared"
#: A commit waits for at most so many changes, so that the first of them is not kept waiting for long.
MOST_TOGETHER = 256
#: More than can wait behind one commit: a disk that does not answer, or a flood. They are refused at once.
MOST_WAITING = 1024
#: Seconds within which a caller that was woken is awake and wakes the next (some 20 microseconds, where it is let run).
ABOUT_TO_COME = 0.0005


class _TransactionLost(Exception):
    """SQLite rolled back more than one change, as it does where the disk is full or a trigger says so."""


class _Change:
    """Work in line, and what came of it.

    The changes of one commit are told in turn: each caller, awake, wakes the one behind it. Woken all at once, they
    would take the interpreter's lock from the writer by turns (what that costs: docs/keeping.md).
    """

    __slots__ = ("_behind", "_done", "_error", "_told", "_value", "work")

    def __init__(self, work: Callable[[Connection], object]) -> None:
        self.work = work
        self._value: object = None
        self._error: BaseException | None = None
        self._behind: _Change | None = None
        self._told = False
        self._done = Lock()  # held until the outcome is known
        self._done.acquire()

    @property
    def failed(self) -> bool:
        """Whether its error is known."""
        return self._error is not None

    @property
    def told(self) -> bool:
        """Whether its caller is awake, or about to be."""
        return self._told

    def holds(self, value: object) -> None:
        """Remember what the work gave; said to nobody before `tell`."""
        self._value = value

    def fail(self, error: BaseException) -> None:
        """Say that nothing of it is kept."""
        self._error = error
        self.tell()

    def wakes(self, behind: _Change) -> None:
        """Name the change, on disk too, whose caller is told next."""
        self._behind = behind

    def tell(self) -> None:
        """Wake the caller: the outcome is known, and where nothing failed it is on disk."""
        self._told = True
        self._done.release()

    def outcome(self) -> object:
        """Wait; the value, or the error raised."""
        try:
            self._done.acquire()
        except BaseException:  # Ctrl-C while it waited: those behind it are told all the same
            Thread(target=self._wake_behind_when_told, daemon=True).start()
            raise
        self._wake_behind()
        if self._error is not None:
            raise self._error
        return self._value

    def _wake_behind(self) -> None:
        behind, self._behind = self._behind, None
        if behind is not None:
            behind.tell()

    def _wake_behind_when_told(self) -> None:
        while not self.told:
            sleep(0.001)
        self._wake_behind()


class GroupCommit:
    """`write` returns only after the commit that holds the change is on disk (synchronous FULL)."""

    def __init__(self, engine: Engine, most_waiting: int = MOST_WAITING) -> None:
        self._engine = engine.execution_options(writing=True)
        self._most_waiting = most_waiting
        self._line: SimpleQueue[_Change | None] = SimpleQueue()
        self._gate = Lock()  # whoever passes it is in line before the end of the line
        self._closed = False
        self._last: _Change | None = None  # the one told last of the last commit
        self._connection: Connection | None = None
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, once on disk; its error undoes it alone.

        Raises StoreBusy where too many wait, StoreClosed, and another StoreError where the commit fails.
        """
        if current_thread() is self._thread:
            raise RuntimeError("a write inside a write: use the connection at hand")
        change = _Change(work)
        with self._gate:
            if self._closed:
                raise StoreClosed("The database is closed.", "Try again when the service has started.")
            if self._line.qsize() >= self._most_waiting:
                raise StoreBusy("Too many changes wait to be written.", "Try again in a second.")
            self._line.put(change)
        return cast(T, change.outcome())

    def close(self) -> None:
        """Write what waits, then stop; nothing is taken any more."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._line.put(None)
        self._thread.join()

    def _run(self) -> None:
        change = None
        try:
            while (change := self._line.get()) is not None:
                if not self._commit_with(change):
                    return
        except BaseException:
            if change is not None and not change.failed:
                change.fail(StoreClosed("The writer has stopped.", "Start the service again."))
            raise
        finally:
            self._disconnect()
            self._refuse_what_waits()

    def _commit_with(self, first: _Change) -> bool:
        """Commit `first` and those that join it; False where the end of the line was met among them."""
        batch = [first]
        going_on = True

        def join() -> None:
            nonlocal going_on
            while going_on and len(batch) < MOST_TOGETHER:
                try:
                    change = self._next()
                except Empty:
                    return
                if change is None:
                    going_on = False
                else:
                    batch.append(change)

        try:
            self._commit(batch, join)
        except _TransactionLost:
            for change in batch:  # the one to blame has its error; the others are innocent, and go one by one
                if not change.failed:
                    self._commit_alone(change)
        return going_on

    def _next(self) -> _Change | None:
        """What waits; raises Empty. While callers of the last commit are being woken, one may be about to come."""
        if self._last is None or self._last.told:
            return self._line.get_nowait()
        return self._line.get(timeout=ABOUT_TO_COME)

    def _commit_alone(self, change: _Change) -> None:
        with suppress(_TransactionLost):
            self._commit([change], lambda: None)

    def _commit(self, batch: list[_Change], join: Callable[[], None]) -> None:
        try:
            together = _Together(self._connect())
            for change in batch:  # grows as others join
                together.attempt(change)
                if change is batch[-1]:
                    join()
            together.commit()
        except _TransactionLost:
            self._disconnect()
            raise
        except BaseException as error:  # nothing of the batch is kept, whatever its parts gave
            self._disconnect()
            for change in batch:
                if not change.failed:
                    change.fail(_refusal(error))
            return
        kept = [change for change in batch if not change.failed]
        for change, behind in pairwise(kept):
            change.wakes(behind)
        if kept:
            self._last = kept[-1]
            kept[0].tell()

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        """Let the connection go after a fault: the next change begins on a fresh one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
                connection.close()

    def _refuse_what_waits(self) -> None:
        """Nobody waits for ever, not even where this thread has come to grief."""
        with self._gate:
            self._closed = True
            with suppress(Empty):
                while True:
                    if change := self._line.get_nowait():
                        change.fail(StoreClosed("The writer has stopped.", "Start the service again."))


class _Together:
    """The transaction that the changes of a batch share."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transaction = until_unlocked(connection.begin)
        driver: Any = connection.connection.dbapi_connection
        self._driver = driver
        self._cursor = driver.cursor()
        self._marks = connection.info

    def attempt(self, change: _Change) -> None:
        """Run one change in a savepoint; its error undoes it alone. Raises _TransactionLost where all are undone."""
        self._cursor.execute("SAVEPOINT change")  # by the driver, for speed
        self._marks[SHARED] = True
        try:
            change.holds(change.work(self._connection))
            fault = None
        except BaseException as error:
            fault = told(error)
        finally:
            self._marks[SHARED] = False
        lost = not (self._driver.in_transaction and self._transaction.is_active)
        if lost or fault is not None:
            change.fail(fault or RuntimeError("a change ended the transaction it shares with others"))
        if lost:
            raise _TransactionLost
        if fault is not None:
            self._cursor.execute("ROLLBACK TO change")
        self._cursor.execute("RELEASE change")

    def commit(self) -> None:
        """Put all of it on disk."""
        self._transaction.commit()


def keep_shared(connection: Connection) -> None:
    """Refuse a commit or a rollback by one change: the transaction is not its own (an event of the engine)."""
    if connection.info.get(SHARED):
        raise RuntimeError("a change may not commit or roll back: raise an error to undo it")


def _refusal(error: BaseException) -> BaseException:
    """An error for one of the callers of a batch: each raises an object of its own where it is the store's."""
    if isinstance(error, (DBAPIError, sqlite3.Error)) and (known := told(error)) is error:
        known = StoreError("The change could not be written; nothing of it was kept.", "Try again.")
        known.__cause__ = error
        return known
    return told(error)
