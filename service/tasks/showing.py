"""A task as FHIR tells it (hl7.org/fhir/R4/task.html): how far the reading of a case has come, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.cases.desk import Desk
from service.problems import ProblemError
from service.store.scope import scoped
from service.store.tables import task

#: TaskStatus of each state.
_STATUS: Mapping[str, str] = MappingProxyType(
    {"queued": "requested", "running": "in-progress", "done": "completed", "failed": "failed"}
)


def task_of(desk: Desk, id: str) -> dict[str, Any]:
    """The Task of this id; raises a 404 problem where there is none that the actor may see."""

    def work(connection: Connection) -> RowMapping | None:
        mine = scoped(desk.actor, Permission.READ_CASES, task, task.c.id == id)
        return connection.execute(mine).mappings().first()

    row = desk.read(work)
    if row is None:
        raise ProblemError(404, "There is no task of this id that you may see.")
    return resource_of(row)


def resource_of(row: RowMapping) -> dict[str, Any]:
    """The Task in `row`."""
    told: dict[str, Any] = {
        "resourceType": "Task",
        "id": row["id"],
        "meta": {"lastUpdated": _instant(row["changed"])},
        "status": _STATUS[row["state"]],
        "intent": "order",
        "description": "Read what was sent of the patient, and rank rare diseases",
        "for": {"reference": f"Patient/{row['case']}"},
        "authoredOn": _instant(row["created"]),
        "lastModified": _instant(row["changed"]),
    }
    if row["fault"]:
        told["statusReason"] = {"text": row["fault"]}
    if row["report"]:
        kinds = ("RiskAssessment", "DiagnosticReport")
        told["output"] = [
            {"type": {"text": kind}, "valueReference": {"reference": f"{kind}/{row['report']}"}} for kind in kinds
        ]
    return told


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
