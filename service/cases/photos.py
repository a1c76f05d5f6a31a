"""Photos: kept only under a consent of their own, sealed in files beside the database."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, RowMapping, delete

from facial.describe import describe
from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.consent.consent import Purpose, require
from service.problems import ProblemError
from service.store.scope import may
from service.store.tables import new_id, photo
from service.vault.blobs import delete_blobs, seal_blob, unseal_blob

_KIND = "photo"


def add_photo(desk: Desk, case_id: str, content: bytes) -> Changed:
    """Keep a photo; raises a ConsentMissing without a consent to photos, InputError where the bytes are none."""
    describe(_KIND, content)
    vault, folder, id = desk.keeping.vault, desk.keeping.blobs, new_id()

    def seal(connection: Connection) -> str:
        row = desk.case(connection, case_id, Permission.WRITE_CASES)
        require(connection, case_id, Purpose.PHOTO, row["age_days"])
        return seal_blob(vault, connection, folder, case_id, content, _KIND)

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        require(connection, case_id, Purpose.PHOTO, row["age_days"])
        desk.add(connection, photo, row, id=id, size=len(content), blob=blob)
        desk.record(connection, Action.CREATE, row, _KIND, id, bytes=len(content))
        return Changed(case_id, touch(desk, connection, row), "draft", (id,))

    blob = desk.read(seal)
    kept = False
    try:
        changed = change(desk, {"sha256": hashlib.sha256(content).hexdigest()}, work)
        kept = id in changed.added
    finally:
        if not kept:  # refused, or kept already by the same request sent before
            delete_blobs(folder, [blob])
    return changed


def show_photo(desk: Desk, case_id: str, photo_id: str) -> bytes:
    """The bytes of a photo, once the view is recorded; raises ConsentMissing, or a 404 problem."""

    def seen(connection: Connection) -> RowMapping:
        row = desk.case(connection, case_id)
        found = _find(desk, connection, case_id, photo_id)
        require(connection, case_id, Purpose.PHOTO, row["age_days"])
        desk.record(connection, Action.VIEW, row, _KIND, photo_id)
        return found

    found = desk.write(seen)
    return desk.read(lambda connection: content_of(desk, connection, found))


def remove_photo(desk: Desk, case_id: str, photo_id: str) -> Changed:
    """Delete a photo, and its file after that."""
    blobs: list[str] = []

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        blobs[:] = [_find(desk, connection, case_id, photo_id)["blob"]]
        connection.execute(delete(photo).where(may(desk.actor, Permission.WRITE_CASES, photo), photo.c.id == photo_id))
        desk.record(connection, Action.WITHDRAW, row, _KIND, photo_id)
        return Changed(case_id, touch(desk, connection, row), "draft")

    changed = desk.write(work)
    delete_blobs(desk.keeping.blobs, blobs)
    return changed


def content_of(desk: Desk, connection: Connection, row: RowMapping) -> bytes:
    """The bytes of the photo in `row`."""
    return unseal_blob(desk.keeping.vault, connection, desk.keeping.blobs, row["case"], row["blob"], _KIND)


def _find(desk: Desk, connection: Connection, case_id: str, photo_id: str) -> RowMapping:
    for row in desk.parts(connection, photo, case_id):
        if row["id"] == photo_id:
            return row
    raise ProblemError(404, "The case holds no such photo.")
