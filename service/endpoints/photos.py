"""Routes that describe a face photo, sent as bytes or as base64 in JSON, or with the page's form. It is not kept."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import HTMLResponse

from facial.reading import FacePatient
from matching.case import Photo
from ontology.features import Abstention
from service.actors import Actor, Permission, needs
from service.age import days_of
from service.endpoints.routing import parsed, require_media_type
from service.faces.reading import Asked, use_of
from service.faces.seam import Explains
from service.faces.telling import explanation_told, photo_told
from service.models.faces import DescribeInput, ExplainInput, ExplainPhotoInput, ExplanationAnswer, PhotoAnswer
from service.models.inputs import PhotoInput
from service.pages import common, templates
from service.problems import Fault, answers, invalid
from service.services import Shared, Speaking
from service.translate import Translator

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=answers(400, 401, 403, 413, 415, 422, 503))
page = APIRouter(include_in_schema=False)
Assessing = Annotated[Actor, needs(Permission.ASSESS)]

EXPLAIN = "/api/v1/photos:explain"
M = TypeVar("M", PhotoInput, DescribeInput, ExplainPhotoInput)
PATH = "/api/v1/photos:describe"
BENCH = "/bench/photo"
_IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")


def _json(model: str) -> dict[str, Any]:
    return {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}},
    }


def _body(model: str) -> dict[str, Any]:
    images = {image: {"schema": {"type": "string", "format": "binary"}} for image in _IMAGES}
    body = _json(model)
    return {**body, "content": {**body["content"], **images}}


PHOTO_BODY = _body("PhotoInput")


@router.post(
    "/photos:describe", response_model_exclude_none=True, openapi_extra={"requestBody": _body("DescribeInput")}
)
async def describe_photo(request: Request, actor: Assessing, services: Shared, speaking: Speaking) -> PhotoAnswer:
    """Describe the face in a photo: quality, measures against norms, suggested terms, likenesses; or say why not.

    The photo is not kept. Sent as bytes alone, nothing is known of the patient, and measures meet no norm.
    """
    given = await _described(request)
    patient = FacePatient(days_of(given.age), given.sex, given.ancestry)
    photo = Photo(given.id or "photo", given.content)
    reading = await services.looking.run(services.faces.described, photo, patient, use_of(actor))
    return photo_told(reading, speaking, given.id)


@router.post(
    EXPLAIN.removeprefix("/api/v1"),
    response_model_exclude_none=True,
    openapi_extra={"requestBody": _json("ExplainPhotoInput")},
)
async def explain_photo(request: Request, actor: Assessing, services: Shared, speaking: Speaking) -> ExplanationAnswer:
    """Show what in a photo a measure or a likeness was read from: a heat map over it. The photo is not kept."""
    require_media_type(request, "application/json")
    given = _checked(ExplainPhotoInput, await parsed(request))
    photo = Photo("photo", given.content)
    found = await services.looking.run(services.faces.explained, photo, asked_of(given), use_of(actor))
    return explained(found, speaking, given)


def asked_of(given: ExplainInput) -> Asked:
    """What an input asks for; raises a 422 problem where it is nothing, or two things."""
    if (given.measurement is None) is (given.disease is None):
        what = "Either a measure or a disease is to be explained."
        raise invalid((Fault(field="measurement", what=what, mend="Send one of the two."),))
    return Asked(given.measurement, -1 if given.small else 1, given.disease)


def explained(found: Explains | Abstention, speaking: Translator, given: ExplainInput) -> ExplanationAnswer:
    """An explanation as it is answered, or why there is none."""
    if isinstance(found, Abstention):
        return ExplanationAnswer(abstention=speaking.abstention(found))
    return explanation_told(found, speaking.wording.words, given.measurement is not None)


@page.post(BENCH)
async def photo_on_the_bench(request: Request, actor: Assessing, services: Shared, speaking: Speaking) -> HTMLResponse:
    """As `describe_photo`, as the HTML that the page shows."""
    answer = await describe_photo(request, actor, services, speaking)
    shown = {"photo": answer, "base": "/bench", "number": 1, "gated": False, "may_write": True, "level": 3}
    html = templates().get_template("bench/photo_reading.html").render(**common(services, speaking), **shown)
    return HTMLResponse(html)


async def photo_of(request: Request) -> bytes:
    """The bytes of the photo in the body: as they are, or in base64 in JSON; raises 415, 400 and 422 problems."""
    if require_media_type(request, "application/json", *_IMAGES) != "application/json":
        return await request.body()
    return _checked(PhotoInput, await parsed(request)).content


async def _described(request: Request) -> DescribeInput:
    if require_media_type(request, "application/json", *_IMAGES) != "application/json":
        return DescribeInput.model_construct(content=await request.body())
    return _checked(DescribeInput, await parsed(request))


def _checked(model: type[M], value: object) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RequestValidationError(_located(error)) from None


def _located(error: ValidationError) -> list[dict[str, Any]]:
    return [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
