"""The worklist: cases of one's departments, the last changed first, page by page. No sealed field is opened for it."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.cases.reading import is_stale
from service.models.stored import (
    CaseStatus,
    LastReportAnswer,
    ListedCaseAnswer,
    Worklist,
    WorklistAnswer,
    WorklistCaseAnswer,
)
from service.problems import Fault, invalid
from service.store.scope import scoped
from service.store.tables import case, report


def list_cases(desk: Desk, wanted: Worklist, knowledge: str | None = None) -> WorklistAnswer:
    """One page of the cases that the actor may read; erased ones only where asked for. `knowledge`: the one in use."""
    where = [*conditions(wanted)]
    if wanted.cursor is not None:
        where.append(after(wanted.cursor))

    def work(connection: Connection) -> WorklistAnswer:
        query = scoped(desk.actor, Permission.READ_CASES, case, *where)
        ordered = query.order_by(case.c.changed.desc(), case.c.id.desc()).limit(wanted.limit + 1)
        rows = connection.execute(ordered).mappings().all()
        last = last_reports(desk, connection, [row["id"] for row in rows[: wanted.limit]])
        shown = [shown_of(row, last.get(row["id"]), knowledge) for row in rows[: wanted.limit]]
        more = len(rows) > wanted.limit
        record(connection, desk.actor.id, Action.LIST, "worklist", "cases", detail={"cases": len(shown)})
        return WorklistAnswer(cases=shown, next=cursor_of(shown[-1]) if more else None, knowledge_in_use=knowledge)

    return desk.write(work)


def last_reports(desk: Desk, connection: Connection, cases: list[str]) -> dict[str, RowMapping]:
    """What is not sealed of the last report of each case that has one."""
    told = (report.c.id, report.c.case, report.c.created, report.c.knowledge, report.c.leading)
    query = scoped(desk.actor, Permission.READ_CASES, report, report.c.case.in_(cases)).with_only_columns(*told)
    return {row["case"]: row for row in connection.execute(query.order_by(report.c.created)).mappings()}


def shown_of(row: RowMapping, last: RowMapping | None, knowledge: str | None) -> WorklistCaseAnswer:
    """A case as it is listed, with what is not sealed of its last report."""
    told = None
    if last is not None:
        told = LastReportAnswer(
            id=last["id"],
            created=last["created"],
            knowledge=last["knowledge"],
            leading=last["leading"],
            stale=is_stale(row, last),
            knowledge_stale=None if knowledge is None else last["knowledge"] != knowledge,
        )
    return WorklistCaseAnswer.model_validate({**row, "last_report": told})


def conditions(wanted: Worklist) -> list[ColumnElement[bool]]:
    """What the query of a list asks of cases."""
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


def cursor_of(last: ListedCaseAnswer) -> str:
    """Where a page ended."""
    place = json.dumps([last.changed.isoformat(timespec="microseconds"), last.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def after(cursor: str) -> ColumnElement[bool]:
    """Cases behind a cursor; raises a 422 problem where it is none."""
    try:
        moment, id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        changed = datetime.fromisoformat(moment)
        if changed.tzinfo is None or not isinstance(id, str):
            raise ValueError
    except (binascii.Error, ValueError, TypeError):
        what = "This cursor was not given by a list before."
        raise invalid((Fault(field="cursor", what=what, mend="Send `next` of the page before, or none."),)) from None
    return or_(case.c.changed < changed, and_(case.c.changed == changed, case.c.id < id))
