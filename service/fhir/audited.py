"""Links of the audit trail about a case, as AuditEvents for an auditor of its department."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.fhir.telling.audit_event import audit_event
from service.fhir.telling.codes import Json
from service.store.tables import audit

_MOST = 1000


def links_of(desk: Desk, cases: Sequence[str] | None, seq: str | None) -> tuple[list[Json], bool]:
    """The last thousand links, about these cases or any, the last first; or the one of a number. It is recorded.

    With them, whether there are more.
    """
    own = sorted(desk.actor.departments(Permission.READ_AUDIT))

    def work(connection: Connection) -> tuple[list[Json], bool]:
        of = audit.c.department.in_(own)
        if seq is not None:
            number = int(seq) if seq.isdecimal() and len(seq) < 16 else -1
            query = select(audit).where(of, audit.c.seq == number)
        elif cases is None:
            query = select(audit).where(of)
        else:
            about = audit.c.object_id.in_(cases) | audit.c.detail["case"].as_string().in_(cases)
            query = select(audit).where(of, about)
        rows = connection.execute(query.order_by(audit.c.seq.desc()).limit(_MOST + 1)).mappings().all()
        cut, rows = len(rows) > _MOST, rows[:_MOST]
        record(connection, desk.actor.id, Action.LIST, "trail", "links", detail={"links": len(rows)})
        return [audit_event(dict(row), case) for row in rows if (case := _case_of(dict(row)))], cut

    return desk.write(work)


def _case_of(link: Mapping[str, Any]) -> str | None:
    """The case that a link is about; None for what is about no case."""
    about = link["detail"].get("case")
    return str(about) if about else str(link["object_id"]) if link["object_kind"] == "case" else None
