"""The route of the shift monitor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.actors import Actor, Permission, needs
from service.models.shift import ShiftAnswer, ShiftQuery
from service.problems import answers
from service.services import Services, Shared, Speaking
from service.shift.comparing import Compared, compared, together
from service.shift.months import months
from service.shift.telling import ShiftWords

router = APIRouter(prefix="/api/v1", tags=["shift"])


@router.get("/shift", responses=answers(401, 403, 422, 503))
async def show_shift(
    wanted: Annotated[ShiftQuery, Query()],
    actor: Annotated[Actor, needs(Permission.READ_CASES)],
    services: Shared,
    speaking: Speaking,
) -> ShiftAnswer:
    """Tell how what was read of late lies to what accuracy was measured on: counts of the whole site, of no patient."""
    found = await services.storage.run(shift_now, services, wanted.months)
    return ShiftWords(speaking.wording).answer(found)


def shift_now(services: Services, latest: int | None = None) -> Compared:
    """What is on disk and what this process has counted since, compared."""
    kept = services.kept.database.read(months)
    pending = services.counting.pending() if services.counting else {}
    return compared(together(kept, pending), services.settings.shift, latest)
