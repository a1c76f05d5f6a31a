"""Links of the trail for an auditor: those about their departments, and what its people did that is about none."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.identity.accounts import OPERATOR
from service.models.stored import AuditAnswer, AuditLinkAnswer, TrailQuery
from service.store.tables import audit, membership


def list_links(desk: Desk, wanted: TrailQuery) -> AuditAnswer:
    """One page of the trail; that it was read is recorded too."""
    asked = {audit.c.object_id: wanted.object_id, audit.c.actor: wanted.actor, audit.c.action: wanted.action}
    where = [column == value for column, value in asked.items() if value is not None]
    if wanted.before is not None:
        where.append(audit.c.seq < wanted.before)

    def work(connection: Connection) -> AuditAnswer:
        query = select(audit).where(_may_see(desk), *where).order_by(audit.c.seq.desc()).limit(wanted.limit + 1)
        rows = connection.execute(query).mappings().all()
        links = [AuditLinkAnswer.model_validate(dict(row)) for row in rows[: wanted.limit]]
        record(connection, desk.actor.id, Action.LIST, "trail", "links", detail={"links": len(links)})
        return AuditAnswer(links=links, next=links[-1].seq if len(rows) > wanted.limit else None)

    return desk.write(work)


def _may_see(desk: Desk) -> ColumnElement[bool]:
    """Links about the auditor's departments; about none, those by or about their people, and the operator's."""
    own = sorted(desk.actor.departments(Permission.READ_AUDIT))
    people = select(membership.c.account).where(membership.c.department.in_(own))
    by_own = or_(audit.c.actor.in_(people), audit.c.object_id.in_(people), audit.c.actor == OPERATOR)
    return or_(audit.c.department.in_(own), and_(audit.c.department.is_(None), by_own))
