"""The route by which a hospital system sees how far the reading of a case has come."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from service.endpoints.fhir_body import outcomes
from service.endpoints.fhir_desks import FhirReader
from service.fhir.answering import FhirAnswer
from service.fhir.names import FHIR_JSON, ROOT
from service.services import Shared
from service.tasks.showing import task_of

router = APIRouter(prefix=ROOT, tags=["FHIR"], responses=outcomes(401, 403, 404, 410, 422, 503))
TaskId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Id of the task.")]


@router.get("/Task/{id}", responses={200: {"description": "A Task.", "content": {FHIR_JSON: {}}}})
async def show_task(id: TaskId, asker: FhirReader, services: Shared) -> Response:
    """How far the reading of a case has come; completed, it names the RiskAssessment that came of it."""
    asker.require("Task", "read")
    found = await services.storage.run(task_of, asker.desk, id)
    headers = {} if found["status"] in {"completed", "failed"} else {"Retry-After": "1"}
    return FhirAnswer(found, headers=headers)
