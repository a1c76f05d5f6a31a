"""Work that keeps a processor busy, off the event loop and bounded: what cannot wait in line is refused at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import ParamSpec, TypeVar

from service.problems import ProblemError

P = ParamSpec("P")
T = TypeVar("T")


class Lane:
    """A pool of `workers` threads with at most `waiting` calls in line behind them."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="lane")
        self._bound = workers + waiting
        self._held = 0
        self._lock = Lock()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`; raises a 503 problem with Retry-After where the line is full.

        A caller that goes away leaves its work to end; the place is free only then.
        """
        with self._lock:
            if self._held >= self._bound:
                raise ProblemError(503, "Too many requests wait already.", headers={"Retry-After": "1"})
            self._held += 1
        future = self._pool.submit(work, *args, **kwargs)
        future.add_done_callback(self._release)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take no more work; what waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _release(self, _: Future[T]) -> None:
        with self._lock:
            self._held -= 1
