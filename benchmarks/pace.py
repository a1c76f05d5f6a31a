"""Times in seconds of a reference machine: so that a bound says the same on a busy or a slower one.

Beside each run of what is timed, a fixed piece of work is timed, too. Where that takes longer than it does on the
reference machine when idle, the run is taken to have been slowed as much. A faster machine is not scaled up: the bound
holds in its own seconds there.
"""

from __future__ import annotations

import gc
import hashlib
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

#: So many runs for about so long: many of short ones, one of what takes longer.
_RUNS = ((9, 0.5), (3, 2.0), (1, float("inf")))


@dataclass(frozen=True, slots=True)
class Pace:
    """A clock, in seconds, and how fast by it the reference machine does a piece of work (`reference_seconds`)."""

    clock: Callable[[], float]
    work: Callable[[], object]
    reference_seconds: float

    def seconds(self, action: Callable[[], object]) -> float:
        """Seconds that `action` takes on the reference machine: the least of some runs, without garbage collection.

        Each run lies between two of the reference work; the faster of both tells the machine's pace, so that a moment's
        hindrance of the one does not make the other look fast.
        """
        found: list[float] = []
        collects = gc.isenabled()
        gc.disable()
        try:
            self.work()
            began, before = time.perf_counter(), self._taken(self.work)
            while any(len(found) < runs and time.perf_counter() - began < most for runs, most in _RUNS):
                taken, after = self._taken(action), self._taken(self.work)
                found.append(taken / self.slowness(min(before, after)))
                before = after
        finally:
            if collects:
                gc.enable()
        return min(found)

    def slowness(self, taken: float) -> float:
        """How many times slower than the reference machine one is that takes so long for the work; never below 1."""
        return max(1.0, taken / self.reference_seconds)

    def _taken(self, action: Callable[[], object]) -> float:
        started = self.clock()
        action()
        return self.clock() - started


def cpu_clock() -> float:
    """CPU seconds of this process and of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


_WORDS = tuple(f"word{number * 7919 % 10_007}" for number in range(3_000))
_PLACES = np.random.default_rng(7).permutation(1 << 20).astype(np.int32)
_SIGNS = np.arange(1 << 22, dtype=np.uint32).astype(np.uint8)
_PLACES.setflags(write=False)
_SIGNS.setflags(write=False)


def mixed_work() -> None:
    """What readers and rankers do: words counted and sorted in Python, and 4 MB compared and gathered by numpy."""
    seen: dict[str, int] = {}
    for _ in range(4):
        for word in _WORDS:
            seen[word] = seen.get(word, 0) + len(word)
    sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    at = np.flatnonzero(_SIGNS == 17)
    _SIGNS[_PLACES[: 1 << 18]].sum(dtype=np.int64)
    np.diff(_PLACES).max()
    at.sum()


def hashing() -> None:
    """What opening the knowledge mostly is: sums, of 16 MB on each of two threads."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: [hashlib.sha256(_SIGNS.data).digest() for _ in range(4)], range(2)))


#: The reference machine: two cores of a virtual x86-64 server (AMD EPYC, with instructions for SHA), CPython 3.11,
#: numpy 2. Each figure is the least of many runs by `python -m benchmarks.pace`; sums hardly feel what else is running.
CPU = Pace(cpu_clock, mixed_work, 0.0029)
HASHING = Pace(cpu_clock, hashing, 0.0192)


def main() -> None:
    """Print the least seconds of each reference work on this machine."""
    for name, pace, runs in (("CPU", CPU, 3_000), ("HASHING", HASHING, 400)):
        print(name, min(pace._taken(pace.work) for _ in range(runs)))


if __name__ == "__main__":
    main()
