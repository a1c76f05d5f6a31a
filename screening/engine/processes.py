"""Workers as processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from screening.engine.job import Answered, Crew, Ended, Event, Job, PlaceFile, Task, Worker
from screening.engine.working import Working

_LOOK = 1.0  # seconds between looks whether the parent lives
_PATIENCE = 5.0  # seconds for a process to end once it was killed


@dataclass(slots=True)
class _Process:
    name: str
    process: Any  # multiprocessing's SpawnProcess
    pipe: Connection

    def give(self, task: Task) -> None:
        try:
            self.pipe.send(task)
        except OSError:  # it has just ended; `wait` will say so
            return

    def end(self) -> None:
        self.process.kill()
        self.process.join(_PATIENCE)
        self.pipe.close()


@dataclass(slots=True)
class Processes(Crew):
    """Processes started anew, so that they share no lock or thread with this one; they end when it ends."""

    _hired: list[_Process] = field(default_factory=list)
    _count: int = 0

    def hire(self, job: Job, places: Path) -> Worker:
        """See Crew."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        name = f"process-{self._count}"
        self._count += 1
        process = context.Process(target=_work, args=(job, places, name, there, os.getpid()), name=name, daemon=True)
        process.start()
        there.close()  # so that the end of the process is seen as the end of the pipe
        self._hired.append(_Process(name, process, here))
        return self._hired[-1]

    def wait(self, workers: Sequence[Worker], seconds: float) -> list[Event]:
        """See Crew."""
        by_pipe = {each.pipe: each for each in self._hired if each in workers}
        return [self._event(by_pipe[pipe]) for pipe in wait(list(by_pipe), seconds) if isinstance(pipe, Connection)]

    def _event(self, worker: _Process) -> Event:
        try:
            return Answered(worker, worker.pipe.recv())
        except (EOFError, OSError):  # it has ended, perhaps in the middle of its answer
            worker.end()
            self._hired.remove(worker)
            return Ended(worker)

    def close(self) -> None:
        """See Crew."""
        for worker in self._hired:
            worker.end()
        self._hired.clear()


def _work(job: Job, places: Path, name: str, pipe: Connection, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends us
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    working = Working(job, PlaceFile(places / name))
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(working.do(task))


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os._exit(1)
