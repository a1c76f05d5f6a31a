"""Photos: kept only under a consent of their own, sealed in files beside the database."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, RowMapping, delete

from facial.metadata import without_metadata
from facial.reading import FacePatient, PhotoReading
from matching.case import Photo
from ontology.features import Abstention, PatientSex
from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.known import known_of
from service.consent.consent import Purpose, require
from service.faces.reading import Asked, Faces, Use
from service.faces.seam import Explains
from service.problems import ProblemError
from service.store.scope import may
from service.store.tables import new_id, photo
from service.vault.blobs import delete_blobs, seal_blob, unseal_blob

_KIND = "photo"


def add_photo(desk: Desk, faces: Faces, case_id: str, content: bytes) -> Changed:
    """Keep a photo; raises a ConsentMissing without a consent to photos, InputError where the bytes are none.

    What its file tells beside the picture, such as place and time, is taken off first. It is described before it is
    kept, so that what cannot be read is refused, and the page need not wait for it.
    """
    vault, folder, id = desk.keeping.vault, desk.keeping.blobs, new_id()
    content = without_metadata(content)
    patient, use = desk.read(lambda connection: _asking(desk, connection, case_id, Permission.WRITE_CASES))
    faces.described(Photo(id, content), patient, use)

    def seal(connection: Connection) -> str:
        row = desk.case(connection, case_id, Permission.WRITE_CASES)
        require(connection, case_id, Purpose.PHOTO, row["age_days"])
        return seal_blob(vault, connection, folder, case_id, content, _KIND)

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        require(connection, case_id, Purpose.PHOTO, row["age_days"])
        _enter(desk, connection, row, id, len(content), blob)
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


def keep_photo(desk: Desk, connection: Connection, row: RowMapping, content: bytes) -> tuple[str, str]:
    """Keep a photo in the case in `row`, in the caller's transaction: its id, and its file.

    The file is to be deleted where the transaction fails. Raises ConsentMissing.
    """
    require(connection, row["id"], Purpose.PHOTO, row["age_days"])
    id = new_id()
    blob = seal_blob(desk.keeping.vault, connection, desk.keeping.blobs, row["id"], content, _KIND)
    _enter(desk, connection, row, id, len(content), blob)
    return id, blob


def drop_photo(desk: Desk, connection: Connection, row: RowMapping, photo_id: str) -> None:
    """Delete the row of a photo of the case in `row`; its file is to be deleted after the commit."""
    mine = may(desk.actor, Permission.WRITE_CASES, photo)
    connection.execute(delete(photo).where(mine, photo.c.id == photo_id, photo.c.case == row["id"]))
    desk.record(connection, Action.WITHDRAW, row, _KIND, photo_id)


def describe_photo(desk: Desk, faces: Faces, case_id: str, photo_id: str) -> PhotoReading:
    """What a kept photo shows; raises ConsentMissing, or a 404 problem."""
    kept, patient, use = _asked_for(desk, case_id, photo_id)
    return faces.described(kept, patient, use)


def explain_photo(desk: Desk, faces: Faces, case_id: str, photo_id: str, asked: Asked) -> Explains | Abstention:
    """What in a kept photo an answer came from; raises as `describe_photo`."""
    kept, _, use = _asked_for(desk, case_id, photo_id)
    return faces.explained(kept, asked, use)


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
        drop_photo(desk, connection, row, photo_id)
        return Changed(case_id, touch(desk, connection, row), "draft")

    changed = desk.write(work)
    delete_blobs(desk.keeping.blobs, blobs)
    return changed


def content_of(desk: Desk, connection: Connection, row: RowMapping) -> bytes:
    """The bytes of the photo in `row`."""
    return unseal_blob(desk.keeping.vault, connection, desk.keeping.blobs, row["case"], row["blob"], _KIND)


def _enter(desk: Desk, connection: Connection, row: RowMapping, id: str, size: int, blob: str) -> None:
    desk.add(connection, photo, row, id=id, size=size, blob=blob)
    desk.record(connection, Action.CREATE, row, _KIND, id, bytes=size)


def _find(desk: Desk, connection: Connection, case_id: str, photo_id: str) -> RowMapping:
    for row in desk.parts(connection, photo, case_id):
        if row["id"] == photo_id:
            return row
    raise ProblemError(404, "The case holds no such photo.")


def _asking(desk: Desk, connection: Connection, case_id: str, permission: Permission) -> tuple[FacePatient, Use]:
    """What norms are chosen by, and whose photo it is; raises ConsentMissing."""
    row = desk.case(connection, case_id, permission)
    require(connection, case_id, Purpose.PHOTO, row["age_days"])
    patient = FacePatient(row["age_days"], PatientSex(row["sex"]), known_of(desk, connection, row).ancestry)
    return patient, Use(desk.actor.id, frozenset({row["department"]}), case_id)


def _asked_for(desk: Desk, case_id: str, photo_id: str) -> tuple[Photo, FacePatient, Use]:
    def work(connection: Connection) -> tuple[Photo, FacePatient, Use]:
        patient, use = _asking(desk, connection, case_id, Permission.READ_CASES)
        content = content_of(desk, connection, _find(desk, connection, case_id, photo_id))
        return Photo(photo_id, content), patient, use

    return desk.read(work)
