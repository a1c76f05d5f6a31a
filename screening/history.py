"""A patient's notes over time, read and merged: each finding once, with when it was first and last written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from matching.assess import Assessor
from matching.case import Case, Note
from matching.report import PhenotypicFeature
from nlp.readers import recognise_language
from nlp.reading import Patient, Reading
from ontology.features import Mention, TextSpan
from screening.copied import Copied, CopyWatch
from screening.record import NoteRow, Reason, SetAside
from screening.spool import NumberedNote, PatientRows

#: As long as a note that the API takes; a longer one is a dump of a record, not a note.
LONGEST_NOTE = 1_000_000


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note with what it says. `mentions` leave out what was copied from an earlier note.

    `day` counts from the patient's first dated note; None where the note is undated. `copied` are characters that an
    earlier note has, `reading` None where that is all of it and it was not read again.
    """

    note: Note
    row: NoteRow
    day: int | None
    copied: int
    reading: Reading | None
    mentions: tuple[Mention, ...]

    @property
    def language(self) -> str:
        """The language that it was read in; that of its words where it was not read again."""
        return recognise_language(self.row.text) if self.reading is None else self.reading.language


@dataclass(frozen=True, slots=True)
class HistoryPhoto:
    """The path of a photo as the archive tells it, its `origin` there, and the patient's age in days when taken."""

    path: str
    origin: str
    age_days: int | None


@dataclass(frozen=True, slots=True)
class History:
    """One patient, read. `case` holds the notes that were read and no id of the archive; its age is at the last one."""

    case: Case
    notes: tuple[ReadNote, ...]
    photos: tuple[HistoryPhoto, ...]
    set_aside: tuple[SetAside, ...]
    first_date: date | None
    birth: date | None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What each note of the case newly says, in their order."""
        return tuple(Reading(each.language, each.mentions) for each in self.notes)

    @property
    def last_day(self) -> int | None:
        """The day of the latest dated note."""
        return max((each.day for each in self.notes if each.day is not None), default=None)

    def age_on(self, day: int | None) -> int | None:
        """The patient's age in days on a day of the history, None where a date is not known."""
        if day is None or self.first_date is None:
            return None
        return _age(self.birth, self.first_date + timedelta(days=day))


@dataclass(frozen=True, slots=True)
class FindingOverTime:
    """When a finding was written: on which days first and last, in how many notes that were not copied.

    Days count from the patient's first dated note; None where no note that says it is dated. `age_days` is the age at
    the first.
    """

    first_day: int | None
    last_day: int | None
    age_days: int | None
    notes: int


def over_time(feature: PhenotypicFeature, history: History) -> FindingOverTime:
    """When the notes of `history` say what `feature` says; notes that contradict it do not count."""
    noted = {m.evidence.note for m in feature.mentions if isinstance(m.evidence, TextSpan)}
    days = [each.day for each in history.notes if each.note.id in noted]
    dated = [day for day in days if day is not None]
    first = min(dated, default=None)
    return FindingOverTime(first, max(dated, default=None), history.age_on(first), len(days))


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Reads the notes of one patient after the other."""

    assessor: Assessor

    def read(self, rows: PatientRows, skip: Mapping[int, Reason], place: Callable[[int], None]) -> History:
        """Read every note but those in `skip`, by item; what cannot be read is set aside. `place` hears each item."""
        dated = [each.row.date for each in rows.notes if each.row.date is not None]
        first, last = min(dated, default=None), max(dated, default=None)
        watch = CopyWatch()
        read: list[ReadNote] = []
        aside = [SetAside(origin, Reason.TOO_MANY_NOTES) for origin in rows.left_out]
        for each in rows.notes:
            place(each.item)
            if not each.row.text.strip():
                continue  # a row that only brings a photo; a source sets empty notes aside itself
            made = self._note(rows, each, first, f"note-{len(read) + 1}", watch, skip)
            if isinstance(made, SetAside):
                aside.append(made)
            else:
                read.append(made)
        photos = tuple(
            HistoryPhoto(each.row.photo, each.row.origin, _age(rows.birth, each.row.date))
            for each in rows.notes
            if each.row.photo
        )
        case = Case("", tuple(each.note for each in read), sex=rows.sex, age_days=_age(rows.birth, last))
        return History(case, tuple(read), photos, tuple(aside), first, rows.birth)

    def _note(
        self,
        rows: PatientRows,
        numbered: NumberedNote,
        first: date | None,
        id: str,
        watch: CopyWatch,
        skip: Mapping[int, Reason],
    ) -> ReadNote | SetAside:
        row = numbered.row
        if numbered.item in skip:
            return SetAside(row.origin, skip[numbered.item])
        if len(row.text) > LONGEST_NOTE:
            return SetAside(row.origin, Reason.TOO_LONG)
        copied = watch.copied(row.text)
        note = Note(id, row.text, None, row.date)
        day = (row.date - first).days if row.date and first else None
        if copied.whole:
            return ReadNote(note, row, day, copied.characters, None, ())
        try:
            reading = self.assessor.read(note, Patient(rows.sex, _age(rows.birth, row.date)))
        except Exception:  # whatever a note does to a reader, the others are read; its text is in no message
            return SetAside(row.origin, Reason.READER_FAILED)
        if reading.abstention is not None:
            return SetAside(row.origin, Reason.LANGUAGE_NOT_READ)
        fresh = tuple(mention for mention in reading.mentions if not _was_copied(mention, copied))
        return ReadNote(note, row, day, copied.characters, reading, fresh)


def _was_copied(mention: Mention, copied: Copied) -> bool:
    span = mention.evidence
    return isinstance(span, TextSpan) and copied.holds(span.start, span.end)


def _age(birth: date | None, on: date | None) -> int | None:
    return (on - birth).days if birth and on and on >= birth else None
