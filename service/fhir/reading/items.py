"""What resources are read to: the pieces of a case, each with the FHIRPath it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ontology.features import Assertion, PatientSex
from service.consent.consent import Giver, Purpose
from service.fhir.issues import Issue
from service.models.known import DiagnosisInput, TestDoneInput
from service.patients import Identifier

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be kept as a note."""

    words: str
    path: str
    dated: date | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """Bytes of a document whose text is to be kept as a note; `named` is the media type that was told."""

    content: bytes
    path: str
    named: str = ""
    dated: date | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a note that a finding is stated for: where they stand in the document that `note` refers to."""

    note: str
    start: int
    end: int
    text: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """An HPO term that is stated; ids are current ones. `moment` is when it was stated, as ISO 8601 has it.

    `struck`: what notes and photos say of the term is struck out; only that, where there is no assertion. `retold`: it
    is a clinician's word as this software told it, beside which others about the same term may stand.
    """

    term: str
    assertion: Assertion | None
    path: str
    onset: str | None = None
    severity: str | None = None
    moment: str = ""
    struck: bool = False
    quoted: Quoted | None = None
    retold: bool = False
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo."""

    content: bytes
    path: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent that was given, or with `permits` False refused or ended; `ended`: given, and ended since."""

    purpose: Purpose
    by: Giver
    permits: bool
    path: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Born:
    """A day of birth, as closely as it was told: `days` is how many days it may be away from `day`."""

    day: date
    days: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Who the patient is."""

    path: str
    sex: PatientSex | None = None
    born: Born | None = None
    died: date | None = None
    name: str | None = None
    number: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    age_days: int | None = None  # where it is told instead of a day of birth


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis that the record states."""

    diagnosis: DiagnosisInput
    path: str


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that was done."""

    test: TestDoneInput
    path: str


@dataclass(frozen=True, slots=True)
class Related:
    """What is known of the family by one field of FamilyInput.

    With `diseases`, it holds only where the patient has one of these diagnoses too.
    """

    field: str
    value: bool
    path: str
    diseases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A field of KnownInput that has a value of its own."""

    field: str
    value: bool | str
    path: str


@dataclass(frozen=True, slots=True)
class Visit:
    """An encounter: its day, and words that may name a department."""

    path: str
    day: date | None = None
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The resource says of itself that it was entered in error, or no longer holds."""

    path: str


Item = (
    Text
    | Attached
    | Finding
    | Picture
    | Agreed
    | Person
    | Diagnosed
    | Tested
    | Related
    | Told
    | Visit
    | Withdrawn
    | Issue
)
