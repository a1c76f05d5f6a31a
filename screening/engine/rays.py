"""Workers as actors of a Ray cluster, for what outgrows one machine; the library is an extra (`phenomap[cluster]`).

The folder of the run must be seen by every node under the same path (a shared file system): parts are read and results
written there, and Ray carries task numbers alone. No note passes through Ray's object store.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ontology.errors import PhenomapError
from screening.engine.job import Answered, Crew, Ended, Event, Job, PlaceFile, Task, Worker
from screening.engine.working import Working

#: What a worker takes of a node: one processor; its memory is that of docs/screening.md.
_PROCESSORS = 1


class _Actor:
    """Lives in the cluster: a job opened once, and its place."""

    def __init__(self, job: Job, place: Path) -> None:
        self._working = Working(job, PlaceFile(place))

    def do(self, task: Task) -> object:
        return self._working.do(task)


@dataclass(slots=True)
class _Hired:
    name: str
    actor: Any  # ray.actor.ActorHandle
    ray: Any
    future: Any = None

    def give(self, task: Task) -> None:
        self.future = self.actor.do.remote(task)

    def end(self) -> None:
        self.ray.kill(self.actor, no_restart=True)


@dataclass(slots=True)
class RayCrew(Crew):
    """Actors of one cluster. `ray` is the library, connected; with `leaves` it is left when the crew is closed."""

    ray: Any
    leaves: bool = True
    _hired: list[_Hired] = field(default_factory=list)
    _count: int = 0

    @classmethod
    def connected(cls, address: str) -> RayCrew:
        """Join the cluster at `address` (`local` starts one on this machine); raises PhenomapError."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a hospital's machine calls nobody
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            import ray
        except ImportError:
            raise PhenomapError("Ray is not installed here.", "Install phenomap[cluster], or use --workers.") from None
        try:
            here: dict[str, Any] = {"include_dashboard": False} if address == "local" else {}
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **here)
        except (ConnectionError, ValueError, RuntimeError, OSError):
            raise PhenomapError(
                "No Ray cluster answers at the address given.", "Start it with `ray start --head`, or name another."
            ) from None
        return cls(ray)

    def places(self) -> int:
        """How many workers the cluster has processors for."""
        return int(self.ray.cluster_resources().get("CPU", 1)) // _PROCESSORS

    def hire(self, job: Job, places: Path) -> Worker:
        """See Crew."""
        name = f"actor-{self._count}"
        self._count += 1
        remote = self.ray.remote(num_cpus=_PROCESSORS, max_restarts=0, max_task_retries=0)(_Actor)
        self._hired.append(_Hired(name, remote.remote(job, places / name), self.ray))
        return self._hired[-1]

    def wait(self, workers: Sequence[Worker], seconds: float) -> list[Event]:
        """See Crew."""
        by_future = {each.future: each for each in self._hired if each in workers}
        ready, _ = self.ray.wait(list(by_future), num_returns=1, timeout=seconds)
        return [self._event(by_future[future]) for future in ready]

    def _event(self, worker: _Hired) -> Event:
        try:
            return Answered(worker, self.ray.get(worker.future))
        except self.ray.exceptions.RayError:
            self._hired.remove(worker)
            return Ended(worker)

    def close(self) -> None:
        """See Crew."""
        for worker in self._hired:
            worker.end()
        self._hired.clear()
        if self.leaves:
            self.ray.shutdown()
