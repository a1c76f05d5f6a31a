"""Judging what was sent: every resource, all faults at once; then what each is read to.

Nothing is kept here. Where anything of a transaction is at fault, all of it is refused; of a batch what is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ontology.diseases import Diseases
from ontology.terms import Terms
from service.fhir.bundle import BATCH, WHOLE, Entry, Incoming
from service.fhir.issues import Issue, Refused, notice, warning
from service.fhir.reading.context import Context
from service.fhir.reading.dates import age_on, moment_of
from service.fhir.reading.items import Attached, Born, Item, Person, Text
from service.fhir.reading.retold import is_of_a_report
from service.fhir.reading.texts import DocumentTexts
from service.fhir.reading.types import READERS
from service.fhir.references import References
from service.fhir.shapes import KEPT_TYPES, READ_TYPES, faults_of_shape
from service.fhir.subjects import Subject, subjects_of
from service.problems import Fault

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
#: Characters of notes in one request: 200 notes of a long stay have some two million. Covering names in them takes four
#: seconds a million.
MOST_CHARACTERS = 3_000_000
#: Faults that are collected; a Bundle with more is wrong all over, and not looked at further.
MOST_FAULTS = 1_000


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that was judged and read."""

    entry: Entry
    items: tuple[Item, ...]


@dataclass(slots=True)
class Patient:
    """A patient with what was sent of them."""

    subject: Subject
    resources: list[Resource] = field(default_factory=list)

    def of_kind(self, kind: type) -> list[Any]:
        """Every item of a kind, in the order sent."""
        return [item for resource in self.resources for item in resource.items if isinstance(item, kind)]

    @property
    def person(self) -> Person | None:
        """What the Patient resource says, where one was sent."""
        people: list[Person] = self.of_kind(Person)
        return people[0] if people else None


@dataclass(slots=True)
class Judged:
    """What was sent, by patient, and what is to be told of it. `deleted` are entries that ask for a deletion."""

    incoming: Incoming
    patients: list[Patient] = field(default_factory=list)
    deleted: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges for one sender. `base` is its FHIR address; `may` says whether it may do this with a type of resource.

    `born` gives the day of birth of a patient who is known here already.
    """

    terms: Terms
    diseases: Diseases
    texts: DocumentTexts
    today: date
    base: str | None = None
    may: Callable[[str, str], bool] = lambda type_, method: True
    born: Callable[[Subject], Born | None] = lambda subject: None

    def judged(self, incoming: Incoming) -> Judged:
        """All of it; raises Refused with every issue, but for a batch, whose faulty entries are left out."""
        _refuse_unkept(incoming)
        references = References(incoming.entries, self.base)
        _leave_out_reports(incoming)
        for entry in incoming.entries:
            for issue in self._of_entry(entry):
                incoming.tell(entry.at, issue)
            if sum(len(each) for each in incoming.issues.values()) > MOST_FAULTS:
                break
        for at, issue in references.circles([entry for entry in incoming.entries if not incoming.is_faulty(entry.at)]):
            incoming.tell(at, issue)
        judged = Judged(incoming)
        if not incoming.is_faulty(WHOLE):
            judged.patients = [
                self._read(subject, incoming, references) for subject in subjects_of(incoming, references)
            ]
            self._with_texts(judged)
        judged.deleted = [
            entry for entry in incoming.entries if entry.method == "DELETE" and not incoming.is_faulty(entry.at)
        ]
        _settle(judged)
        return judged

    def _of_entry(self, entry: Entry) -> Iterator[Issue]:
        """What is wrong with one resource by itself, or that its type is not read."""
        if entry.type not in READ_TYPES:
            what = "This type of resource is not read."
            yield notice(Fault(field=entry.path, what=what, mend="Nothing of it is kept."), "not-supported")
            return
        if entry.type != "Binary" and not self.may(entry.type, entry.method):
            what = "The scopes of this access token do not allow this."
            yield Issue(Fault(field=entry.path, what=what, mend="Nothing is to be done."), code="forbidden")
        if entry.method != "DELETE":
            yield from faults_of_shape(entry.resource, entry.type, entry.path)

    def _read(self, subject: Subject, incoming: Incoming, references: References) -> Patient:
        patient = Patient(subject)
        born: Born | None = None
        if subject.entry is None:
            born = self.born(subject)
            if subject.contained is not None:
                born = self._contained(subject, patient, born, incoming)
        for entry in subject.entries:
            if entry.type == "Patient" or not incoming.is_faulty(entry.at):
                resource = self._of_resource(entry, born, incoming, references)
                patient.resources.append(resource)
                if entry.type == "Patient":
                    found = patient.person
                    born = (found.born if found else None) or self.born(subject)
        return patient

    def _contained(self, subject: Subject, patient: Patient, born: Born | None, incoming: Incoming) -> Born | None:
        """The Person of a Patient that is contained in the first resource about them, unless that is forbidden."""
        assert subject.contained is not None
        first = subject.entries[0]
        if not self.may("Patient", first.method):
            what = "The scopes of this access token do not allow this."
            fault = Fault(field=f"{first.path}.contained", what=what, mend="Nothing of it is kept.")
            incoming.tell(first.at, warning(fault, "forbidden"))
            return born
        context = Context(self.terms, self.diseases, self.today, lambda reference: None)
        items = list(READERS["Patient"](subject.contained, f"{first.path}.contained", context))
        entry = Entry(first.at, first.path, "PUT", "Patient", None, subject.contained)
        patient.resources.append(Resource(entry, tuple(item for item in items if not isinstance(item, Issue))))
        person = patient.person
        return person.born if person and person.born else born

    def _of_resource(self, entry: Entry, born: Born | None, incoming: Incoming, references: References) -> Resource:
        def find(reference: object) -> Mapping[str, Any] | None:
            return references.target(reference, entry.resource).resource

        context = Context(self.terms, self.diseases, self.today, find, born)
        items: list[Item] = []
        for item in READERS[entry.type](entry.resource, entry.path, context):
            if isinstance(item, Issue):
                incoming.tell(entry.at, item)
            else:
                items.append(item)
        for issue in _before_birth(entry, born):
            incoming.tell(entry.at, issue)
        return Resource(entry, tuple(items))

    def _with_texts(self, judged: Judged) -> None:
        """Put the texts of documents in the place of their bytes, with what is to be told of them."""
        asked = [
            (patient, at, resource)
            for patient in judged.patients
            for at, resource in enumerate(patient.resources)
            if any(isinstance(item, Attached) for item in resource.items)
            and not judged.incoming.is_faulty(resource.entry.at)
        ]
        wanted = [item for _, _, resource in asked for item in resource.items if isinstance(item, Attached)]
        texts = iter(self.texts.read(wanted))
        for patient, at, resource in asked:
            items: list[Item] = []
            for item in resource.items:
                for read in next(texts) if isinstance(item, Attached) else (item,):
                    if isinstance(read, Issue):
                        alone = judged.incoming.count == 1  # nothing else was sent: a refusal is clearer than a warning
                        judged.incoming.tell(resource.entry.at, replace(read, severity="error") if alone else read)
                    else:
                        items.append(read)
            patient.resources[at] = Resource(resource.entry, tuple(items))
        characters = sum(len(text.words) for patient in judged.patients for text in patient.of_kind(Text))
        if characters > MOST_CHARACTERS:
            what = f"There are more than {MOST_CHARACTERS:,} characters of notes."
            judged.incoming.tell(
                WHOLE, Issue(Fault(field="Bundle", what=what, mend="Send them in parts."), code="too-costly")
            )


def _refuse_unkept(incoming: Incoming) -> None:
    """Raise Refused, 404, for one resource by itself of a type that no case is changed by.

    404 is what hl7.org/fhir/R4/http.html, "create", has for a type that is not supported.
    """
    for entry in incoming.entries if incoming.alone else ():
        if entry.type == "Binary":
            what = "A Binary is read only with the document that refers to it."
            fault = Fault(field=entry.path, what=what, mend="Send both in one Bundle.")
            raise Refused([Issue(fault, code="not-supported")], 404)
        if entry.type not in KEPT_TYPES:
            fault = Fault(field=entry.path, what="This type of resource is not read.", mend="Nothing of it is kept.")
            raise Refused([Issue(fault, code="not-supported")], 404)


def _leave_out_reports(incoming: Incoming) -> None:
    """Leave out what belongs to a report of this software, and tell it: a report is made anew from what is kept."""
    made = [entry for entry in incoming.entries if is_of_a_report(entry.resource)]
    for entry in made:
        what = "This is part of a report made by this software, and not read back."
        incoming.tell(entry.at, notice(Fault(field=entry.path, what=what, mend="Nothing is to be done.")))
    gone = {entry.at for entry in made}
    incoming.entries[:] = [entry for entry in incoming.entries if entry.at not in gone]


def _settle(judged: Judged) -> None:
    """Refuse all, or of a batch leave out what is at fault."""
    incoming = judged.incoming
    if incoming.is_faulty(WHOLE) or (incoming.kind != BATCH and any(map(incoming.is_faulty, incoming.issues))):
        raise Refused(incoming.all_issues, _status(incoming.all_issues))
    for patient in judged.patients:
        patient.resources = [each for each in patient.resources if not incoming.is_faulty(each.entry.at)]
    judged.patients = [patient for patient in judged.patients if patient.resources]


def _status(issues: Sequence[Issue]) -> int:
    """403 where all that is wrong is that it is not allowed, 413 where it is too much, else 422."""
    codes = {issue.code for issue in issues if issue.is_error}
    if codes == {"forbidden"}:
        return 403
    return 413 if codes and codes <= {"too-long", "too-costly"} else 422


def _before_birth(entry: Entry, born: Born | None) -> Iterator[Issue]:
    """A fault where something was done with the patient long before they were born: a date of another patient."""
    if born is None or entry.type in ("Patient", "FamilyMemberHistory", "Consent"):
        return
    for name in ("effectiveDateTime", "onsetDateTime"):
        moment = moment_of(entry.resource, name)
        if len(moment) >= 10 and born.days == 0:
            day = date.fromisoformat(moment[:10])
            if age_on(born, day) is None and (born.day - day).days > 300:
                what = "This date lies before the patient was born."
                fault = Fault(field=f"{entry.path}.{name}", what=what, mend="Correct it, or the birthDate.")
                yield Issue(fault, code="value")
