"""The three jobs of workers, part by part.

Every patient is read; once it is counted what the archive's patients have, every patient is weighed; and those who were
flagged are told with all reasons.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import cast

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.case import Photo
from matching.shift.profile import Tally, is_sampled
from nlp.suggesters import NoteSuggesters
from ontology.errors import InputError
from ontology.knowledge import Knowledge
from screening.companions import Companions, OpenCompanions
from screening.engine.job import Doing, Place, Task
from screening.evidence import Evidence, Rates
from screening.found import Finder
from screening.history import History, HistoryReader
from screening.layout import Layout, Pseudonyms
from screening.private import whole_file
from screening.record import Reason, SetAside
from screening.spool import Spool
from screening.told import Chosen, told_patient
from screening.weighing import Weigher, shares_of

_QUICK = 1  # of zlib's levels: rows are read again once
#: Bytes: more than a camera makes (service.endpoints takes as much).
LARGEST_PHOTO = 25_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What the workers of a run need to know; it is sent to each. `knowledge` is the folder of the releases.

    Photos are looked for below `photos`, and not at all where it is None.
    """

    knowledge: Path
    layout: Layout
    parts: int
    least: int
    photos: Path | None
    companions: Companions


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part that a worker has finished; its `files`, named from the folder of work on, have these checksums."""

    part: int
    files: dict[str, str]
    patients: int
    notes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """What both jobs have open in a worker."""

    setting: Setting
    assessor: Assessor
    companions: OpenCompanions
    spool: Spool
    names: Pseudonyms

    @classmethod
    def open(cls, setting: Setting) -> Bench:
        """Open the release and everything that reads."""
        assessor = Assessor.open(Knowledge.open(setting.knowledge))
        return cls(
            setting,
            assessor,
            setting.companions.open(assessor),
            Spool(setting.layout.spool, setting.parts),
            Pseudonyms.kept(setting.layout.key),
        )

    def photos(self, history: History) -> tuple[tuple[PhotoReading, ...], list[SetAside]]:
        """What the photos of a patient say, and those that say nothing; none where photos are not asked for."""
        seen: list[PhotoReading] = []
        aside: list[SetAside] = []
        base = self.setting.photos
        for at, photo in enumerate(history.photos if base is not None else (), 1):
            content = _content(base, photo.path) if base is not None else None
            if content is None:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_FOUND))
                continue
            try:
                reading = self.companions.photo(Photo(f"photo-{at}", content), history.case.sex, photo.age_days)
            except InputError:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_USED))
                continue
            seen.append(reading)
            if reading.abstention is not None:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_USED))
        return tuple(seen), aside


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


@dataclass(frozen=True, slots=True)
class WeighJob:
    """Weighs every patient of a part by what the whole archive has, which lies in the file of rates."""

    setting: Setting

    def open(self) -> Doing:
        """See Job."""
        assessor = Assessor.open(Knowledge.open(self.setting.knowledge))
        weigher = Weigher(assessor, evidence_of(assessor.knowledge, self.setting.layout))
        return lambda task, place: _weighed(self.setting.layout, weigher, task)


@dataclass(frozen=True, slots=True)
class TellJob:
    """Tells the flagged patients of a part; the task's argument is a mapping from name to Chosen."""

    setting: Setting

    def open(self) -> Doing:
        """See Job."""
        bench = Bench.open(self.setting)
        weigher = Weigher(bench.assessor, evidence_of(bench.assessor.knowledge, self.setting.layout))
        return lambda task, place: _told(bench, weigher, task, place)


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
        lines.append(_line(row))
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
    files = _kept(layout.work, {layout.rows(task.number): _packed(lines), layout.beside(task.number): _line(beside)})
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


def evidence_of(knowledge: Knowledge, layout: Layout) -> Evidence:
    """The evidence of a run whose archive has been counted."""
    return Evidence.of(knowledge, Rates(**json.loads(layout.rates.read_bytes())))


def _weighed(layout: Layout, weigher: Weigher, task: Task) -> PartDone:
    began = time.perf_counter()
    lines: list[bytes] = []
    scores: list[tuple[float, str]] = []
    notes = 0
    with gzip.open(layout.rows(task.number), "rb") as rows:
        for line in rows:
            row = weigher.weighed(json.loads(line))
            lines.append(_line(row))
            notes += row["notes"]
            if row["score"] is not None:
                scores.append((row["score"], row["patient"]))
    files = _kept(
        layout.work, {layout.weighed_rows(task.number): _packed(lines), layout.scores(task.number): _line(scores)}
    )
    return PartDone(task.number, files, len(lines), notes, round(time.perf_counter() - began, 3))


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
        shares = shares_of(weigher.evidence, row)
        told.append(_line(told_patient(bench.assessor, bench.companions, rows, history, seen, row, shares)))
        first = history.first_date
        links.append(_line({"patient": name, "source_id": rows.patient, "day_0": first.isoformat() if first else None}))
        notes += len(history.notes)
    layout = bench.setting.layout
    files = _kept(
        layout.work, {layout.told_rows(task.number): _packed(told), layout.link(task.number): b"".join(links)}
    )
    return PartDone(task.number, files, len(told), notes, round(time.perf_counter() - began, 3))


def _content(base: Path, path: str) -> bytes | None:
    """The bytes of a photo below `base`, None where there is none to be read."""
    try:
        file = (base / path).resolve(strict=True)
        if not file.is_relative_to(base.resolve()) or file.stat().st_size > LARGEST_PHOTO:
            return None
        return file.read_bytes()
    except (OSError, ValueError, RuntimeError):  # absent, unreadable, no path at all, or links in a ring
        return None


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def _packed(lines: Iterable[bytes]) -> bytes:
    """The same bytes for the same lines: no time stands in them."""
    return gzip.compress(b"".join(lines), _QUICK, mtime=0)


def _kept(work: Path, contents: Mapping[Path, bytes]) -> dict[str, str]:
    """Write files; their names from `work` on with their checksums."""
    for target, content in contents.items():
        with whole_file(target) as out:
            out.write(content)
    return {str(target.relative_to(work)): sha256(content).hexdigest() for target, content in contents.items()}
