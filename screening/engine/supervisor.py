"""Tasks given to workers until all are done; what ends workers is found, set aside, and the run goes on."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ontology.errors import PhenomapError
from screening.engine.job import Answered, Crew, Failed, Job, PlaceFile, Task, Worker
from screening.record import Reason

#: A worker may be ended by others, by chance at one note twice; three times at one note is the note.
TRIES = 3
#: A note that is read for so long is not going to be read: the longest ordinary ones take a second.
SLOW_SECONDS = 120.0
#: Until a worker is first heard of: a busy node takes a while to start one, and no note is to blame.
START_SECONDS = 600.0
_LOOK = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Done:
    """A task and what came of it."""

    task: Task
    answer: object


@dataclass(frozen=True, slots=True)
class Poisoned:
    """An item of a task that ended its workers; the task goes on without it."""

    task: int
    item: int
    reason: Reason


@dataclass(slots=True)
class _Hand:
    """A worker in our hands: its task, and the place where it was last seen to move."""

    worker: Worker
    place: PlaceFile
    task: Task
    seen: tuple[int, int] | None = None
    since: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Carries out tasks with at most `workers` workers, who keep their places in the folder `places`."""

    crew: Crew
    job: Job
    workers: int
    places: Path
    slow: float = SLOW_SECONDS
    start: float = START_SECONDS
    clock: Callable[[], float] = time.monotonic
    _hands: dict[str, _Hand] = field(default_factory=dict)
    _idle: list[Worker] = field(default_factory=list)
    _deaths: Counter[tuple[int, int]] = field(default_factory=Counter)

    def carry_out(self, tasks: Iterable[Task]) -> Iterator[Done | Poisoned]:
        """Every task's answer as it comes, in no order; raises PhenomapError where work itself fails."""
        waiting = deque(tasks)
        try:
            while waiting or self._hands:
                self._give(waiting)
                for event in self.crew.wait([hand.worker for hand in self._hands.values()], _LOOK):
                    hand = self._hands.pop(event.worker.name)
                    if isinstance(event, Answered):
                        self._idle.append(event.worker)
                        yield Done(hand.task, _unfailed(event.answer))
                    else:
                        yield from self._again(hand, waiting, Reason.READER_KILLED)
                for hand in self._stalled():
                    del self._hands[hand.worker.name]
                    hand.worker.end()
                    yield from self._again(hand, waiting, Reason.TOO_SLOW)
        finally:
            self.crew.close()

    def _give(self, waiting: deque[Task]) -> None:
        while waiting and len(self._hands) < self.workers:
            worker = self._idle.pop() if self._idle else self.crew.hire(self.job, self.places)
            task = waiting.popleft()
            self._hands[worker.name] = _Hand(worker, PlaceFile(self.places / worker.name), task, since=self.clock())
            worker.give(task)

    def _stalled(self) -> list[_Hand]:
        now = self.clock()
        for hand in self._hands.values():
            if (at := hand.place.read()) != hand.seen:
                hand.seen, hand.since = at, now
        return [hand for hand in self._hands.values() if now - hand.since > (self.slow if hand.seen else self.start)]

    def _again(self, hand: _Hand, waiting: deque[Task], reason: Reason) -> Iterator[Poisoned]:
        """Put the task of a lost worker back, without the item at which workers ended too often."""
        task = replace(hand.task, careful=True)
        at = hand.place.read()
        item = at[1] if at is not None and at[0] == task.number else -1
        self._deaths[task.number, item] += 1
        if self._deaths[task.number, item] >= TRIES:
            if item < 0:
                raise PhenomapError(
                    f"Workers end {TRIES} times before the first note of a part.",
                    "See whether memory is short or something ends them, then go on with --resume.",
                )
            task = replace(task, skip=(*task.skip, (item, reason)))
            yield Poisoned(task.number, item, reason)
        waiting.appendleft(task)


def _unfailed(answer: object) -> object:
    if isinstance(answer, Failed):
        raise PhenomapError(answer.what, answer.mend)
    return answer
