"""A job of numbers for tries of the engine: some items end the worker, stall it, or fail."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from ontology.errors import PhenomapError
from screening.engine.job import Doing, Place, Task


@dataclass(frozen=True, slots=True)
class NumbersJob:
    """Adds up the numbers 0 to argument - 1, an item each, without those to be skipped.

    `kills` are (task, item) that end the worker each time (item -1: before the first), `kills_once` those that do so
    until a file in `folder` says that they have, `stalls` those that never end; `fails` are tasks that raise a
    PhenomapError, `breaks` tasks with a fault.
    """

    folder: Path
    kills: frozenset[tuple[int, int]] = frozenset()
    kills_once: frozenset[tuple[int, int]] = frozenset()
    stalls: frozenset[tuple[int, int]] = frozenset()
    fails: frozenset[int] = frozenset()
    breaks: frozenset[int] = frozenset()
    opens: bool = True

    def open(self) -> Doing:
        """See Job."""
        if not self.opens:
            raise PhenomapError("It does not open.", "Build it first.")
        return self._do

    def _do(self, task: Task, place: Place) -> object:
        if task.number in self.fails:
            raise PhenomapError("The disk is full.", "Make room.")
        if task.number in self.breaks:
            raise ValueError("words of a note")
        self._try(task.number, -1)
        skipped = {item for item, _ in task.skip}
        total = 0
        for item in range(int(str(task.argument))):
            place(item)
            if item in skipped:
                continue
            self._try(task.number, item)
            total += item
        return total

    def _try(self, task: int, item: int) -> None:
        at = task, item
        mark = self.folder / f"killed-{task}-{item}"
        if at in self.kills or (at in self.kills_once and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if at in self.stalls:
            time.sleep(600)
