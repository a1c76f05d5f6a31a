"""Enrolled faces as rows: what is compared is sealed under the key of the case, or under the face's own.

Rows never change: a gallery is what its ids are. Unlike a case a gallery is the whole hospital's, for what it is for is
comparing a patient with all that the hospital has seen; who may see, enrol and remove which row is for the callers.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, insert, select

from facial.likeness.gallery import Enrolled
from facial.likeness.portrait import Portrait
from ontology.arrays import Floats
from service.cases.sealing import seal, unseal
from service.store.tables import enrolled, new_id, now
from service.vault.vault import OF_FACES, Vault

_KIND = "enrolled"
#: Bounds of the bands in which ages are kept, in days: what is told of a face needs no birthday.
_YEAR = 365.25
_BANDS = ((1, "0"), (4, "1-3"), (8, "4-7"), (13, "8-12"), (18, "13-17"), (40, "18-39"), (65, "40-64"))


@dataclass(frozen=True, slots=True)
class NewFace:
    """A face to be enrolled. `paper` is the reference of a consent on paper, `person` a pseudonym."""

    portrait: Portrait
    disease: str
    person: str
    sex: str = "unknown"
    age_band: str | None = None
    ancestry: str | None = None
    case: str | None = None
    department: str | None = None
    consent: str | None = None
    paper: str | None = None
    origin: str | None = None
    synthetic: bool = False
    shareable: bool = False
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What is not sealed of an enrolled face."""

    id: str
    case: str | None
    department: str | None
    disease: str
    age_band: str | None
    sex: str
    ancestry: str | None
    consent: str | None
    model: str
    origin: str | None
    synthetic: bool
    shareable: bool
    created_by: str
    created: datetime


def age_band(days: int | None) -> str | None:
    """The band of an age, in whole years; None where it is not told."""
    if days is None:
        return None
    return next((name for end, name in _BANDS if days < end * _YEAR), "65+")


def put(connection: Connection, vault: Vault, face: NewFace, by: str) -> str:
    """Insert a face; its id. The case's row, where there is one, must be there."""
    id = face.id or new_id()
    columns = ("case", "department", "disease", "age_band", "sex", "ancestry", "consent", "origin")
    row = {name: getattr(face, name) for name in columns}
    row |= {"id": id, "model": face.portrait.model, "synthetic": face.synthetic, "shareable": face.shareable}
    row |= {"created_by": by, "created": now(), "sealed": b""}
    connection.execute(insert(enrolled).values(row))
    if face.case is None:
        vault.create_key(connection, id, OF_FACES)
    content = {
        "embedding": packed(face.portrait.embedding),
        "measures": packed(face.portrait.measures),
        "person": face.person,
        "paper": face.paper,
    }
    sealed = seal(vault, connection, face.case or id, _KIND, id, content)
    connection.execute(enrolled.update().where(enrolled.c.id == id).values(sealed=sealed))
    return id


def rows(connection: Connection) -> list[Row]:
    """Every enrolled face but what is sealed, by id."""
    columns = [enrolled.c[name] for name in Row.__dataclass_fields__]
    return [Row(**found) for found in connection.execute(select(*columns).order_by(enrolled.c.id)).mappings()]


def faces(connection: Connection, vault: Vault) -> dict[str, Enrolled]:
    """Every enrolled face by its id, unsealed; raises SealBroken, KeyMissing."""
    found = connection.execute(select(enrolled).order_by(enrolled.c.id)).mappings().all()
    return {row["id"]: _face(row, _content(connection, vault, row)) for row in found}


def take_out(connection: Connection, vault: Vault, case_id: str) -> int:
    """Delete what is enrolled of a case; how many faces. For erasure, and where consent was withdrawn."""
    ids = list(connection.scalars(select(enrolled.c.id).where(enrolled.c.case == case_id)))
    remove(connection, vault, ids)
    return len(ids)


def remove(connection: Connection, vault: Vault, ids: Sequence[str]) -> None:
    """Delete faces with their keys."""
    for id in ids:
        vault.drop_key(connection, id)
        connection.execute(delete(enrolled).where(enrolled.c.id == id))


def packed(array: Floats) -> str:
    """float32 (n,), little-endian, in base64."""
    return b64encode(np.asarray(array, "<f4").tobytes()).decode()


def unpacked(text: str) -> Floats:
    """What `packed` was given; raises ValueError."""
    return np.frombuffer(b64decode(text, validate=True), "<f4").astype(np.float32)


def _content(connection: Connection, vault: Vault, row: RowMapping) -> dict[str, Any]:
    found: dict[str, Any] = unseal(vault, connection, row["case"] or row["id"], _KIND, row["id"], row["sealed"])
    return found


def _face(row: RowMapping, content: dict[str, Any]) -> Enrolled:
    portrait = Portrait(unpacked(content["embedding"]), unpacked(content["measures"]), row["model"])
    return Enrolled(portrait, row["disease"], content["person"], row["synthetic"])
