"""What resources are told from: a report as it was shown with its signatures, and what else is kept of its case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.cases.mentions import Said
from service.models.known import KnownInput


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature under a report. `completes`: the report is final with it, no second reader is waited for."""

    decision: str
    disease: str | None
    reason: str
    by: str
    at: datetime
    completes: bool


@dataclass(frozen=True, slots=True)
class ReportTold:
    """A report: `shown` is the JSON of a ReportAnswer, as it is kept; `dated` are days of notes by their ids.

    `replaces` is the id of the report of the same case that was signed before, where there is one.
    """

    id: str
    case: str
    created: datetime
    by: str
    shown: Mapping[str, Any]
    signed: tuple[Signed, ...] = ()
    dated: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # of accounts, by their ids
    replaces: str | None = None

    @property
    def version(self) -> int:
        """1 as it was made, and one more with each signature."""
        return 1 + len(self.signed)

    def at(self, version: int) -> ReportTold | None:
        """As it was at `version`; None where there is no such version."""
        if not 1 <= version <= self.version:
            return None
        return ReportTold(
            self.id,
            self.case,
            self.created,
            self.by,
            self.shown,
            self.signed[: version - 1],
            self.dated,
            self.names,
            self.replaces,
        )

    @property
    def changed(self) -> datetime:
        """When this version came to be."""
        return self.signed[-1].at if self.signed else self.created

    @property
    def is_final(self) -> bool:
        """Whether a signature has completed it."""
        return any(one.completes for one in self.signed)

    @property
    def status(self) -> str:
        """`preliminary` until it is signed; `amended` where it takes the place of a report signed before it."""
        if not self.is_final:
            return "preliminary"
        return "final" if self.replaces is None else "amended"

    @property
    def language(self) -> str:
        """Of its words, `en` or `zh`."""
        return str(self.shown.get("language", "en"))


@dataclass(frozen=True, slots=True)
class Stated:
    """A finding that a clinician states, as it is kept."""

    id: str
    said: Said
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteTold:
    """A note as it is kept; `origin` is what the system that sent it calls it."""

    id: str
    text: str
    at: datetime
    language: str | None = None
    dated: str | None = None
    masked: bool = False
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class PatientTold:
    """Who a case is about; `number` and `name` only for those who may read it."""

    case: str
    version: int
    changed: datetime
    sex: str
    age_days: int | None = None
    aged: datetime | None = None  # when the age was told
    number: str | None = None
    name: str | None = None
    known: KnownInput = field(default_factory=KnownInput)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A consent: to what (service.consent.consent.Purpose), by whom (Giver), and whether it has ended since."""

    purpose: str
    by: str
    at: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseTold:
    """All of a case that resources are made of."""

    patient: PatientTold
    notes: Sequence[NoteTold] = ()
    stated: Sequence[Stated] = ()
    reports: Sequence[ReportTold] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    consents: Sequence[Agreement] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of terms and diseases: in the reader's language, and in English where that is another, else None.

    Both take an id that the release may not hold any more, and then answer it as it is.
    """

    term: Callable[[str], tuple[str, str | None]]
    disease: Callable[[str], tuple[str, str | None]]
