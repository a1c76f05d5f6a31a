"""What a packet is read to, and what is gathered while it is read: faults, what is left out, terms that moved."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from ontology.knowledge import Knowledge
from ontology.terms import UnknownTerm
from service.age import days_of
from service.fields import faults_of
from service.models.inputs import AGE, Input
from service.models.stored import CaseInput
from service.phenopackets.names import Json
from service.problems import Fault

_HPO = re.compile(r"HP:[0-9]{7}")
_I = TypeVar("_I", bound=Input)


class Why(StrEnum):
    """Why something of a packet is not in the case as it was told."""

    NOT_HELD = "not_held"  # a case has no place for it
    REPEATED = "repeated"  # said twice
    OTHER_CODES = "other_codes"  # a code of another system than is held there
    AS_ONSET = "as_onset"  # an age or a range, held as the term below Onset that it falls in
    AS_AGE = "as_age"  # a day of birth, held as an age in days
    AS_NOTE = "as_note"  # a measurement, held as a sentence of a note


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A place in the packet, and why it is not held as it was told."""

    path: str
    why: Why


@dataclass(frozen=True, slots=True)
class Renamed:
    """An HPO id that the release in use has merged into another, or replaced."""

    path: str
    told: str
    current: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A packet as a case to be kept. `modifiers` are those of each of its findings, in their order."""

    id: str
    given: CaseInput
    modifiers: tuple[tuple[str, ...], ...]
    left_out: tuple[LeftOut, ...]
    renamed: tuple[Renamed, ...]


@dataclass(slots=True)
class Gathering:
    """Gathers what is met while one packet is read."""

    knowledge: Knowledge
    today: date
    born: date | None = None
    age_days: int | None = None
    faults: list[Fault] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)

    def leave(self, path: str, why: Why = Why.NOT_HELD) -> None:
        """What is at `path` is not held as it was told."""
        self.left_out.append(LeftOut(path, why))

    def rest(self, value: Json, path: str, *read: str) -> None:
        """Leave out all of an object but the fields that were read."""
        for name in value:
            if name not in read:
                self.leave(f"{path}.{name}".lstrip("."))

    def term(self, concept: Json | None, path: str) -> str | None:
        """The current id of an HPO term; None, with a fault or left out, where it is none."""
        id = str((concept or {}).get("id", ""))
        if not id:
            self.faults.append(Fault(field=f"{path}.id", what="This field is missing.", mend="Add it."))
            return None
        if not id.startswith("HP:"):
            self.leave(path, Why.OTHER_CODES)
            return None
        try:
            found = self.knowledge.terms.resolve(id)
        except UnknownTerm as error:
            self.faults.append(Fault(field=f"{path}.id", what=error.what, mend=error.mend))
            return None
        if found.id != id:
            self.renamed.append(Renamed(f"{path}.id", id, found.id))
        return found.id

    def checked(self, model: type[_I], value: Json, path: str) -> _I | None:
        """`value` as `model`; None, with its faults at `path`, where it is none."""
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.faults += [each.model_copy(update={"field": path}) for each in faults_of(error.errors())]
            return None

    def age(self, written: Json, path: str) -> int | None:
        """Days of an Age; None, with a fault, where it is no duration that an age may have."""
        told = str(written.get("iso8601duration", ""))
        if re.fullmatch(AGE, told):
            return days_of(told)
        what = "This is no age as an ISO 8601 duration."
        self.faults.append(
            Fault(
                field=f"{path}.iso8601duration", what=what, mend="Write it as P3Y2M or P10D: whole, and not below zero."
            )
        )
        return None

    def day(self, written: str, path: str) -> date | None:
        """The day (UTC) of a timestamp; None, with a fault, where it has not come yet."""
        told = datetime.fromisoformat(_to_seconds(written)).astimezone(UTC).date()
        if (told - self.today).days > 1:  # clocks of two places differ by so much
            self.faults.append(Fault(field=path, what="This date has not come yet.", mend="Correct the date."))
            return None
        return told

    def days_at(self, element: Json, path: str) -> int | None:
        """How old the patient was at a TimeElement, in days; None where it does not say."""
        if "age" in element:
            return self.age(element["age"], f"{path}.age")
        if "timestamp" in element:
            told = self.day(element["timestamp"], f"{path}.timestamp")
            if told is not None and self.born is not None:
                if told < self.born:
                    self.faults.append(
                        Fault(
                            field=f"{path}.timestamp", what="This is before the day of birth.", mend="Correct the date."
                        )
                    )
                    return None
                return (told - self.born).days
        return None


def text_of(value: Any) -> str:  # noqa: ANN401
    """A label as one line, without control characters."""
    return "".join(sign for sign in str(value or "") if sign.isprintable()).strip()


def _to_seconds(written: str) -> str:
    """A timestamp of protobuf without its fraction, which may have nine digits."""
    return re.sub(r"\.\d+", "", written)
