"""What a clinician thinks before they see the list: written once, and not changed when they have seen it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.sealing import seal, unseal
from service.problems import ProblemError
from service.store.tables import impression, new_id

STANDS = "A first impression has been written already, and stays as it was written."


@dataclass(frozen=True, slots=True)
class Written:
    """An impression as kept; `text` is None where it was passed over, `by` the account."""

    text: str | None
    by: str


def first_impression(
    desk: Desk, connection: Connection, case_id: str, permission: Permission = Permission.READ_CASES
) -> Written | None:
    """The first that was written of a case; where none was, the last that was passed over."""
    found = None
    for row in desk.parts(connection, impression, case_id, permission):
        content = unseal(desk.keeping.vault, connection, case_id, "impression", row["id"], row["sealed"])
        found = Written(content["text"], row["created_by"])
        if found.text is not None:
            break
    return found


def add_impression(desk: Desk, connection: Connection, row: RowMapping, text: str | None) -> None:
    """Seal what a clinician thinks into the case in `row`; `text` is None where they pass it over.

    Raises a 409 problem where an impression has been written.
    """
    before = first_impression(desk, connection, row["id"])
    if before and before.text is not None:
        raise ProblemError(409, STANDS)
    id = new_id()
    sealed = seal(desk.keeping.vault, connection, row["id"], "impression", id, {"text": text})
    desk.add(connection, impression, row, id=id, sealed=sealed)
    desk.record(connection, Action.CREATE, row, "impression", id, passed_over=text is None)


def require_impression(desk: Desk, connection: Connection, row: RowMapping, permission: Permission) -> None:
    """Raises a 409 problem where the site wants a first impression of the case in `row` and none was written."""
    if desk.rules.first_impression != "required":
        return
    found = first_impression(desk, connection, row["id"], permission)
    if found is None or found.text is None:
        raise ProblemError(409, "This site wants a first impression, written before the list is shown; there is none.")
