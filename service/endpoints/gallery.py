"""Routes about the hospital's gallery of faces. What leaves the hospital does so by the operator's command alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter

from facial.reading import FacePatient, PhotoReading
from matching.case import Photo
from ontology.features import Unread
from service.actors import Actor, Permission, needs
from service.cases.desk import Desk
from service.endpoints.routing import OptionalJsonRoute
from service.endpoints.stored_cases import CaseId, Reanalyser, Writer
from service.faces.reading import Faces, Use
from service.gallery.enrolling import OfCase, enrol_case, remove_case
from service.gallery.evaluating import evaluate_gallery
from service.gallery.reading import DescribesFaces
from service.gallery.showing import faces_of, summary
from service.gallery.telling import faces_answer, gallery_answer
from service.models import gallery as m
from service.problems import ProblemError, answers
from service.services import Services, Shared, Speaking

_CHANGING = answers(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
router = APIRouter(prefix="/api/v1", tags=["gallery"], route_class=OptionalJsonRoute, responses=_CHANGING)
_NOT_HERE = frozenset({Unread.NO_FACE_MODEL, Unread.FACE_SWITCHED_OFF})
Reading = Annotated[Actor, needs(Permission.READ_CASES)]


@router.get("/gallery", response_model_exclude_none=True)
async def show_gallery(actor: Reading, services: Shared, speaking: Speaking) -> m.GalleryAnswer:
    """Tell what the gallery holds, by counts, and whether likeness was found to help."""
    found = await services.storage.run(summary, services.kept, services.knowledge, actor.id)
    return gallery_answer(services.knowledge, speaking.wording, found)


@router.get("/gallery/faces", response_model_exclude_none=True)
async def list_faces(actor: Reading, services: Shared, speaking: Speaking) -> m.FacesAnswer:
    """List the faces of the cases that one may read."""
    found = await services.storage.run(faces_of, services.kept, actor)
    return faces_answer(services.knowledge, speaking.wording, found)


@router.post("/gallery/cases/{id}", status_code=201)
async def enrol(id: CaseId, desk: Writer, services: Shared, given: m.EnrolInput | None = None) -> m.EnrolledAnswer:
    """Enrol the face of a case that is signed for a disease, under a consent of its own; never the photo."""
    wanted = given or m.EnrolInput(photo=None, disease=None, ancestry=None)
    of = OfCase(wanted.photo, wanted.disease, wanted.ancestry)
    reader_in = partial(reader_of, services, desk, id)
    changed = await services.storage.run(enrol_case, desk, reader_in, services.knowledge, id, of)
    return m.EnrolledAnswer(id=changed.added[0], case=id)


@router.delete("/gallery/cases/{id}")
async def remove(id: CaseId, desk: Writer, services: Shared) -> m.RemovedAnswer:
    """Take the faces of a case out of the gallery; the case stays as it is."""
    return m.RemovedAnswer(removed=await services.storage.run(remove_case, desk, id))


@router.post("/gallery:evaluate", response_model_exclude_none=True)
async def evaluate(desk: Reanalyser, services: Shared, speaking: Speaking) -> m.GalleryAnswer:
    """Ask of everyone in the gallery as if they were not in it; what passes weighs until the gallery changes."""
    await services.lane.run(evaluate_gallery, services.kept, services.knowledge, desk.actor.id)
    found = await services.storage.run(summary, services.kept, services.knowledge, desk.actor.id)
    return gallery_answer(services.knowledge, speaking.wording, found)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the photo of a kept case as the service does: by the site's policy, and on the record."""

    faces: Faces
    use: Use

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """As Faces.described; raises a 503 problem where faces are not read here."""
        reading = self.faces.described(Photo(photo_id, content), patient, self.use)
        if reading.abstention is not None and reading.abstention.reason in _NOT_HERE:
            raise ProblemError(503, "Faces are not read here.")
        return reading


def reader_of(services: Services, desk: Desk, case_id: str, department: str) -> DescribesFaces:
    """What reads the face of a case in `department`."""
    return Reader(services.faces, Use(desk.actor.id, frozenset({department}), case_id))
