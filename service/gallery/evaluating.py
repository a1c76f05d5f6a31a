"""Evaluating the gallery, and keeping what was found; it holds for that very gallery, and for no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select

from facial.likeness.evaluate import Evaluation, evaluate
from facial.likeness.gallery import GalleryUnusable
from facial.likeness.head import Verdict
from ontology.knowledge import Knowledge
from service.audit.trail import Action, record
from service.gallery.reading import gallery_of
from service.gallery.rows import faces
from service.keeping import Keeping
from service.store.tables import gallery_evaluation, new_id, now


def evaluate_gallery(keeping: Keeping, knowledge: Knowledge, by: str) -> Evaluation:
    """Leave everyone out once, keep what was found and say so in the trail. Raises GalleryUnusable where nobody is."""
    held = keeping.database.read(lambda connection: faces(connection, keeping.vault))
    gallery = gallery_of(knowledge, held.values())
    if gallery is None:
        raise GalleryUnusable("The gallery holds no face.", "Enrol one first.")
    found = evaluate(gallery)

    def work(connection: Connection) -> None:
        row = {"id": new_id(), "digest": found.digest, "model": found.model, "created_by": by, "created": now()}
        connection.execute(insert(gallery_evaluation).values(**row, found=asdict(found)))
        passed = sum(each.passed for each in found.diseases)
        detail = {"persons": found.persons, "diseases": len(found.diseases), "passed": passed}
        record(connection, by, Action.ASSESS, "gallery", found.digest, detail=detail)

    keeping.database.write(work)
    return found


def latest(connection: Connection, digest: str) -> Mapping[str, Any] | None:
    """The last evaluation of the gallery of `digest`: `id`, `created`, `found`; None where there is none."""
    mine = select(gallery_evaluation).where(gallery_evaluation.c.digest == digest)
    row = connection.execute(mine.order_by(gallery_evaluation.c.created.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """What the head goes by, from a kept evaluation."""
    found = row["found"]
    passed = frozenset(each["disease"] for each in found["diseases"] if each["why_not"] is None)
    return Verdict(row["digest"], row["model"], f"{row['created']:%Y-%m-%d}", passed)
