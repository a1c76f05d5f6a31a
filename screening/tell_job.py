"""The last job of workers: the flagged patients of a part are told with all reasons."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast

from screening.bench import Bench
from screening.engine.job import Doing, Place, Task
from screening.found import Finder
from screening.history import HistoryReader
from screening.part import PartDone, Setting, kept, line, packed
from screening.told import Chosen, told_patient
from screening.weigh_job import evidence_of
from screening.weighing import Weigher, weighed_of


@dataclass(frozen=True, slots=True)
class TellJob:
    """Tells the flagged patients of a part; the task's argument is a mapping from name to Chosen."""

    setting: Setting

    def open(self) -> Doing:
        """See Job."""
        bench = Bench.open(self.setting)
        weigher = Weigher(bench.assessor, evidence_of(bench.assessor.knowledge, self.setting.layout))
        return lambda task, place: _told(bench, weigher, task, place)


def _told(bench: Bench, weigher: Weigher, task: Task, place: Place) -> PartDone:
    began = time.perf_counter()
    chosen = cast("Mapping[str, Chosen]", task.argument)
    reader, skip = HistoryReader(bench.assessor), dict(task.skip)
    told: list[bytes] = []
    links: list[bytes] = []
    notes = 0
    finder = Finder(bench.assessor, bench.setting.least)
    for rows in bench.spool.patients(task.number):
        name = bench.names.of(rows.patient)
        if name not in chosen:
            continue
        history = reader.read(rows, skip, place)
        seen, _ = bench.photos(history)
        row = weigher.weighed(finder.row(name, history)) | asdict(chosen[name])
        shares = {id: each.share for id, each in weighed_of(weigher.evidence, row).items()}
        told.append(line(told_patient(bench.assessor, bench.companions, rows, history, seen, row, shares)))
        first = history.first_date
        links.append(line({"patient": name, "source_id": rows.patient, "day_0": first.isoformat() if first else None}))
        notes += len(history.notes)
    layout = bench.setting.layout
    files = kept(layout.work, {layout.told_rows(task.number): packed(told), layout.link(task.number): b"".join(links)})
    return PartDone(task.number, files, len(told), notes, round(time.perf_counter() - began, 3))
