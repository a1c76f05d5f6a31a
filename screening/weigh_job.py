"""The second job of workers: every patient is weighed, once it is counted what the archive's patients have."""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import dataclass

from matching.assess import Assessor
from ontology.knowledge import Knowledge
from screening.engine.job import Doing, Task
from screening.evidence import Evidence, Rates
from screening.layout import Layout
from screening.part import PartDone, Setting, kept, line, packed
from screening.weighing import Weigher


@dataclass(frozen=True, slots=True)
class WeighJob:
    """Weighs every patient of a part by what the whole archive has, which lies in the file of rates."""

    setting: Setting

    def open(self) -> Doing:
        """See Job."""
        assessor = Assessor.open(Knowledge.open(self.setting.knowledge))
        weigher = Weigher(assessor, evidence_of(assessor.knowledge, self.setting.layout))
        return lambda task, place: _weighed(self.setting.layout, weigher, task)


def evidence_of(knowledge: Knowledge, layout: Layout) -> Evidence:
    """The evidence of a run whose archive has been counted."""
    return Evidence.of(knowledge, Rates(**json.loads(layout.rates.read_bytes())))


def _weighed(layout: Layout, weigher: Weigher, task: Task) -> PartDone:
    began = time.perf_counter()
    lines: list[bytes] = []
    scores: list[tuple[float, str]] = []
    notes = 0
    with gzip.open(layout.rows(task.number), "rb") as rows:
        for read in rows:
            row = weigher.weighed(json.loads(read))
            lines.append(line(row))
            notes += row["notes"]
            if row["score"] is not None:
                scores.append((row["score"], row["patient"]))
    files = kept(
        layout.work, {layout.weighed_rows(task.number): packed(lines), layout.scores(task.number): line(scores)}
    )
    return PartDone(task.number, files, len(lines), notes, round(time.perf_counter() - began, 3))
