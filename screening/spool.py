"""The archive parted by patient: each part holds all notes of its patients, and is read a patient at a time.

Archives are ordered by day or by ward; findings are merged by patient. Rows are appended to the file of their part, by
a hash of the patient's id, in one pass whose memory does not grow with the archive. The spool holds notes as they are:
it lies in the run's own folder, or on the disk named for it, and is removed when the run is done.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, TypeVar

from ontology.features import PatientSex
from screening.private import owner_only, sync_folder
from screening.record import Doubt, NoteRow, PersonRow, Row, SetAside

T = TypeVar("T")
U = TypeVar("U")

#: A part holds about so many bytes, some thousand notes: what is lost at most where a worker ends.
PART_BYTES = 2_000_000
FEWEST_PARTS, MOST_PARTS = 16, 2048
#: Parts of an archive whose size nobody tells, such as a database.
USUAL_PARTS = 512
#: Bytes of a part kept in memory before they are appended to its file: 64 MB with the most parts.
_BUFFER = 32_768
#: More notes, or characters, than one patient can have: an id such as "unknown" that stands for many people.
MOST_NOTES = 5_000
MOST_CHARACTERS = 30_000_000
_DIGEST = 16  # bytes
_HEAD = 2 * _DIGEST + 1 + 7 + 1  # digest in hexadecimal, day as an ordinal, a space behind each
_HEARD_EVERY = 1000


def parts_for(size: int | None) -> int:
    """How many parts an archive of `size` bytes is parted into; None where nobody knows it."""
    return USUAL_PARTS if size is None else max(FEWEST_PARTS, min(MOST_PARTS, size // PART_BYTES))


@dataclass(frozen=True, slots=True)
class NumberedNote:
    """A note of the archive and its `item`, the number of its line in its part."""

    item: int
    row: NoteRow


@dataclass(frozen=True, slots=True)
class PatientRows:
    """All that the archive has of one patient: notes from the earliest to the latest, undated ones first.

    Where rows disagree on sex or date of birth neither is taken: `disagreements` counts these. `left_out` are origins
    of notes beyond what one patient can have.
    """

    patient: str
    notes: tuple[NumberedNote, ...]
    sex: PatientSex
    birth: date | None
    disagreements: int
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Filled:
    """What came of the archive: `notes` taken, others set aside by reason, doubts by kind."""

    notes: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Spool:
    """The folder of parts."""

    folder: Path
    parts: int
    _held: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    _sizes: Counter[int] = field(default_factory=Counter)

    def fill(self, rows: Iterable[Row], aside: Callable[[SetAside], None], heard: Callable[[int], None]) -> Filled:
        """Part `rows` into an empty folder, on disk when it returns; `heard` is told the notes so far."""
        filled = Filled()
        for row in rows:
            if isinstance(row, SetAside):
                filled.set_aside[row.reason] += 1
                aside(row)
                continue
            self._add(row)
            if isinstance(row, NoteRow):
                filled.notes += 1
                filled.doubts.update(row.doubts)
                if filled.notes % _HEARD_EVERY == 0:
                    heard(filled.notes)
        for part in list(self._held):
            self._flush(part)
        for part in self.filled_parts():
            with self.file(part).open("rb") as kept:
                os.fsync(kept.fileno())
        sync_folder(self.folder)
        return filled

    def filled_parts(self) -> list[int]:
        """The parts into which some patient fell, in order."""
        return [part for part in range(self.parts) if self.file(part).exists()]

    def file(self, part: int) -> Path:
        """The file of a part."""
        return self.folder / f"{part:04d}.rows"

    def patients(self, part: int) -> Iterator[PatientRows]:
        """The patients of a part in the order of their first rows; memory is that of one patient and an index."""
        with self.file(part).open("rb") as file:
            for lines in _index(file).values():
                yield from _patients(file, lines)

    def _add(self, row: NoteRow | PersonRow) -> None:
        digest = blake2b(row.patient.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()
        part = int(digest[:16], 16) % self.parts
        day = row.date.toordinal() if isinstance(row, NoteRow) and row.date else 0
        line = f"{digest} {day:07d} {json.dumps(_as_list(row), ensure_ascii=False)}\n".encode("utf-8", "surrogatepass")
        self._held[part].append(line)
        self._sizes[part] += len(line)
        if self._sizes[part] >= _BUFFER:
            self._flush(part)

    def _flush(self, part: int) -> None:
        with open(self.file(part), "ab", opener=owner_only) as out:
            out.writelines(self._held.pop(part))
        self._sizes[part] = 0


@dataclass(frozen=True, slots=True)
class _Line:
    item: int
    day: int
    offset: int


def _index(file: IO[bytes]) -> dict[bytes, list[_Line]]:
    """Where the rows of each digest begin."""
    index: dict[bytes, list[_Line]] = defaultdict(list)
    offset = 0
    for item, line in enumerate(file):
        index[line[: 2 * _DIGEST]].append(_Line(item, int(line[2 * _DIGEST + 1 : _HEAD - 1]), offset))
        offset += len(line)
    return index


def _patients(file: IO[bytes], lines: list[_Line]) -> Iterator[PatientRows]:
    """The patients of one digest: one, or by a chance of 2 ** -128 two."""
    people: dict[str, list[tuple[_Line, NoteRow | PersonRow]]] = defaultdict(list)
    left: dict[str, list[str]] = defaultdict(list)
    size: Counter[str] = Counter()
    for line in sorted(lines, key=lambda each: (-each.day, -each.item)):  # the latest notes are those to be kept
        file.seek(line.offset)
        row = _from_list(json.loads(file.readline()[_HEAD:]))
        if isinstance(row, NoteRow):
            size[row.patient] += len(row.text)
            if len(people[row.patient]) >= MOST_NOTES or size[row.patient] > MOST_CHARACTERS:
                left[row.patient].append(row.origin)
                continue
        people[row.patient].append((line, row))
    for patient, rows in people.items():
        rows.sort(key=lambda each: (each[0].day, each[0].item))
        sex, sexes = _one({row.sex for _, row in rows} - {PatientSex.UNKNOWN}, PatientSex.UNKNOWN)
        birth, births = _one({row.birth for _, row in rows if row.birth is not None}, None)
        notes = tuple(NumberedNote(line.item, row) for line, row in rows if isinstance(row, NoteRow))
        yield PatientRows(patient, notes, sex, birth, sexes + births, tuple(sorted(left[patient])))


def _one(told: Set[T], unknown: U) -> tuple[T | U, int]:
    """What all rows tell, or `unknown` and 1 where they disagree."""
    if len(told) == 1:
        return next(iter(told)), 0
    return unknown, int(bool(told))


def _as_list(row: NoteRow | PersonRow) -> list[object]:
    birth = row.birth.isoformat() if row.birth else None
    if isinstance(row, PersonRow):
        return [row.patient, row.origin, row.sex, birth]
    day = row.date.isoformat() if row.date else None
    return [row.patient, row.origin, row.sex, birth, row.text, day, row.kind, row.photo, list(row.doubts)]


def _from_list(values: list[Any]) -> NoteRow | PersonRow:
    patient, origin, sex, birth, *rest = values
    if not rest:
        return PersonRow(patient, origin, PatientSex(sex), _day(birth))
    text, day, kind, photo, doubts = rest
    told = tuple(map(Doubt, doubts))
    return NoteRow(patient, text, origin, _day(day), kind, PatientSex(sex), _day(birth), photo, told)


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
