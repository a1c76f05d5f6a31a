"""The route that describes a face photo, sent as bytes or as base64 in JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from facial.describe import describe
from service.actors import Actor, Permission, needs
from service.endpoints.routing import parsed, require_media_type
from service.models.answers import PhotoAnswer
from service.models.inputs import PhotoInput
from service.problems import answers
from service.services import Shared, Speaking

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=answers(400, 401, 403, 413, 415, 422, 503))

PATH = "/api/v1/photos:describe"
_IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream")
PHOTO_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/PhotoInput"}},
        **{image: {"schema": {"type": "string", "format": "binary"}} for image in _IMAGES},
    },
}


@router.post("/photos:describe", response_model_exclude_none=True, openapi_extra={"requestBody": PHOTO_BODY})
async def describe_photo(
    request: Request, actor: Annotated[Actor, needs(Permission.ASSESS)], services: Shared, speaking: Speaking
) -> PhotoAnswer:
    """Describe the face in a photo in HPO terms, or say why that was not done; the photo is not kept."""
    reading = await services.lane.run(describe, "photo", await photo_of(request))
    return PhotoAnswer(
        features=[speaking.mention(given) for given in reading.mentions],
        abstention=speaking.abstention(reading.abstention),
    )


async def photo_of(request: Request) -> bytes:
    """The bytes of the photo in the body: as they are, or in base64 in JSON; raises 415, 400 and 422 problems."""
    if require_media_type(request, "application/json", *_IMAGES) != "application/json":
        return await request.body()
    value = await parsed(request)
    try:
        return PhotoInput.model_validate(value).content
    except ValidationError as error:
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]) from None
