"""Erasing a kept case, by whoever may: at the patient's wish, when its time is over, or where it was a mistake."""

from __future__ import annotations

from sqlalchemy import Connection

from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk
from service.consent.retention import erase, scrub
from service.models.stored import ErasureInput


def erase_case(desk: Desk, case_id: str, given: ErasureInput) -> Changed:
    """Destroy the case's key and empty its rows (service.consent.retention); its trail remains."""
    keeping = desk.keeping

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id, Permission.ERASE)
        erase(connection, keeping.vault, keeping.blobs, case_id, desk.actor.id)
        desk.record(connection, Action.CHANGE, row, status="erased", reason=given.reason.value)
        return Changed(case_id, row["version"] + 1, "erased")

    changed = change(desk, given.model_dump(mode="json"), work)
    scrub(keeping.database)
    return changed
