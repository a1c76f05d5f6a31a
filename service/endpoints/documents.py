"""The route that reads a hospital's document to plain text. The document is not kept, and neither is its text."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request

from service.actors import Actor, Permission, needs
from service.documents.reading import DocumentRefused, read
from service.documents.telling import refused, told
from service.models.documents import DocumentAnswer
from service.problems import Fault, ProblemError, answers, invalid
from service.services import Shared, Speaking

router = APIRouter(prefix="/api/v1", tags=["cases"], responses=answers(401, 403, 413, 415, 422, 503))

PATH = "/api/v1/documents:read"
#: The kinds that are read, kinds whose refusal says what to do, and bytes of any kind. The content alone decides.
_TAKEN = (
    "application/octet-stream",
    "text/plain",
    "text/html",
    "application/pdf",
    "application/rtf",
    "text/rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/msword",
)
_BODY: dict[str, Any] = {
    "required": True,
    "description": "The bytes of the file, at most 13 MB: plain text in UTF-8, UTF-16, GB 18030 or Big5, Word (.docx), "
    "PDF with a text layer, HTML or RTF.",
    "content": {each: {"schema": {"type": "string", "format": "binary", "minLength": 1}} for each in _TAKEN},
}


@router.post("/documents:read", response_model_exclude_none=True, openapi_extra={"requestBody": _BODY})
async def read_document(
    request: Request, actor: Annotated[Actor, needs(Permission.ASSESS)], services: Shared, speaking: Speaking
) -> DocumentAnswer:
    """Read a document to plain text, or say why that is not possible and what to do; nothing of it is kept."""
    _require_taken(request)
    words = speaking.wording.words
    try:
        document = await services.documents.run(read, await request.body())
    except DocumentRefused as refusal:
        what, mend = refused(refusal.why, refusal.named, words)
        raise invalid([Fault(field="", what=what, mend=mend)]) from None
    notices = [told(notice, words) for notice in document.notices]
    return DocumentAnswer(text=document.text, kind=document.kind, pages=document.pages, notices=notices)


def _require_taken(request: Request) -> None:
    """Raise a 415 problem for another media type; what is said of the encoding is not relied on."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if media_type not in _TAKEN:
        what = "The Content-Type is not one taken here."
        fault = Fault(field="Content-Type", what=what, mend=f"Send {' or '.join(_TAKEN)}.")
        raise ProblemError(415, what, (fault,))
