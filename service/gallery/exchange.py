"""Galleries between hospitals: a file of numbers, whole and checked. No photo, no case, no name, no consent.

What faces are compared by is personal data all the same: it tells one face from others. So only what was consented to
be given to others leaves, what came from others is never passed on, and the operator alone exports and imports.

    {"phenomap_gallery": 1, "model": SHA256, "sha256": OF_FACES, "faces": [{"id", "person", "disease", "age_band"?,
     "sex", "ancestry"?, "embedding", "measures"}, ...]}      embedding and measures: float32, little-endian, base64
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from facial.likeness.gallery import GalleryUnusable
from facial.likeness.portrait import Portrait
from ontology.errors import PhenomapError
from ontology.features import PatientSex
from service.audit.trail import Action, record
from service.cases.sealing import digest_of
from service.consent.consent import ConsentMissing, Purpose, require
from service.gallery.enrolling import AlreadyEnrolled, fits
from service.gallery.rows import NewFace, Row, faces, packed, put, rows, unpacked
from service.keeping import Keeping
from service.store.tables import case

FORMAT = 1
#: A face takes about 1 kB: more than this is no gallery of any hospital.
MOST_BYTES = 64_000_000
MOST_FACES = 20_000
_ID, _SHA = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
_DISEASE = re.compile(r"(OMIM|ORPHA|DECIPHER):[0-9]{1,7}")
_WORD = re.compile(r"[A-Za-z0-9 ._+-]{1,40}")
_KEYS = {"phenomap_gallery", "model", "sha256", "faces"}
_OF_FACE = {"id", "person", "disease", "age_band", "sex", "ancestry", "embedding", "measures"}
_WIDEST = 4096


class FileDamaged(PhenomapError):
    """The file is cut, altered, or no gallery."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The file's text, how many faces it holds, and how many stayed for want of consent or because they came so."""

    content: str
    faces: int
    not_consented: int
    imported: int


def export_gallery(keeping: Keeping, by: str) -> Exported:
    """What may be given to another hospital; raises GalleryUnusable where that is nothing. Said in the trail."""

    def work(connection: Connection) -> Exported:
        held = faces(connection, keeping.vault)
        own = [row for row in rows(connection) if row.origin is None and not row.synthetic]
        given = [row for row in own if _may_leave(connection, row)]
        if not given:
            raise GalleryUnusable(
                "No face may be given to another hospital.", "Record the consent to `federation` of their cases."
            )
        people = {held[row.id].person: secrets.token_hex(16) for row in given}
        listed = [_written(row, held[row.id].portrait, people[held[row.id].person]) for row in given]
        digest = digest_of(listed)
        whole = {"phenomap_gallery": FORMAT, "model": given[0].model, "sha256": digest, "faces": listed}
        detail = {"faces": len(given), "not_consented": len(own) - len(given)}
        record(connection, by, Action.EXPORT, "gallery", digest, detail=detail)
        content = json.dumps(whole, indent=0, sort_keys=True) + "\n"
        return Exported(content, len(given), len(own) - len(given), len(held) - len(own))

    return keeping.database.write(work)


def import_gallery(keeping: Keeping, content: bytes, origin: str, by: str) -> int:
    """Enrol every face of a file of the hospital `origin`, or none; how many.

    Raises FileDamaged, GalleryMixed for another model or where synthetic faces are, AlreadyEnrolled.
    """
    given = read_file(content)

    def work(connection: Connection) -> int:
        held = rows(connection)
        if {row.id for row in held} & {face.id for face in given}:
            raise AlreadyEnrolled(
                "Faces of this file are in the gallery already.",
                "Remove what came from that hospital first (`phenomap gallery remove --origin NAME`).",
            )
        fits(connection, given[0])
        _refuse_widths([*(face.portrait for face in given), *_portraits(connection, keeping)])
        for face in given:
            put(connection, keeping.vault, replace(face, origin=origin), by)
        digest = digest_of([face.id for face in given])
        record(connection, by, Action.IMPORT, "gallery", digest, detail={"faces": len(given)})
        return len(given)

    return keeping.database.write(work)


def read_file(content: bytes) -> list[NewFace]:
    """The faces of a file, at least one; raises FileDamaged where anything in it is not as it was written."""
    if len(content) > MOST_BYTES:
        raise FileDamaged(f"The file has more than {MOST_BYTES:,} bytes.", "Send a gallery as it was exported.")
    try:
        whole = json.loads(content)
        if whole.get("phenomap_gallery") not in {None, FORMAT}:
            raise FileDamaged("The file is of another version.", "Export it with this release.")
        if set(whole) != _KEYS or not _SHA.fullmatch(whole["model"]) or digest_of(whole["faces"]) != whole["sha256"]:
            raise ValueError
        if not 1 <= len(whole["faces"]) <= MOST_FACES:
            raise ValueError
        found = [_read(face, whole["model"]) for face in whole["faces"]]
        if len({face.id for face in found}) != len(found):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        what = "The file is no gallery, or it was altered."
        raise FileDamaged(what, "Ask for it again, as it was exported.") from None
    _refuse_widths([face.portrait for face in found])
    return found


def _portraits(connection: Connection, keeping: Keeping) -> list[Portrait]:
    return [face.portrait for face in faces(connection, keeping.vault).values()]


def _refuse_widths(portraits: Sequence[Portrait]) -> None:
    if len({(len(portrait.embedding), len(portrait.measures)) for portrait in portraits}) > 1:
        raise FileDamaged("The faces of the file are not of one width.", "Ask for it again, as it was exported.")


def _may_leave(connection: Connection, row: Row) -> bool:
    """Whether its person consented to other hospitals being asked: for a case as it stands, else as it was told."""
    if row.case is None:
        return row.shareable
    age = connection.execute(case.select().where(case.c.id == row.case)).mappings().one()["age_days"]
    try:
        require(connection, row.case, Purpose.FEDERATION, age)
    except ConsentMissing:
        return False
    return True


def _written(row: Row, portrait: Portrait, person: str) -> dict[str, str]:
    told = {"id": row.id, "person": person, "disease": row.disease, "sex": row.sex}
    told |= {"embedding": packed(portrait.embedding), "measures": packed(portrait.measures)}
    more = {"age_band": row.age_band, "ancestry": row.ancestry}
    return told | {name: value for name, value in more.items() if value is not None}


def _read(face: Mapping[str, Any], model: str) -> NewFace:
    """One face; raises ValueError, TypeError or KeyError where it is none."""
    portrait = Portrait(unpacked(face["embedding"]), unpacked(face["measures"]), model)
    words = (face.get("age_band"), face.get("ancestry"))
    sound = (
        set(face) <= _OF_FACE
        and all(_ID.fullmatch(face[name]) for name in ("id", "person"))
        and _DISEASE.fullmatch(face["disease"])
        and all(word is None or _WORD.fullmatch(word) for word in words)
        and 1 <= len(portrait.embedding) <= _WIDEST
        and len(portrait.measures) <= _WIDEST
        and np.isfinite(portrait.embedding).all()
        and np.isfinite(portrait.measures).all()
        and portrait.embedding.any()
    )
    if not sound:
        raise ValueError
    sex = PatientSex(face["sex"]).value
    return NewFace(portrait, face["disease"], face["person"], sex, *words, id=face["id"])
