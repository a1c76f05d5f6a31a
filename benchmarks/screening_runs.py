"""Runs of the screening engine that are timed: the whole way, the bare recognisers beside it, and the engine alone."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from cli.screen_companions import ServiceCompanions
from matching.assess import Assessor
from matching.case import Note
from ontology.knowledge import Knowledge, root_folder
from screening.engine.job import Crew, Doing, Place, Task
from screening.engine.processes import Processes
from screening.engine.supervisor import Done, Supervisor
from screening.layout import Layout
from screening.ledger import Ledger
from screening.part import Setting
from screening.run import Hands, Run
from screening.sources.source import SourceOptions, open_source
from screening.spool import Spool, parts_for
from screening.threshold import Rule, Yields

LEAST_FINDINGS = 3
_LOOK = 2.0  # seconds between looks at memory; a look takes some 30 ms of a processor, which the workers miss


@dataclass(slots=True)
class Timed:
    """Seconds of each step by the clock, notes and patients, and the most memory of all processes together."""

    notes: int
    patients: int
    gather: float
    screen: float
    tell: float
    flagged: int
    peak_mb: float


@dataclass(slots=True)
class MemoryWatch:
    """Proportional set size (PSS) of this process's descendants, summed; MB. Shared pages are shared out."""

    peak: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watching(self) -> Iterator[MemoryWatch]:
        """Look from time to time, until the block ends."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _look(self) -> None:
        while not self._stop.wait(_LOOK):
            self.peak = max(self.peak, sum(map(_proportional, descendants(os.getpid()))))


def descendants(of: int) -> list[int]:
    """Process ids of all that a process has started, theirs with them."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [of]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _proportional(process: int) -> float:
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024


@contextmanager
def run_in(out: Path, archive: Path, workers: int, crew: Callable[[], Crew] = Processes) -> Iterator[Run]:
    """A run over `archive` with results in `out`."""
    layout = Layout.of(out)
    layout.make()
    companions = ServiceCompanions("en")
    setting = Setting(root_folder(), layout, parts_for(archive.stat().st_size), LEAST_FINDINGS, None, companions)
    with Ledger.open(layout.ledger) as ledger:
        yield Run(setting, Hands(crew, workers), ledger, io.StringIO())


def timed(out: Path, archive: Path, workers: int, rule: Rule, crew: Callable[[], Crew] = Processes) -> Timed:
    """The whole way from the file to flagged patients, told; the spool and the parts are left in `out`."""
    yields = Yields.read()
    with run_in(out, archive, workers, crew) as run, MemoryWatch().watching() as memory:
        began = time.perf_counter()
        gathered = run.gather(lambda: open_source(str(archive), SourceOptions()))
        at_spool = time.perf_counter()
        cohort = run.screen(gathered)
        at_rows = time.perf_counter()
        run.weigh()
        flagged = run.tell(run.choose(cohort, rule, yields), rule, yields)
        at_end = time.perf_counter()
    steps = (at_spool - began, at_rows - at_spool, at_end - at_rows)
    return Timed(cohort.notes, cohort.patients, *steps, flagged, round(memory.peak, 1))


def bare_notes_per_second(archive: Path, notes: int, workers: int) -> float:
    """The recognisers alone, in `workers` processes at once: each reads its share of the first `notes` texts."""
    with archive.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(notes), strict=False)]
    shares = [texts[at::workers] for at in range(workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(_read_all, shares))


def _read_all(texts: Sequence[str]) -> float:
    """Notes a second, read once before the clock starts as a worker that has been at it for a while."""
    assessor = Assessor.open(Knowledge.open(root_folder()))
    for text in texts[: len(texts) // 10]:
        assessor.read(Note("", text))
    began = time.perf_counter()
    for text in texts:
        assessor.read(Note("", text))
    return len(texts) / (time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class EmptyJob:
    """All that a worker does but reading and ranking: patients are taken from the spool, and each note is told."""

    folder: Path
    parts: int

    def open(self) -> Doing:
        """See Job."""
        spool = Spool(self.folder, self.parts)

        def doing(task: Task, place: Place) -> int:
            notes = 0
            for rows in spool.patients(task.number):
                for note in rows.notes:
                    place(note.item)
                    notes += 1
            return notes

        return doing


def overhead_us(out: Path, archive: Path) -> float:
    """Microseconds a note of gathering, parting, handing out and taking in, with one worker and nothing read."""
    with run_in(out, archive, 1) as run:
        began = time.perf_counter()
        gathered = run.gather(lambda: open_source(str(archive), SourceOptions()))
        parts = Spool(run.layout.spool, run.setting.parts).filled_parts()
        crew = Processes()
        job = EmptyJob(run.layout.spool, run.setting.parts)
        supervisor = Supervisor(crew, job, 1, run.layout.places)
        waiting = time.perf_counter()
        events = supervisor.carry_out([Task(part, None) for part in parts])
        first = next(events)
        started = time.perf_counter()  # the worker has been started, which a run pays once
        notes = sum(int(str(event.answer)) for event in [first, *events] if isinstance(event, Done))
        ended = time.perf_counter()
    assert notes == gathered.filled.notes, "a note was lost"
    one_part = (ended - started) / max(1, len(parts) - 1)
    return (waiting - began + ended - started + one_part) / notes * 1e6
