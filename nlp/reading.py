"""What a note reader returns, and the seam between languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ontology.features import Abstention, Mention, PatientSex


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known of the patient beside the note; `age_days` is the age on the day of the note."""

    sex: PatientSex = PatientSex.UNKNOWN
    age_days: float | None = None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A value at characters `start` to `end` that was read and not judged, and why not."""

    start: int
    end: int
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The mentions of one note in order of position, or the reason why it was not read.

    `unjudged` are values that say nothing yet: they turn on an age, a sex or a norm that nobody gave.
    """

    language: str
    mentions: tuple[Mention, ...]
    abstention: Abstention | None = None
    unjudged: tuple[Unjudged, ...] = ()


class NoteReader(Protocol):
    """Reads notes of one language."""

    @property
    def language(self) -> str:
        """The code of the language: `en`, `zh`."""
        ...

    def read(self, note_id: str, text: str, patient: Patient = Patient()) -> Reading:
        """Find mentions in `text`; spans are offsets into `text` as given."""
        ...
