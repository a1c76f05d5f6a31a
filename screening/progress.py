"""How far a run is, on stderr: a line that is written over on a terminal, one a minute elsewhere; numbers alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

_ON_TERMINAL, _IN_LOG = 0.5, 60.0  # seconds between lines


@dataclass(slots=True)
class Progress:
    """Counts of one stage. `whole` is how many there are, None where nobody knows."""

    out: TextIO
    stage: str
    unit: str
    whole: int | None = None
    clock: Callable[[], float] = time.monotonic
    _done: int = 0
    _first: int = 0
    _began: float = field(default=-1.0)
    _told: float = 0.0

    def begin(self, done: int = 0) -> None:
        """Start the clock; `done` were done before, and take no part in the rate."""
        self._began = self._told = self.clock()
        self._done = self._first = done

    def reach(self, done: int) -> None:
        """So many are done by now."""
        self._done = done
        now = self.clock()
        if now - self._told >= (_ON_TERMINAL if self.out.isatty() else _IN_LOG):
            self._told = now
            self._say("\r" if self.out.isatty() else "\n")

    def add(self, more: int) -> None:
        """So many more are done."""
        self.reach(self._done + more)

    def end(self) -> float:
        """Say the last state; the rate of this stage, a second."""
        self._say("\n")
        return self.rate()

    def rate(self) -> float:
        """How many a second since `begin`."""
        return (self._done - self._first) / max(self.clock() - self._began, 1e-9)

    def _say(self, end: str) -> None:
        rate = self.rate()
        words = f"{self.stage}: {self._done:,}{'' if self.whole is None else f' of {self.whole:,}'} {self.unit}"
        words += f" · {rate:,.0f}/s"
        if self.whole is not None and rate > 0 and self._done < self.whole:
            words += f" · {_left((self.whole - self._done) / rate)} left"
        self.out.write(f"{words:<78}{end}" if end == "\r" else f"{words:<78}".rstrip() + end)
        self.out.flush()


def _left(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
