"""Consents of a kept case. What they allow is asked for in service.consent, wherever it is done."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, delete

from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.consent.consent import ConsentMissing, Purpose, consents, give, require, withdraw
from service.gallery.rows import take_out
from service.models.stored import ConsentInput
from service.problems import Fault, invalid
from service.store.scope import may
from service.store.tables import photo
from service.vault.blobs import delete_blobs


def give_consent(desk: Desk, case_id: str, given: ConsentInput) -> Changed:
    """Record a consent; raises a 422 problem where a guardian must give it."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        try:
            id = give(connection, case_id, given.purpose, given.given_by, row["age_days"], desk.actor.id)
        except ConsentMissing as missing:
            raise invalid((Fault(field="given_by", what=missing.what, mend=missing.mend),)) from None
        return Changed(case_id, touch(desk, connection, row, content=False), row["status"], (id,))

    return change(desk, given.model_dump(mode="json"), work)


def withdraw_consent(desk: Desk, case_id: str, consent_id: str) -> Changed:
    """End a consent; where none to photos, or to the gallery, stands any more, what was kept under it is deleted."""
    blobs: list[str] = []

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        blobs[:] = end_consent(desk, connection, row, consent_id)
        version = touch(desk, connection, row, content=bool(blobs))
        return Changed(case_id, version, "draft" if blobs else row["status"])

    changed = desk.write(work)
    delete_blobs(desk.keeping.blobs, blobs)
    return changed


def end_consent(desk: Desk, connection: Connection, row: RowMapping, consent_id: str) -> list[str]:
    """End a consent of the case in `row`, in the caller's transaction; files to be deleted after its commit."""
    withdraw(connection, row["id"], consent_id, desk.actor.id)
    blobs = [] if holds(connection, row, Purpose.PHOTO) else _remove_photos(desk, connection, row)
    if not holds(connection, row, Purpose.GALLERY):
        faces = take_out(connection, desk.keeping.vault, row["id"])
        if faces:
            desk.record(connection, Action.ERASE, row, enrolled=faces)
    return blobs


def holds(connection: Connection, row: RowMapping, purpose: Purpose) -> bool:
    """Whether a consent to `purpose` stands."""
    try:
        require(connection, row["id"], purpose, row["age_days"])
    except ConsentMissing:
        return False
    return True


def require_assessable(desk: Desk, connection: Connection, row: RowMapping) -> None:
    """Raise ConsentMissing where consent to assessing was withdrawn, or is asked for by the site and not given."""
    said = any(one.purpose is Purpose.ASSESSMENT for one in consents(connection, row["id"]))
    if said or desk.rules.assessment_consent:
        require(connection, row["id"], Purpose.ASSESSMENT, row["age_days"])


def _remove_photos(desk: Desk, connection: Connection, row: RowMapping) -> list[str]:
    """Delete the rows of all photos of the case; the names of their files, to be deleted after the commit."""
    photos = desk.parts(connection, photo, row["id"])
    if photos:
        mine = may(desk.actor, Permission.WRITE_CASES, photo)
        connection.execute(delete(photo).where(mine, photo.c.case == row["id"]))
        desk.record(connection, Action.ERASE, row, photos=len(photos))
    return [part["blob"] for part in photos]
