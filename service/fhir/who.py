"""Whose case it is: found by the patient's id in the system that sends, else by numbers, else opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from ontology.features import PatientSex
from ontology.terms import Terms
from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.notes import patient_of
from service.cases.opening import department_for, keep_case
from service.cases.sealing import seal
from service.fhir.departments import department_named
from service.fhir.issues import Issue, notice, warning
from service.fhir.judging import Patient
from service.fhir.reading.dates import age_on
from service.fhir.reading.items import Born, Person, Visit
from service.fhir.records import Records
from service.models.known import KnownInput
from service.models.stored import CaseInput, PatientInput
from service.patients import case_of_patient, digests_sought, know_patient, patient_digests
from service.problems import Fault
from service.store.scope import may, scoped
from service.store.tables import case
from service.vault.vault import Vault

#: Ids that this software gives.
_OWN_ID = re.compile("[0-9a-f]{32}")


@dataclass(slots=True)
class Who:
    """Finds, opens and changes the cases of patients, in one transaction."""

    desk: Desk
    connection: Connection
    terms: Terms
    records: Records
    today: date

    def found(self, patient: Patient) -> tuple[RowMapping | None, tuple[Issue, ...]]:
        """The case of a patient, held against other writers, and what is to be told; None where there is none.

        A case found by a number alone is not taken where its patient was born on another day.
        """
        subject, source, vault = patient.subject, self.records.source, self.desk.keeping.vault
        row = self._case_of(patient_digests(vault, self.connection, source, subject.id)) if subject.id else None
        if row is None:
            row = self._case_of(patient_digests(vault, self.connection, source, None, _numbers(patient)))
            if row is not None and patient.person is not None and self._is_anothers(row, patient.person):
                what = "Another patient here has the same number and another day of birth; they are kept apart."
                fault = Fault(field=patient.person.path, what=what, mend="Correct the number, or the birthDate.")
                return None, (warning(fault, "conflict"),)
        if row is None and subject.id and _OWN_ID.fullmatch(subject.id):
            row = self._case_told(subject.id)
        if row is None:
            return None, ()
        row = self.desk.changing(self.connection, row["id"])
        know_patient(self.desk, self.connection, row, self._digests(patient))
        return row, ()

    def opened(self, patient: Patient) -> tuple[RowMapping, tuple[Issue, ...]]:
        """A new case of a patient, and what is to be told; raises a 422 problem where no department is named."""
        person = patient.person
        hints = [name for visit in patient.of_kind(Visit) for name in visit.departments]
        department = department_for(self.desk, department_named(self.desk, self.connection, hints))
        given = CaseInput.model_construct(
            sex=(person.sex if person else None) or PatientSex.UNKNOWN,
            age=None,
            patient=_named(person),
            assigned_to=None,
            notes=[],
        )
        opened = keep_case(self.desk, self.connection, self.terms, given, department, (), KnownInput())
        row = self.desk.changing(self.connection, opened.id)
        know_patient(self.desk, self.connection, row, self._digests(patient))
        return row, _of_new(patient)

    def changed(self, patient: Patient, row: RowMapping) -> tuple[RowMapping, Born | None, bool]:
        """The case as the Patient says it is: row, day of birth, and whether what a report is made from is another."""
        values: dict[str, Any] = {}
        person = patient.person
        born = person.born if person and person.born else born_of_case(self.records, row)
        days = age_on(born, self._day(patient))
        if born is None and person is not None:
            days = person.age_days
        if days is not None and days != row["age_days"]:
            values["age_days"] = days
        if person is not None and person.sex not in (None, PatientSex.UNKNOWN, row["sex"]):
            values["sex"] = str(person.sex)
        content = bool(values)
        known = patient_of(self.desk, self.connection, row)
        told = {"number": person.number, "name": person.name} if person is not None else {}
        named = {**{"number": None, "name": None}, **known, **{name: value for name, value in told.items() if value}}
        if person is not None and named != known and any(named.values()):
            values["sealed"] = seal(self.desk.keeping.vault, self.connection, row["id"], "case", row["id"], named)
        if values:
            mine = may(self.desk.actor, Permission.WRITE_CASES, case)
            self.connection.execute(update(case).where(mine, case.c.id == row["id"]).values(**values))
            self.desk.record(self.connection, Action.CHANGE, row, fields=len(values))
        return self.desk.case(self.connection, row["id"], Permission.WRITE_CASES), born, content

    def _case_told(self, id: str) -> RowMapping | None:
        """The case that this site told as a Patient of this id, come back to it."""
        mine = scoped(self.desk.actor, Permission.WRITE_CASES, case, case.c.id == id, case.c.status != "erased")
        return self.connection.execute(mine).mappings().first()

    def _case_of(self, digests: Sequence[str]) -> RowMapping | None:
        return case_of_patient(self.desk, self.connection, digests, Permission.WRITE_CASES) if digests else None

    def _digests(self, patient: Patient) -> tuple[str, ...]:
        vault: Vault = self.desk.keeping.vault
        return patient_digests(vault, self.connection, self.records.source, patient.subject.id, _numbers(patient))

    def _is_anothers(self, row: RowMapping, person: Person) -> bool:
        known = born_of_case(self.records, row)
        return (
            known is not None
            and person.born is not None
            and abs((known.day - person.born.day).days) > known.days + person.born.days
        )

    def _day(self, patient: Patient) -> date:
        """The day on which the patient is as old as the case says: of death, of the last encounter, or today."""
        if patient.person is not None and patient.person.died is not None:
            return patient.person.died
        visits = [visit.day for visit in patient.of_kind(Visit) if visit.day is not None]
        return min(max(visits, default=self.today), self.today)


def born_of_case(records: Records, row: RowMapping) -> Born | None:
    """The day of birth that was received for a case, else what its age says, within the days that this may be off."""
    for each in reversed(records.of_case(row["id"])):
        if each["kind"] == "Patient":
            told = records.told(each)
            if "born" in told:
                return Born(date.fromisoformat(told["born"]), int(told.get("days", 0)))
    return None


def born_of_known(desk: Desk, source: str, patient: Any, connection: Connection) -> Born | None:  # noqa: ANN401
    """The day of birth of a subject who is known here, in a read: what was received, else by the age of the case."""
    digests = digests_sought(desk.keeping.vault, connection, source, patient.id, patient.identifiers)
    row = case_of_patient(desk, connection, digests, Permission.WRITE_CASES) if digests else None
    if row is None:
        return None
    found = born_of_case(Records(desk, connection, source), row)
    if found is None and row["age_days"] is not None:
        return Born(row["created"].date() - timedelta(days=row["age_days"]), 31)
    return found


def _numbers(patient: Patient) -> tuple[Any, ...]:
    person = patient.person
    return tuple(dict.fromkeys((*patient.subject.identifiers, *(person.identifiers if person else ()))))


def _named(person: Person | None) -> PatientInput | None:
    if person is None or not (person.name or person.number):
        return None
    return PatientInput.model_construct(number=person.number, name=person.name)


def _of_new(patient: Patient) -> tuple[Issue, ...]:
    first = patient.resources[0].entry
    if patient.person is None:
        what = "The patient is not known yet; a case was opened without sex and age."
        return (notice(Fault(field=first.path, what=what, mend="Send the Patient."), "incomplete"),)
    if not patient.subject.can_be_found_again and not patient.person.identifiers:
        what = "This patient has neither an id nor a number: each request opens another case."
        return (warning(Fault(field=first.path, what=what, mend="Send an identifier."), "incomplete"),)
    return ()
