"""What a source yields: notes and people as the archive has them, and what could not be taken and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ontology.features import PatientSex

Day = date  # a field is named date


class Reason(StrEnum):
    """Why a row of the archive, a note or a photo is set aside; the run goes on."""

    NOT_READABLE = "not_readable"  # the row is no JSON, its columns do not fit, its bytes are no text
    NO_PATIENT = "no_patient"  # nothing tells whose it is
    NO_TEXT = "no_text"  # empty, or white space alone
    TOO_LONG = "too_long"
    TOO_MANY_NOTES = "too_many_notes"  # more than one patient can have: an id that stands for many people
    DOCUMENT_REFUSED = "document_refused"  # a file or attachment that is no document that is read, or is damaged
    LANGUAGE_NOT_READ = "language_not_read"
    READER_FAILED = "reader_failed"  # an error inside a reader
    READER_KILLED = "reader_killed"  # the process that read it ended, each time it was tried
    TOO_SLOW = "too_slow"
    PHOTO_NOT_FOUND = "photo_not_found"
    PHOTO_NOT_USED = "photo_not_used"  # it holds no face that can be measured, or none can be read here


class Doubt(StrEnum):
    """What of a row was not understood though its note is taken."""

    DATE = "date"  # no date that is understood: the note counts as undated
    BIRTH = "birth"
    SEX = "sex"


@dataclass(frozen=True, slots=True)
class SetAside:
    """One thing that was not taken. `origin` names its place in the archive, and holds nothing of the patient."""

    origin: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One note of one patient, as the archive has it.

    `patient` is the archive's own id, `origin` the place of the note in it ("notes.csv:12": file and row, from 1),
    unique in a source. `kind` is the archive's word for the type of note. Sex and date of birth may come with any row
    of the patient, or in a PersonRow. `photo` is the path of a photo, `doubts` what of the row was not understood.
    """

    patient: str
    text: str
    origin: str
    date: Day | None = None
    kind: str | None = None
    sex: PatientSex = PatientSex.UNKNOWN
    birth: Day | None = None
    photo: str | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Sex and date of birth of one patient where an archive keeps them apart from notes."""

    patient: str
    origin: str
    sex: PatientSex = PatientSex.UNKNOWN
    birth: Day | None = None


Row = NoteRow | PersonRow | SetAside


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file or table of the archive for the manifest: `size` in bytes and `modified` in ISO 8601 where known."""

    name: str
    size: int | None
    modified: str | None
    sha256: str | None
