"""Opening a case, and changing who it is about or who sees to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from matching.genetic_tests.catalogue import CatalogueTest
from ontology.features import Mention
from ontology.terms import Terms
from service.actors import Permission
from service.age import days_of
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.features import keep_features
from service.cases.known import changed as changed_known
from service.cases.known import known_of, sealed_known
from service.cases.notes import keep_note, patient_of
from service.cases.sealing import seal
from service.consent.retention import Retention
from service.intake import stated
from service.knowing import NO_CODES, settled
from service.models.known import KnownInput
from service.models.stored import CaseChangeInput, CaseInput
from service.problems import Fault, invalid
from service.store.tables import case, membership, new_id, now


def open_case(desk: Desk, terms: Terms, given: CaseInput, codes: Mapping[str, CatalogueTest] = NO_CODES) -> Changed:
    """Keep a new case, with its notes and findings; raises a 422 problem with every fault.

    `codes` are the tests of the catalogue in use, by which tests already done may be named.
    """
    department = department_for(desk, given.department)
    mentions = stated(given, desk.actor, terms) if given.features else ()
    known = settled(given, codes)

    def work(connection: Connection) -> Changed:
        return keep_case(desk, connection, terms, given, department, mentions, known)

    return change(desk, given.model_dump(mode="json"), work)


def keep_case(
    desk: Desk,
    connection: Connection,
    terms: Terms,
    given: CaseInput,
    department: str,
    mentions: Sequence[Mention],
    known: KnownInput,
) -> Changed:
    """Keep a new case in `department` with its notes, its findings as `mentions`, and `known`, settled.

    It is done in the caller's transaction.
    """
    _refuse_stranger(connection, department, given.assigned_to)
    id, moment = new_id(), now()
    row = {
        "id": id,
        "department": department,
        "status": "draft",
        "sex": given.sex.value,
        "age_days": days_of(given.age),
        "created_by": desk.actor.id,
        "assigned_to": given.assigned_to,
        "retain_until": Retention(desk.rules.retention_days).until(moment),
        "created": moment,
        "changed": moment,
    }
    connection.execute(case.insert().values(row))
    desk.keeping.vault.create_key(connection, id)
    if given.patient is not None:
        _keep_patient(desk, connection, id, given.patient.model_dump())
    _keep_known(desk, connection, id, known)
    kept = desk.case(connection, id, Permission.WRITE_CASES)
    desk.record(connection, Action.CREATE, kept)
    added = [keep_note(desk, connection, kept, note) for note in given.notes]
    added += keep_features(desk, connection, kept, terms, mentions)
    return Changed(id, kept["version"], "draft", tuple(added))


def change_case(
    desk: Desk, case_id: str, given: CaseChangeInput, codes: Mapping[str, CatalogueTest] = NO_CODES
) -> Changed:
    """Change what `given` names of a case; patient and account are not what a report is made from, the rest is.

    `codes` as for `open_case`.
    """
    named = given.model_fields_set

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        values: dict[str, Any] = {}
        if "sex" in named:
            values["sex"] = given.sex.value
        if "age" in named:
            values["age_days"] = days_of(given.age)
        retold = bool(named & set(KnownInput.model_fields))
        if retold:
            told = settled(changed_known(known_of(desk, connection, row), given), codes)
            _keep_known(desk, connection, case_id, told)
        content = bool(values) or retold
        if "assigned_to" in named:
            _refuse_stranger(connection, row["department"], given.assigned_to)
            values["assigned_to"] = given.assigned_to
        if "patient" in named:
            known = given.patient.model_dump(exclude_unset=True) if given.patient else {"number": None, "name": None}
            _keep_patient(desk, connection, case_id, {**patient_of(desk, connection, row), **known})
        desk.record(connection, Action.CHANGE, row, fields=len(named))
        version = touch(desk, connection, row, content=content, **values)
        return Changed(case_id, version, "draft" if content else row["status"])

    return desk.write(work)


def _keep_patient(desk: Desk, connection: Connection, case_id: str, known: dict[str, Any]) -> None:
    sealed = seal(desk.keeping.vault, connection, case_id, "case", case_id, known)
    connection.execute(case.update().where(case.c.id == case_id).values(sealed=sealed))


def _keep_known(desk: Desk, connection: Connection, case_id: str, known: KnownInput) -> None:
    sealed = sealed_known(desk, connection, case_id, known)
    connection.execute(case.update().where(case.c.id == case_id).values(known=sealed))


def department_for(desk: Desk, asked: str | None) -> str:
    """The department that a new case is kept in: the one asked for, or the only one; raises a 422 problem."""
    own = desk.actor.departments(Permission.WRITE_CASES)
    if asked is None and len(own) == 1:
        return next(iter(own))
    if asked in own:
        return str(asked)
    what = "You keep cases in several departments." if asked is None else "You keep no cases in this department."
    raise invalid((Fault(field="department", what=what, mend="Send the id of one in which you are a clinician."),))


def _refuse_stranger(connection: Connection, department: str, account: str | None) -> None:
    """Raise a 422 problem unless `account` is a member of the department."""
    if account is None:
        return
    member = select(membership.c.id).where(membership.c.department == department, membership.c.account == account)
    if connection.execute(member.limit(1)).first() is None:
        what = "This is no member of the case's department."
        raise invalid((Fault(field="assigned_to", what=what, mend="Send the id of one who is."),))
