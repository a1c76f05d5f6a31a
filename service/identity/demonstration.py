"""The demonstration on one machine: a department with one clinician, who comes in by a one-time link."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ontology.errors import InputError
from ontology.features import PatientSex
from ontology.terms import Terms
from service.actors import Permission
from service.cases.desk import Desk
from service.cases.opening import open_case
from service.cases.rules import CaseRules
from service.demo import demo_case
from service.gallery.synthetic import keep_synthetic_gallery
from service.identity import accounts, one_time
from service.identity.one_time import Purpose
from service.identity.roles import Role, actor_with
from service.keeping import Keeping
from service.models.stored import CaseInput, StoredNoteInput
from service.store.scope import scoped
from service.store.tables import account, case

NAME = "demonstration"
DEPARTMENT = "Demonstration"


def demonstration_link(connection: Connection) -> str:
    """The secret of a new link for the demonstration's clinician, who is made where they are not there yet.

    Raises InputError where the account of that name is somebody's, with rights elsewhere.
    """
    department = accounts.find_department(connection, DEPARTMENT)
    department = department or accounts.create_department(connection, DEPARTMENT)
    row = accounts.find_account(connection, NAME)
    id = row.id if row is not None else accounts.create_account(connection, NAME, "Demonstration clinician")
    if any(where != department for where, _ in accounts.memberships(connection, id)):
        raise InputError("demonstration", "The account of this name has rights elsewhere.", "Name another database.")
    accounts.grant(connection, id, department, Role.CLINICIAN)
    return one_time.issue(connection, Purpose.DEMONSTRATION, id)


def keep_demonstration(keeping: Keeping, rules: CaseRules, terms: Terms, faces: bool) -> None:
    """Keep the example of the page as a case of the demonstration's clinician, where they have no case yet.

    Where `faces` are read, and nobody is enrolled, made-up ones are, so that likeness has something to be shown by.
    """
    clinician = keeping.database.read(
        lambda connection: connection.execute(select(account.c.id).where(account.c.name == NAME)).scalar_one()
    )
    _keep_case(keeping, rules, terms, clinician)
    if faces:
        keep_synthetic_gallery(keeping, clinician)


def _keep_case(keeping: Keeping, rules: CaseRules, terms: Terms, clinician: str) -> None:
    def of_clinician(connection: Connection) -> tuple[Desk, bool]:
        actor = actor_with(clinician, accounts.memberships(connection, clinician))
        mine = scoped(actor, Permission.READ_CASES, case).limit(1)
        return Desk(actor, keeping, rules), connection.execute(mine).first() is not None

    desk, has_one = keeping.database.read(of_clinician)
    if not has_one:
        demo = demo_case()
        note = StoredNoteInput(text=demo.text)
        open_case(desk, terms, CaseInput(sex=PatientSex(demo.sex), age=f"P{demo.years}Y{demo.months}M", notes=[note]))
