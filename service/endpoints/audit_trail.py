"""The route that shows the audit trail to an auditor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.actors import Permission
from service.audit.links import list_links
from service.cases.desk import Desk
from service.endpoints.desks import at_desk
from service.models.stored import AuditAnswer, TrailQuery
from service.problems import answers
from service.services import Shared

router = APIRouter(prefix="/api/v1", tags=["audit"])


@router.get("/audit", responses=answers(401, 403, 422, 503))
async def audit(
    wanted: Annotated[TrailQuery, Query()], desk: Annotated[Desk, at_desk(Permission.READ_AUDIT)], services: Shared
) -> AuditAnswer:
    """Links about one's departments and about none, the last first; `phenomap audit verify` checks the chain."""
    return await services.storage.run(list_links, desk, wanted)
