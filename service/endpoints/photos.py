"""Routes that describe a face photo, sent as bytes or as base64 in JSON, or with the page's form. It is not kept."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import HTMLResponse

from facial.reading import FacePatient
from matching.case import Photo
from service.actors import Actor, Permission, needs
from service.age import days_of
from service.endpoints.routing import parsed, require_media_type
from service.faces.reading import use_of
from service.faces.telling import photo_told
from service.models.faces import DescribeInput, PhotoAnswer
from service.models.inputs import PhotoInput
from service.pages import common, templates
from service.problems import answers
from service.services import Shared, Speaking

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=answers(400, 401, 403, 413, 415, 422, 503))
page = APIRouter(include_in_schema=False)
Assessing = Annotated[Actor, needs(Permission.ASSESS)]

M = TypeVar("M", PhotoInput, DescribeInput)
PATH = "/api/v1/photos:describe"
BENCH = "/bench/photo"
_IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")


def _body(model: str) -> dict[str, object]:
    return {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}},
            **{image: {"schema": {"type": "string", "format": "binary"}} for image in _IMAGES},
        },
    }


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


@page.post(BENCH)
async def photo_on_the_bench(request: Request, actor: Assessing, services: Shared, speaking: Speaking) -> HTMLResponse:
    """As `describe_photo`, as the HTML that the page shows."""
    answer = await describe_photo(request, actor, services, speaking)
    shown = {"photo": answer, "base": "/bench", "number": 1, "gated": False, "may_write": True}
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
        found = [dict(each) | {"loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from None
