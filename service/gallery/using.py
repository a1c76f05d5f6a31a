"""Comparing faces with the gallery: the head is fitted once, and again when a face or an evaluation came or went.

Every comparison is a link of the audit trail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import Connection, func, select

from facial.likeness.gallery import Gallery
from facial.likeness.head import LikenessHead, Verdict, fit, likenesses
from facial.reading import PhotoReading
from ontology.knowledge import Knowledge
from service.audit.trail import Action, record
from service.gallery.evaluating import latest, verdict_of
from service.gallery.reading import gallery_of
from service.gallery.rows import faces, rows
from service.keeping import Keeping
from service.store.tables import gallery_evaluation


@dataclass(frozen=True, slots=True)
class Fitted:
    """A head and what its evaluation found, made when the tables were at `state`."""

    state: str
    head: LikenessHead | None
    verdict: Verdict | None


class GalleryInUse:
    """The hospital's gallery as faces are compared with it; shared between threads. It holds what faces are told by."""

    def __init__(self, keeping: Keeping, knowledge: Knowledge) -> None:
        self.keeping = keeping
        self.knowledge = knowledge
        self._fitting = Lock()
        self._fitted: Fitted | None = None

    def fitted(self) -> Fitted:
        """As the tables are now; seconds where hundreds of faces have changed. Raises GalleryMixed, SealBroken."""
        read = self.keeping.database.read
        with self._fitting:
            held = self._fitted
            state = read(_state)
            if held is None or held.state != state:
                held = _fitted_to(*read(self._anew))
                self._fitted = held
            return held

    def compared(
        self, readings: Sequence[PhotoReading], actor: str, case: str | None = None, department: str | None = None
    ) -> tuple[PhotoReading, ...]:
        """The same readings with their likenesses, once the use is recorded; as they are where nobody is enrolled."""
        fitted = self.fitted()
        head = fitted.head
        if head is None or not any(reading.face for reading in readings):
            return tuple(readings)
        found = tuple(
            reading
            if reading.face is None
            else replace(reading, likenesses=likenesses(head, reading.face, fitted.verdict))
            for reading in readings
        )
        weighing = {each.disease for reading in found for each in reading.likenesses if each.weighs}
        detail = {"photos": sum(reading.face is not None for reading in found), "weighing": len(weighing)}
        of = {} if case is None else {"case": case}

        def work(connection: Connection) -> None:
            record(
                connection, actor, Action.VIEW, "gallery", head.digest, department=department, detail={**detail, **of}
            )

        self.keeping.database.write(work)
        return found

    def _anew(self, connection: Connection) -> tuple[str, Gallery | None, Verdict | None]:
        """What the tables say, in one snapshot."""
        gallery = gallery_of(self.knowledge, faces(connection, self.keeping.vault).values())
        evaluation = None if gallery is None else latest(connection, gallery.digest)
        return _state(connection), gallery, None if evaluation is None else verdict_of(evaluation)


def _fitted_to(state: str, gallery: Gallery | None, verdict: Verdict | None) -> Fitted:
    return Fitted(state, None if gallery is None else fit(gallery), verdict)


def _state(connection: Connection) -> str:
    """What changes whenever a face is enrolled or removed, or the gallery evaluated: rows themselves never change."""
    ids = ",".join(row.id for row in rows(connection))
    evaluations = connection.scalar(select(func.count()).select_from(gallery_evaluation))
    return hashlib.sha256(f"{ids} {evaluations}".encode()).hexdigest()
