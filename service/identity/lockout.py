"""How long a door stays shut after wrong passwords: for an account, in its row; for an address, in memory.

The numbers were chosen, not measured: at the account's pace, a guesser has about a hundred guesses a day.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

#: Wrong passwords that cost nothing: people mistype.
FREE_OF_ACCOUNT = 5
FIRST_WAIT = timedelta(seconds=30)
#: Bounded, so that whoever only knows a name cannot shut its owner out for a day.
LONGEST_WAIT = timedelta(minutes=15)

#: A hospital may stand behind one address, so that it is given more.
FREE_OF_ADDRESS = 30
ADDRESS_FORGOTTEN = 15 * 60.0
ADDRESSES_KEPT = 10_000


def wait_after(failures: int, free: int = FREE_OF_ACCOUNT) -> timedelta:
    """How long the door stays shut after so many wrong passwords in a row: twice as long each time."""
    if failures < free:
        return timedelta()
    return min(FIRST_WAIT * int(2 ** min(failures - free, 16)), LONGEST_WAIT)


class Addresses:
    """Failures by address, for the most recent ones; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = ADDRESSES_KEPT) -> None:
        self._clock = clock
        self._most = most
        self._seen: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str) -> float:
        """Seconds until `address` may try again; 0 where it may now."""
        with self._lock:
            failures, at = self._seen.get(address, (0, 0.0))
        return max(0.0, at + wait_after(failures, FREE_OF_ADDRESS).total_seconds() - self._clock()) if failures else 0.0

    def failed(self, address: str) -> None:
        """Count a failure; a right password does not take it back, or any account would open the door to guessing."""
        now = self._clock()
        with self._lock:
            failures, at = self._seen.pop(address, (0, now))
            self._seen[address] = (1 if now - at > ADDRESS_FORGOTTEN else failures + 1, now)
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
