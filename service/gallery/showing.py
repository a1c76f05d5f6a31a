"""What the gallery holds: for everyone who assesses by counts, face by face for those who see to the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ontology.knowledge import Knowledge
from service.actors import Actor, Permission
from service.audit.trail import Action, Value, record
from service.gallery.evaluating import latest
from service.gallery.reading import gallery_of, joined
from service.gallery.rows import Row, faces, remove, rows
from service.keeping import Keeping
from service.store.scope import may
from service.store.tables import enrolled


@dataclass(frozen=True, slots=True)
class OfDisease:
    """A disease of the gallery: faces, their persons, how many faces were imported; `found` is its evaluation."""

    disease: str
    faces: int
    persons: int
    imported: int
    found: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The gallery as a whole. `evaluation` is the last one of this very gallery; None where none is, or no more."""

    digest: str | None
    model: str | None
    synthetic: bool
    faces: int
    persons: int
    diseases: tuple[OfDisease, ...]
    evaluation: Mapping[str, Any] | None


def summary(keeping: Keeping, knowledge: Knowledge, by: str) -> Summary:
    """Counts and the evaluation in force, once the look is recorded."""

    def work(connection: Connection) -> Summary:
        held, plain = faces(connection, keeping.vault), rows(connection)
        gallery = gallery_of(knowledge, held.values())
        record(connection, by, Action.LIST, "gallery", "all", detail={"faces": len(held)})
        if gallery is None:
            return Summary(None, None, False, 0, 0, (), None)
        evaluation = latest(connection, gallery.digest)
        found = {} if evaluation is None else {each["disease"]: each for each in evaluation["found"]["diseases"]}
        imported = Counter(joined(knowledge, row.disease) for row in plain if row.origin is not None)
        diseases = tuple(
            OfDisease(
                disease,
                gallery.diseases.count(disease),
                gallery.persons_of(disease),
                imported[disease],
                found.get(disease),
            )
            for disease in gallery.known
        )
        people = len(gallery.everyone)
        return Summary(gallery.digest, gallery.model, gallery.synthetic, len(gallery), people, diseases, evaluation)

    return keeping.database.write(work)


def faces_of(keeping: Keeping, actor: Actor) -> list[Row]:
    """The faces of cases that the actor may read, once the look is recorded."""

    def work(connection: Connection) -> list[Row]:
        mine = select(enrolled.c.id).where(may(actor, Permission.READ_CASES, enrolled))
        own = set(connection.scalars(mine))
        record(connection, actor.id, Action.LIST, "enrolled", "all", detail={"faces": len(own)})
        return [row for row in rows(connection) if row.id in own]

    return keeping.database.write(work)


def every_face(keeping: Keeping, by: str) -> list[Row]:
    """Every face, for the operator, once the look is recorded."""

    def work(connection: Connection) -> list[Row]:
        found = rows(connection)
        record(connection, by, Action.LIST, "enrolled", "all", detail={"faces": len(found)})
        return found

    return keeping.database.write(work)


def remove_faces(keeping: Keeping, by: str, *, id: str | None = None, origin: str | None = None) -> int:
    """Delete the face `id`, or all that came from the hospital `origin`, for the operator; how many."""

    def work(connection: Connection) -> int:
        wanted = [row for row in rows(connection) if row.id == id or (origin is not None and row.origin == origin)]
        remove(connection, keeping.vault, [row.id for row in wanted])
        for row in wanted:
            detail: dict[str, Value] = {"imported": row.origin is not None, "disease": row.disease}
            record(connection, by, Action.ERASE, "enrolled", row.id, department=row.department, detail=detail)
        return len(wanted)

    return keeping.database.write(work)
