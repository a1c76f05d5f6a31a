"""The demonstration on one machine: a department with one clinician, who comes in by a one-time link."""

from __future__ import annotations

from sqlalchemy import Connection

from ontology.errors import InputError
from service.identity import accounts, one_time
from service.identity.one_time import Purpose
from service.identity.roles import Role

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
