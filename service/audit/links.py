"""Links of the trail for an auditor: those of their departments, and those that belong to none, such as sign-ins."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.models.stored import AuditAnswer, AuditLinkAnswer, TrailQuery
from service.store.tables import audit


def list_links(desk: Desk, wanted: TrailQuery) -> AuditAnswer:
    """One page of the trail; that it was read is recorded too."""
    where = [
        or_(audit.c.department.in_(sorted(desk.actor.departments(Permission.READ_AUDIT))), audit.c.department.is_(None))
    ]
    for column, value in (
        (audit.c.object_id, wanted.object_id),
        (audit.c.actor, wanted.actor),
        (audit.c.action, wanted.action),
    ):
        if value is not None:
            where.append(column == value)
    if wanted.before is not None:
        where.append(audit.c.seq < wanted.before)

    def work(connection: Connection) -> AuditAnswer:
        query = select(audit).where(*where).order_by(audit.c.seq.desc()).limit(wanted.limit + 1)
        rows = connection.execute(query).mappings().all()
        links = [AuditLinkAnswer.model_validate(dict(row)) for row in rows[: wanted.limit]]
        record(connection, desk.actor.id, Action.LIST, "trail", "links", detail={"links": len(links)})
        return AuditAnswer(links=links, next=links[-1].seq if len(rows) > wanted.limit else None)

    return desk.write(work)
