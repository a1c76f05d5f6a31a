"""A Case: everything a hospital says of one patient, as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ontology.features import Mention, PatientSex


@dataclass(frozen=True, slots=True)
class Note:
    """One clinical note. `language` is `en` or `zh`, or None to be recognised; notes without a `date` sort first."""

    id: str
    text: str
    language: str | None = None
    date: date | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """One face photo, its bytes as received."""

    id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Case:
    """Notes and photos to be read, and `stated` findings (a clinician's word, or terms an EHR sent).

    `dismissed` are ids of terms whose readings a clinician has struck out: what notes and photos say of these terms is
    not taken. `age_days` is the age at assessment in days; None where it is not given.
    """

    id: str
    notes: tuple[Note, ...] = ()
    photos: tuple[Photo, ...] = ()
    stated: tuple[Mention, ...] = ()
    sex: PatientSex = PatientSex.UNKNOWN
    age_days: int | None = None
    dismissed: frozenset[str] = frozenset()
