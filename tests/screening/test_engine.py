"""One suite for both crews: every task is answered once, whatever happens to workers."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.engine_job import NumbersJob
from ontology.errors import PhenomapError
from screening.engine.job import Answered, Crew, Job, Task
from screening.engine.processes import Processes
from screening.engine.supervisor import Done, Poisoned, Supervisor
from screening.record import Reason

Carry = Callable[..., list[Done | Poisoned]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray")
    from screening.engine.rays import RayCrew

    crew = RayCrew.connected("local")
    yield crew.ray
    crew.close()


@pytest.fixture(params=["processes", "ray"])
def crew(request) -> Iterator[Crew]:
    made: Crew = Processes()
    if request.param == "ray":
        from screening.engine.rays import RayCrew

        made = RayCrew(request.getfixturevalue("cluster"), leaves=False)
    yield made
    made.close()


@pytest.fixture
def carry(crew, tmp_path) -> Carry:
    def carried(job: Job, tasks: list[Task], workers: int = 2, slow: float = 60.0) -> list[Done | Poisoned]:
        return list(Supervisor(crew, job, workers, tmp_path, slow).carry_out(tasks))

    return carried


@dataclass
class SlowWorker:
    """Starts after so many seconds, or never, and has then answered."""

    name: str
    starts: float
    ended: bool = False

    def give(self, task: Task) -> None:
        return

    def end(self) -> None:
        self.ended = True


@dataclass
class SlowCrew:
    """Workers that take their time to start, by a clock that moves 50 s with each look at them."""

    starts: list[float]
    seconds: float = 0.0
    hired: list[SlowWorker] = field(default_factory=list)

    def clock(self) -> float:
        return self.seconds

    def hire(self, job: Job, places: Path) -> SlowWorker:
        self.hired.append(SlowWorker(f"worker-{len(self.hired)}", self.seconds + self.starts.pop(0)))
        return self.hired[-1]

    def wait(self, workers: list[SlowWorker], seconds: float) -> list[Answered]:
        (worker,) = workers
        if self.seconds >= worker.starts:
            return [Answered(worker, 45)]
        self.seconds += 50
        return []

    def close(self) -> None:
        return


def answers(events: list[Done | Poisoned]) -> dict[int, object]:
    done = [event for event in events if isinstance(event, Done)]
    assert len({event.task.number for event in done}) == len(done), "a task was answered twice"
    return {event.task.number: event.answer for event in done}


def tasks(*numbers: int) -> list[Task]:
    """0 + 1 + ... + 9 = 45 each."""
    return [Task(number, 10) for number in numbers]


def test_every_task_is_answered_once(carry, tmp_path):
    assert answers(carry(NumbersJob(tmp_path), tasks(*range(7)))) == dict.fromkeys(range(7), 45)


def test_what_a_lost_worker_had_is_done_by_another(carry, tmp_path):
    events = carry(NumbersJob(tmp_path, kills_once=frozenset({(1, 4), (3, 0)})), tasks(0, 1, 2, 3))
    assert answers(events) == dict.fromkeys(range(4), 45)
    assert not [event for event in events if isinstance(event, Poisoned)]


def test_an_item_that_ends_workers_is_set_aside_and_its_task_goes_on(carry, tmp_path):
    events = carry(NumbersJob(tmp_path, kills=frozenset({(1, 4), (1, 7)})), tasks(0, 1))
    assert answers(events) == {0: 45, 1: 45 - 4 - 7}
    assert [event for event in events if isinstance(event, Poisoned)] == [
        Poisoned(1, 4, Reason.READER_KILLED),
        Poisoned(1, 7, Reason.READER_KILLED),
    ]


def test_an_item_that_never_ends_is_set_aside(carry, tmp_path):
    events = carry(NumbersJob(tmp_path, stalls=frozenset({(0, 2)})), tasks(0), slow=2.0)
    assert answers(events) == {0: 45 - 2}
    assert Poisoned(0, 2, Reason.TOO_SLOW) in events


@pytest.mark.parametrize(
    ("starts", "ended"),
    [
        ([500], [False]),  # longer than the 120 s of a note, within the 600 s of a start
        ([math.inf, 0], [True, False]),  # another is hired in its place
    ],
)
def test_a_worker_that_is_being_started_is_waited_for_longer_than_a_note(tmp_path, starts, ended):
    crew = SlowCrew(starts)
    events = list(Supervisor(crew, NumbersJob(tmp_path), 1, tmp_path, clock=crew.clock).carry_out(tasks(0)))
    assert answers(events) == {0: 45}
    assert [worker.ended for worker in crew.hired] == ended


def test_what_is_to_be_skipped_is_not_tried(carry, tmp_path):
    given = [Task(0, 10, ((9, Reason.READER_KILLED),))]
    assert answers(carry(NumbersJob(tmp_path, kills=frozenset({(0, 9)})), given)) == {0: 36}


def test_a_fault_that_trying_again_does_not_mend_is_told_in_words(carry, tmp_path):
    with pytest.raises(PhenomapError, match="The disk is full"):
        carry(NumbersJob(tmp_path, fails=frozenset({1})), tasks(0, 1, 2))


def test_a_worker_that_cannot_open_its_work_says_why(carry, tmp_path):
    with pytest.raises(PhenomapError, match="It does not open"):
        carry(NumbersJob(tmp_path, opens=False), tasks(0))


def test_a_fault_of_the_program_is_told_by_its_place_and_never_with_words_of_a_note(carry, tmp_path):
    with pytest.raises(PhenomapError) as told:
        carry(NumbersJob(tmp_path, breaks=frozenset({0})), tasks(0))
    assert str(told.value).startswith("ValueError at benchmarks.engine_job:")
    assert "words of a note" not in str(told.value)


def test_workers_that_end_before_their_first_item_end_the_run(carry, tmp_path):
    with pytest.raises(PhenomapError, match="before the first note"):
        carry(NumbersJob(tmp_path, kills=frozenset({(0, -1)})), tasks(0))


def test_processes_end_with_the_one_that_hired_them(tmp_path):
    """A parent that is killed leaves nobody behind who goes on reading."""
    script = (
        "from pathlib import Path; from screening.engine.processes import Processes\n"
        "from screening.engine.job import Task; from benchmarks.engine_job import NumbersJob\n"
        "if __name__ == '__main__':\n"
        f"    crew = Processes(); folder = Path({str(tmp_path)!r})\n"
        "    worker = crew.hire(NumbersJob(folder, stalls=frozenset({(0, 0)})), folder)\n"
        "    worker.give(Task(0, 1)); print(worker.process.pid, flush=True); crew.wait([worker], 60)\n"
    )
    (tmp_path / "parent.py").write_text(script)
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        child = int(parent.stdout.readline())
        while not (tmp_path / "process-0").exists():
            time.sleep(0.05)
        parent.send_signal(signal.SIGKILL)
    for _ in range(100):
        try:
            os.kill(child, 0)
            if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")
