"""Enrolling: a kept case that is signed and consented to, or a photo with a consent on paper, at the command line.

The photo is read and let go; what is kept of it are the numbers that faces are compared by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection, RowMapping

from facial.likeness.gallery import GalleryMixed
from facial.likeness.portrait import Portrait
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge
from service.actors import Permission
from service.audit.trail import Action, Value, record
from service.cases.changes import Changed
from service.cases.desk import Desk
from service.cases.photos import content_of
from service.consent.consent import Purpose, consents, require
from service.gallery.reading import DescribesFaces, DiseaseUnstated, FaceRefused, face_in, joined
from service.gallery.rows import NewFace, age_band, faces, put, rows, take_out
from service.models.stored import CaseStatus, Decision
from service.store.tables import photo, sign_off
from service.vault.vault import Vault

#: Two portraits alike beyond this are of one photo: photos of one person taken one after the other reach .99.
_SAME_PHOTO = 0.9999


class AlreadyEnrolled(PhenomapError):
    """The same photo is in the gallery."""


@dataclass(frozen=True, slots=True)
class OfCase:
    """What is said of a case to be enrolled: which photo (the latest if None), its diagnosis, the ancestry as told."""

    photo: str | None = None
    disease: str | None = None
    ancestry: str | None = None


def enrol_case(
    desk: Desk, reader_in: Callable[[str], DescribesFaces], knowledge: Knowledge, case_id: str, given: OfCase
) -> Changed:
    """Enrol the face of a kept case under its signed diagnosis; ids of what was added.

    `reader_in` gives what reads faces in a department.

    Raises ConsentMissing without consents to photos and to the gallery, DiseaseUnstated, FaceRefused, AlreadyEnrolled,
    and what `fits` raises.
    """

    def gathered(connection: Connection) -> tuple[str, str, bytes]:
        row = desk.case(connection, case_id, Permission.WRITE_CASES)
        disease = _allowed(desk, connection, knowledge, row, given)
        kept = desk.parts(connection, photo, case_id)
        wanted = [part for part in kept if given.photo in {None, part["id"]}]
        if not wanted:
            raise FaceRefused("The case holds no such photo.", "Add one to the case first.")
        return row["department"], disease, content_of(desk, connection, wanted[-1])

    department, disease, content = desk.read(gathered)
    portrait = Portrait.of(face_in(reader_in(department), content))

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        if _allowed(desk, connection, knowledge, row, given) != disease:
            raise DiseaseUnstated("The diagnosis was changed meanwhile.", "Enrol the case again.")
        face = NewFace(
            portrait,
            disease,
            person=case_id,
            sex=row["sex"],
            age_band=age_band(row["age_days"]),
            ancestry=given.ancestry,
            case=case_id,
            department=row["department"],
            consent=_consent(connection, case_id),
        )
        id = enrolled_now(connection, desk.keeping.vault, face, desk.actor.id)
        return Changed(case_id, row["version"], row["status"], (id,))

    return desk.write(work)


def enrol_photo(desk: Desk, reader: DescribesFaces, knowledge: Knowledge, content: bytes, about: NewFace) -> str:
    """Enrol a photo without a case, for the operator; its id. `about` tells all but the portrait.

    Raises FaceRefused, AlreadyEnrolled, InputError, UnknownDisease, and what `fits` raises.
    """
    knowledge.diseases.position(about.disease)
    face = replace(about, portrait=Portrait.of(face_in(reader, content)), disease=joined(knowledge, about.disease))
    return desk.write(lambda connection: enrolled_now(connection, desk.keeping.vault, face, desk.actor.id))


def enrolled_now(connection: Connection, vault: Vault, face: NewFace, by: str) -> str:
    """Put a face into the gallery in the caller's transaction, and say so in the trail; its id."""
    fits(connection, face)
    for other in faces(connection, vault).values():
        if _cosine(other.portrait, face.portrait) > _SAME_PHOTO:
            raise AlreadyEnrolled("This photo is in the gallery already.", "Remove it first.")
    id = put(connection, vault, face, by)
    detail: dict[str, Value] = {"disease": face.disease, "model": face.portrait.model[:16], "synthetic": face.synthetic}
    if face.case is not None:
        detail["case"] = face.case
    record(connection, by, Action.CREATE, "enrolled", id, department=face.department, detail=detail)
    return id


def fits(connection: Connection, face: NewFace) -> None:
    """Raise GalleryMixed where the gallery is of another model, or the one is synthetic and the other is not."""
    held = rows(connection)
    if any(row.model != face.portrait.model for row in held):
        raise GalleryMixed(
            "The gallery was made with another face model.", "Use that model, or remove what was made with it."
        )
    if any(row.synthetic != face.synthetic for row in held):
        raise GalleryMixed("Synthetic and real faces do not go into one gallery.", "Remove the others first.")


def signed_disease(desk: Desk, connection: Connection, row: RowMapping) -> str | None:
    """The diagnosis that the case in `row` is signed for; None where it is not, or for none."""
    if row["status"] != CaseStatus.SIGNED:
        return None
    last = desk.parts(connection, sign_off, row["id"], Permission.WRITE_CASES)[-1]
    return last["disease"] if last["decision"] in {Decision.AGREE, Decision.OTHER} else None


def _allowed(desk: Desk, connection: Connection, knowledge: Knowledge, row: RowMapping, given: OfCase) -> str:
    for purpose in (Purpose.PHOTO, Purpose.GALLERY):
        require(connection, row["id"], purpose, row["age_days"])
    signed = signed_disease(desk, connection, row)
    if signed is None:
        raise DiseaseUnstated("The case is not signed for a disease.", "Sign it with the confirmed diagnosis first.")
    disease = joined(knowledge, signed)
    if given.disease is not None and joined(knowledge, given.disease) != disease:
        raise DiseaseUnstated("The case is signed for another disease.", "Leave the disease out, or sign anew.")
    return disease


def _consent(connection: Connection, case_id: str) -> str:
    """The latest consent to the gallery; one stands."""
    return [one.id for one in consents(connection, case_id) if one.purpose is Purpose.GALLERY and not one.withdrawn][-1]


def _cosine(one: Portrait, other: Portrait) -> float:
    lengths = np.linalg.norm(one.embedding) * np.linalg.norm(other.embedding)
    return float(one.embedding @ other.embedding / lengths)


def remove_case(desk: Desk, case_id: str) -> int:
    """Take a kept case's faces out of the gallery; how many. The case itself stays as it is."""

    def work(connection: Connection) -> int:
        row = desk.changing(connection, case_id)
        gone = take_out(connection, desk.keeping.vault, case_id)
        if gone:
            desk.record(connection, Action.ERASE, row, enrolled=gone)
        return gone

    return desk.write(work)
