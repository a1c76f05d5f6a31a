"""What an engine carries out, and the seam between engines: workers that are hired, given a task, and waited for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from screening.record import Reason

_WIDTH = 8  # bytes of the number of an item


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work made of numbered items. `skip` are (item, reason) that ended workers before: not to be tried.

    `careful` asks that the place of the work be on disk before each item, as after a worker's end.
    """

    number: int
    argument: object
    skip: tuple[tuple[int, Reason], ...] = ()
    careful: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The work itself failed in a way that trying again does not mend, such as a full disk; in words for people."""

    what: str
    mend: str


Place = Callable[[int], None]
#: Does one task, telling each item before it begins it.
Doing = Callable[[Task, Place], object]


class Job(Protocol):
    """Opened once in each worker; what it holds is sent there, so it is small."""

    def open(self) -> Doing:
        """Open everything that the work needs."""
        ...


class Worker(Protocol):
    """One worker that does a task at a time."""

    @property
    def name(self) -> str:
        """Tells workers apart in one run."""
        ...

    def give(self, task: Task) -> None:
        """Begin `task`."""
        ...

    def end(self) -> None:
        """End it at once, whatever it does."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """A worker has done its task, or failed at it."""

    worker: Worker
    answer: object


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker is no more; what it was given is not done."""

    worker: Worker


Event = Answered | Ended


class Crew(Protocol):
    """The seam: processes of this machine (`processes`), or actors of a Ray cluster (`rays`)."""

    def hire(self, job: Job, places: Path) -> Worker:
        """Start a worker that opens `job` and keeps its place in a file of `places` (see PlaceFile)."""
        ...

    def wait(self, workers: Sequence[Worker], seconds: float) -> list[Event]:
        """What has come of workers that were given a task, within `seconds`; empty where nothing has."""
        ...

    def close(self) -> None:
        """End every worker."""
        ...


@dataclass(slots=True)
class PlaceFile:
    """Where a worker is, in a file that outlives it: `task` and item, two numbers of eight bytes.

    With `sure` a place is on disk when `note` returns, and so is seen over a network file system, too.
    """

    file: Path
    _open: int = field(default=-1)

    def note(self, task: int, item: int, sure: bool = False) -> None:
        """Write the place; item -1 before the first."""
        if self._open < 0:
            self._open = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(self._open, _bytes(task) + _bytes(item), 0)
        if sure:
            os.fsync(self._open)

    def read(self) -> tuple[int, int] | None:
        """The task and item noted last; None where nothing was."""
        try:
            held = self.file.read_bytes()
        except FileNotFoundError:
            return None
        if len(held) != 2 * _WIDTH:
            return None
        return _number(held[:_WIDTH]), _number(held[_WIDTH:])


def _bytes(number: int) -> bytes:
    return number.to_bytes(_WIDTH, "big", signed=True)


def _number(held: bytes) -> int:
    return int.from_bytes(held, "big", signed=True)
