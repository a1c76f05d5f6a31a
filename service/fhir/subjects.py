"""Whose each resource is: the patients of what was sent, each with the resources that are about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.fhir.bundle import Entry, Incoming
from service.fhir.issues import Issue, warning
from service.fhir.reading.items import Json
from service.fhir.reading.patient import identifiers_of
from service.fhir.reading.types import READERS, SUBJECTS
from service.fhir.references import References, Target
from service.fhir.shapes import faults_of_shape
from service.patients import Identifier
from service.problems import Fault

#: Patients of one request: each is a case of its own, opened and queued in one transaction.
MOST_PATIENTS = 50
_PATIENT = "Patient"


@dataclass(slots=True)
class Subject:
    """A patient: the id in the system that sent it, numbers, and the Patient resource where it was sent along."""

    id: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    entry: Entry | None = None
    contained: Mapping[str, Any] | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def can_be_found_again(self) -> bool:
        """Whether another request can be seen to be about the same patient."""
        return bool(self.id or self.identifiers)


def subjects_of(incoming: Incoming, references: References) -> list[Subject]:
    """The patients of what was sent; resources that are nobody's, or a group's, get an issue."""
    found: dict[str, Subject] = {}
    for entry in incoming.entries:
        if entry.type == _PATIENT and entry.method != "DELETE" and not incoming.is_faulty(entry.at):
            key = _key_of_entry(entry)
            found[key] = Subject(entry.id, _identifiers(entry.resource), entry)
            found[key].entries.append(entry)
    patients = list(found.values())
    for entry in incoming.entries:
        if (
            entry.type in READERS
            and entry.type != _PATIENT
            and entry.method != "DELETE"
            and not incoming.is_faulty(entry.at)
        ):
            _place(entry, incoming, references, found, patients)
    if len(found) > MOST_PATIENTS:
        what = f"There are more than {MOST_PATIENTS} patients at once."
        incoming.tell(-1, Issue(Fault(field="Bundle.entry", what=what, mend="Send it in parts."), code="too-costly"))
    return list(found.values())


def _place(
    entry: Entry, incoming: Incoming, references: References, found: dict[str, Subject], patients: list[Subject]
) -> None:
    """Put an entry with its patient, or tell why that cannot be done."""
    name = SUBJECTS[entry.type]
    reference = entry.resource.get(name)
    at = f"{entry.path}.{name}"
    if reference is None:
        if len(patients) != 1:
            what = "It is not told whose this is."
            incoming.tell(entry.at, Issue(Fault(field=at, what=what, mend="Refer to a Patient."), code="required"))
            return
        what = "It is not told whose this is; it is taken as the only patient's of the Bundle."
        incoming.tell(entry.at, warning(Fault(field=at, what=what, mend="Refer to the Patient.")))
        patients[0].entries.append(entry)
        return
    target = references.target(reference.get("reference"), entry.resource)
    subject = _subject(reference, target, found)
    if subject is None:
        incoming.tell(entry.at, _nobodys(reference, target, at))
        return
    if subject.contained is not None and not subject.entries:
        for issue in faults_of_shape(subject.contained, _PATIENT, f"{entry.path}.contained"):
            incoming.tell(entry.at, issue)
    subject.entries.append(entry)


def _subject(reference: Json, target: Target, found: dict[str, Subject]) -> Subject | None:
    """The patient that a reference is to, added to `found` where it is new; None where it is to none."""
    told = reference.get("identifier") or {}
    numbers: tuple[Identifier, ...] = (
        (Identifier(str(told.get("system") or ""), str(told["value"])),) if told.get("value") else ()
    )
    if target.entry is not None:
        return found.get(_key_of_entry(target.entry))
    if target.contained is not None:
        if target.contained.get("resourceType") != _PATIENT:
            return None
        numbers = numbers + _identifiers(target.contained)
        if not numbers:
            return None  # it could be anybody, and another time somebody else
        known = _known_by(numbers, found)
        return known or found.setdefault(f"number {numbers[0]}", Subject(None, numbers, None, target.contained))
    if target.name is not None:
        kind, _, id = target.name.partition("/")
        if kind != _PATIENT:
            return None
        return found.setdefault(target.name, Subject(id, numbers))
    if numbers and "reference" not in reference:
        return _known_by(numbers, found) or found.setdefault(f"number {numbers[0]}", Subject(None, numbers))
    return None


def _known_by(numbers: tuple[Identifier, ...], found: dict[str, Subject]) -> Subject | None:
    return next((each for each in found.values() if set(numbers).intersection(each.identifiers)), None)


def _nobodys(reference: Json, target: Target, path: str) -> Issue:
    """Why a reference leads to no patient."""
    written = str(reference.get("reference") or "")
    if target.name is not None or target.contained is not None:
        what = "This is not about a patient who can be told from others."
        return Issue(
            Fault(field=path, what=what, mend="Refer to a Patient with an id or an identifier."), code="not-supported"
        )
    if written.startswith(("http://", "https://")):
        what = "This refers to another system than the one that sends it."
        mend = "Send the Patient along, or have the system's FHIR address entered in the settings (ehr.fhir)."
        return Issue(Fault(field=path, what=what, mend=mend), code="not-found")
    what = "This refers to nothing that was sent along."
    return Issue(
        Fault(field=path, what=what, mend="Send the Patient along, or refer to it as Patient/id."), code="not-found"
    )


def _key_of_entry(entry: Entry) -> str:
    return f"{_PATIENT}/{entry.id}" if entry.id else f"entry {entry.at}"


def _identifiers(resource: Mapping[str, Any]) -> tuple[Identifier, ...]:
    return tuple(Identifier(system, value) for system, value in identifiers_of(resource))
