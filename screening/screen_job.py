"""The first job of workers: every patient of a part is read, and what the notes were like is counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from facial.reading import PhotoReading
from matching.shift.profile import Tally, is_sampled
from nlp.suggesters import NoteSuggesters
from screening.bench import Bench
from screening.engine.job import Doing, Place, Task
from screening.found import Finder
from screening.history import History, HistoryReader
from screening.part import PartDone, Setting, kept, line, packed
from screening.record import SetAside


@dataclass(frozen=True, slots=True)
class ScreenJob:
    """Reads every patient of a part; the task's argument is not used."""

    setting: Setting

    def open(self) -> Doing:
        """See Job."""
        bench = Bench.open(self.setting)
        finder = Finder(bench.assessor, self.setting.least)
        suggesters = NoteSuggesters.of(bench.assessor.knowledge, bench.assessor.readers)
        return lambda task, place: _screened(bench, finder, suggesters, task, place)


def _screened(bench: Bench, finder: Finder, suggesters: NoteSuggesters, task: Task, place: Place) -> PartDone:
    began = time.perf_counter()
    tally = Tally.of(bench.assessor.knowledge.terms)
    reader, skip = HistoryReader(bench.assessor), dict(task.skip)
    lines: list[bytes] = []
    aside: list[SetAside] = []
    counts: Counter[str] = Counter()
    notes = disagreements = 0
    for rows in bench.spool.patients(task.number):
        history = reader.read(rows, skip, place)
        seen, unseen = bench.photos(history)
        row = finder.row(bench.names.of(rows.patient), history)
        _count(tally, suggesters, history, seen)
        counts.update(feature["id"] for feature in row["features"] if feature["weight"] > 0)
        lines.append(line(row))
        aside += [*history.set_aside, *unseen]
        notes += len(history.notes)
        disagreements += rows.disagreements
    beside = {
        "set_aside": [[each.origin, each.reason] for each in aside],
        "counts": dict(sorted(counts.items())),
        "disagreements": disagreements,
        "profile": tally.profile().as_json(),
    }
    layout = bench.setting.layout
    files = kept(layout.work, {layout.rows(task.number): packed(lines), layout.beside(task.number): line(beside)})
    return PartDone(task.number, files, len(lines), notes, round(time.perf_counter() - began, 3))


def _count(tally: Tally, suggesters: NoteSuggesters, history: History, seen: Sequence[PhotoReading]) -> None:
    tally.add_patient()
    for note in history.notes:
        if note.reading is None:
            continue
        tally.add_note(note.row.text, note.reading)
        if is_sampled(blake2b(note.row.origin.encode("utf-8", "surrogatepass"), digest_size=8).digest()):
            suggested = suggesters.suggest(note.row.text, note.reading)
            if suggested is not None:
                tally.add_unmatched(len(suggested.suggestions))
    for photo in seen:
        tally.add_photo(photo)
