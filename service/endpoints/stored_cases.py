"""Routes about kept cases. A case of another department is answered as one that does not exist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from service.actors import Permission
from service.cases import assessing, consents, erasing, features, glass, notes, opening, photos, reading, signing
from service.cases.changes import Changed
from service.cases.desk import Desk
from service.cases.reanalyse import reanalyse_some
from service.cases.worklist import list_cases
from service.endpoints.desks import at_desk, at_version
from service.endpoints.photos import PHOTO_BODY, asked_of, explained, photo_of
from service.endpoints.routing import OptionalJsonRoute, StrictJsonRoute
from service.faces.telling import photo_told
from service.models import stored as s
from service.models.faces import ExplainInput, ExplanationAnswer, PhotoAnswer
from service.models.releases import ReanalyseInput, ReanalysisAnswer
from service.problems import answers
from service.releases import releases_beside
from service.services import Shared, Speaking

_READING = answers(401, 403, 404, 410, 422, 503)
_CHANGING = answers(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
router = APIRouter(prefix="/api/v1", tags=["kept cases"])
json = APIRouter(route_class=StrictJsonRoute, responses=_CHANGING)
other = APIRouter(route_class=OptionalJsonRoute, responses=_CHANGING)
photo = APIRouter(responses=_CHANGING)

PHOTOS = "/api/v1/cases/{id}/photos"
CaseId = Annotated[str, Path(alias="id", pattern="^[0-9a-f]{32}$", description="Id of the case.")]
PartId = Annotated[str, Path(alias="part", pattern="^[0-9a-f]{32}$", description="Id of a part of the case.")]
Reader = Annotated[Desk, at_desk(Permission.READ_CASES)]
Writer = Annotated[Desk, at_desk(Permission.WRITE_CASES)]
Signer = Annotated[Desk, at_desk(Permission.SIGN)]
SecondSigner = Annotated[Desk, at_desk(Permission.SECOND_SIGN)]
Eraser = Annotated[Desk, at_desk(Permission.ERASE)]
Reanalyser = Annotated[Desk, at_desk(Permission.REANALYSE)]
GlassBreaker = Annotated[Desk, at_desk(Permission.BREAK_GLASS)]


@json.post("/cases", status_code=201)
async def open_case(given: s.CaseInput, desk: Writer, services: Shared, response: Response) -> s.ChangedAnswer:
    """Keep a new case in a department of one's own."""
    codes = services.knowing.codes
    changed = await services.storage.run(opening.open_case, desk, services.knowledge.terms, given, codes)
    response.headers["Location"] = f"/api/v1/cases/{changed.id}"
    return _answer(changed, response)


@json.patch("/cases/{id}", responses=answers(428))
async def change_case(
    id: CaseId, given: s.CaseChangeInput, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Change sex, age, tests done, family, the patient's number and name, or who sees to the case, at If-Match."""
    codes = services.knowing.codes
    return _answer(await services.storage.run(opening.change_case, at_version(desk), id, given, codes), response)


@json.post("/cases/{id}/notes", status_code=201)
async def add_note(
    id: CaseId, given: s.StoredNoteInput, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Keep a note, sealed; de-identified first where the site does so, with every offset kept true."""
    return _answer(await services.storage.run(notes.add_note, desk, id, given), response)


@other.delete("/cases/{id}/notes/{part}")
async def remove_note(id: CaseId, part: PartId, desk: Writer, services: Shared, response: Response) -> s.ChangedAnswer:
    """Take a note away, such as another patient's."""
    return _answer(await services.storage.run(notes.remove_note, desk, id, part), response)


@json.post("/cases/{id}/features", status_code=201)
async def add_features(
    id: CaseId, given: s.FeaturesInput, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """State findings; what was said of the same terms before is replaced."""
    terms = services.knowledge.terms
    return _answer(await services.storage.run(features.add_features, desk, terms, id, given), response)


@other.delete("/cases/{id}/features/{part}")
async def withdraw_feature(
    id: CaseId, part: PartId, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Take a stated finding back."""
    return _answer(await services.storage.run(features.withdraw_feature, desk, id, part), response)


@json.post("/cases/{id}/consents", status_code=201)
async def give_consent(
    id: CaseId, given: s.ConsentInput, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Record a consent; a guardian gives it for a patient under 14."""
    return _answer(await services.storage.run(consents.give_consent, desk, id, given), response)


@other.delete("/cases/{id}/consents/{part}")
async def withdraw_consent(
    id: CaseId, part: PartId, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """End a consent; with the last one to photos, the photos are deleted."""
    return _answer(await services.storage.run(consents.withdraw_consent, desk, id, part), response)


@photo.post("/cases/{id}/photos", status_code=201, openapi_extra={"requestBody": PHOTO_BODY})
async def add_photo(
    id: CaseId, request: Request, desk: Writer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Keep a photo, sealed; only under a consent to photos."""
    content = await photo_of(request)
    return _answer(await services.looking.run(photos.add_photo, desk, services.faces, id, content), response)


@other.post("/cases/{id}/photos/{part}:describe", responses=answers(409), response_model_exclude_none=True)
async def describe_photo(id: CaseId, part: PartId, desk: Reader, services: Shared, speaking: Speaking) -> PhotoAnswer:
    """Describe a photo that is kept, by what the case tells of age, sex and ancestry; that it was done is recorded."""
    reading = await services.looking.run(photos.describe_photo, desk, services.faces, id, part)
    return photo_told(reading, speaking, part)


@json.post("/cases/{id}/photos/{part}:explain", responses=answers(409), response_model_exclude_none=True)
async def explain_photo(
    id: CaseId, part: PartId, given: ExplainInput, desk: Reader, services: Shared, speaking: Speaking
) -> ExplanationAnswer:
    """Show what in a kept photo a measure or a likeness was read from; that it was done is recorded."""
    asked = asked_of(given)
    found = await services.looking.run(photos.explain_photo, desk, services.faces, id, part, asked)
    return explained(found, speaking, given)


@photo.get(
    "/cases/{id}/photos/{part}",
    response_class=Response,
    responses={**_READING, **answers(409), 200: {"content": {"application/octet-stream": {}}, "description": "Bytes."}},
)
async def show_photo(id: CaseId, part: PartId, desk: Reader, services: Shared) -> Response:
    """The bytes of a photo as they were given."""
    content = await services.storage.run(photos.show_photo, desk, id, part)
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})


@other.delete("/cases/{id}/photos/{part}")
async def remove_photo(id: CaseId, part: PartId, desk: Writer, services: Shared, response: Response) -> s.ChangedAnswer:
    """Delete a photo."""
    return _answer(await services.storage.run(photos.remove_photo, desk, id, part), response)


@other.post("/cases/{id}/assess", status_code=201, response_model_exclude_none=True)
async def assess(
    id: CaseId,
    desk: Writer,
    services: Shared,
    speaking: Speaking,
    response: Response,
    given: s.StoredAssessInput | None = None,
) -> s.StoredReportAnswer:
    """Assess what is kept of the case, and keep the report as it is shown here, for a clinician to sign.

    Its sentences are in the language that Accept-Language asks for, and stay in it.
    """
    wanted = given or s.StoredAssessInput()
    by = (services.knowing, speaking, services.faces)
    made = await services.lane.run(assessing.assess_case, desk, *by, id, wanted, services.heard)
    _answer(made, response)
    return await services.storage.run(reading.show_report, desk, _release(services), id, made.added[0])


@json.post("/cases/{id}/sign-off", status_code=201)
async def sign_off(
    id: CaseId, given: s.SignOffInput, desk: Signer, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Sign the report that was shown, with a decision and its reason; never a stale one."""
    return _answer(await services.storage.run(signing.sign, desk, id, given), response)


@json.post("/cases/{id}/second-sign-off", status_code=201)
async def second_sign_off(
    id: CaseId, given: s.SignOffInput, desk: SecondSigner, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Sign as the second reader, another person than the first; where the two disagree the case is a draft again."""
    return _answer(await services.storage.run(signing.sign_second, desk, id, given), response)


@json.post("/cases/{id}/break-glass", status_code=201)
async def break_glass(
    id: CaseId, given: s.BreakGlassInput, desk: GlassBreaker, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Read a case of another department for four hours, in an emergency; the reason is kept, every look recorded."""
    return _answer(await services.storage.run(glass.break_the_glass, desk, id, given), response)


@json.post("/cases/{id}/erase")
async def erase(
    id: CaseId, given: s.ErasureInput, desk: Eraser, services: Shared, response: Response
) -> s.ChangedAnswer:
    """Erase the case for good by destroying its key."""
    return _answer(await services.storage.run(erasing.erase_case, desk, id, given), response)


@other.post("/cases:reanalyse")
async def reanalyse(
    desk: Reanalyser, services: Shared, speaking: Speaking, given: ReanalyseInput | None = None
) -> ReanalysisAnswer:
    """Rank unsolved cases of one's departments again with the release in use, some at a time: what leads them now."""
    older = releases_beside(services.knowledge.folder.parent)
    wanted = given or ReanalyseInput()
    return await services.lane.run(reanalyse_some, desk, services.assessor, speaking.naming, older, wanted)


@other.get("/cases", responses=_READING)
async def worklist(wanted: Annotated[s.Worklist, Query()], desk: Reader, services: Shared) -> s.WorklistAnswer:
    """The cases of one's departments, the last changed first, with what was last reported of each."""
    return await services.storage.run(list_cases, desk, wanted, _release(services))


@other.get("/cases/{id}", responses=_READING, response_model_exclude_none=True)
async def show_case(
    id: CaseId, desk: Reader, services: Shared, speaking: Speaking, response: Response
) -> s.StoredCaseAnswer:
    """All that is kept of a case, but reports and photos themselves."""
    shown = await services.storage.run(reading.show_case, desk, speaking.naming, _release(services), id)
    response.headers["ETag"] = f'"{shown.version}"'
    return shown


@other.get("/cases/{id}/reports/{part}", responses=_READING, response_model_exclude_none=True)
async def show_report(id: CaseId, part: PartId, desk: Reader, services: Shared) -> s.StoredReportAnswer:
    """A report as it was shown when it was made, and whether case or knowledge have changed since."""
    return await services.storage.run(reading.show_report, desk, _release(services), id, part)


for part_of_it in (json, photo, other):
    router.include_router(part_of_it)


def _answer(changed: Changed, response: Response) -> s.ChangedAnswer:
    response.headers["ETag"] = f'"{changed.version}"'
    return s.ChangedAnswer(
        id=changed.id, version=changed.version, status=s.CaseStatus(changed.status), added=list(changed.added)
    )


def _release(services: Shared) -> str:
    return services.knowledge.manifest.release
