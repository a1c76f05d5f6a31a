"""The worklist: cases of one's departments, the last changed first, page by page. No sealed field is opened for it."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.models.stored import CaseStatus, ListedCaseAnswer, Worklist, WorklistAnswer
from service.problems import Fault, invalid
from service.store.scope import scoped
from service.store.tables import case


def list_cases(desk: Desk, wanted: Worklist) -> WorklistAnswer:
    """One page of the cases that the actor may read; erased ones only where asked for."""
    where = [*_conditions(wanted)]
    if wanted.cursor is not None:
        where.append(_after(wanted.cursor))

    def work(connection: Connection) -> WorklistAnswer:
        query = scoped(desk.actor, Permission.READ_CASES, case, *where)
        ordered = query.order_by(case.c.changed.desc(), case.c.id.desc()).limit(wanted.limit + 1)
        rows = connection.execute(ordered).mappings().all()
        shown = [ListedCaseAnswer.model_validate(dict(row)) for row in rows[: wanted.limit]]
        more = len(rows) > wanted.limit
        record(connection, desk.actor.id, Action.LIST, "worklist", "cases", detail={"cases": len(shown)})
        return WorklistAnswer(cases=shown, next=_cursor(shown[-1]) if more else None)

    return desk.write(work)


def _conditions(wanted: Worklist) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.id is not None:
        where.append(case.c.id.startswith(wanted.id, autoescape=True))
    if wanted.unsolved is not None:
        where.append(case.c.unsolved.is_(wanted.unsolved))
    if wanted.assigned_to is not None:
        where.append(case.c.assigned_to == wanted.assigned_to)
    if wanted.department is not None:
        where.append(case.c.department == wanted.department)
    erased = case.c.status == CaseStatus.ERASED.value
    where.append(case.c.status == wanted.status.value if wanted.status else ~erased)
    return where


def _cursor(last: ListedCaseAnswer) -> str:
    place = json.dumps([last.changed.isoformat(timespec="microseconds"), last.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _after(cursor: str) -> ColumnElement[bool]:
    try:
        moment, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        changed = datetime.fromisoformat(moment)
        if changed.tzinfo is None or not isinstance(id, str):
            raise ValueError
    except (binascii.Error, ValueError, TypeError):
        what = "This cursor was not given by a list before."
        raise invalid((Fault(field="cursor", what=what, mend="Send `next` of the page before, or none."),)) from None
    return or_(case.c.changed < changed, and_(case.c.changed == changed, case.c.id < id))
