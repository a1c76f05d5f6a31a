"""Attachments: bytes in base64, checked against what is said of them; what lies at an address is not fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from datetime import date

from service.fhir.issues import Issue, notice
from service.fhir.reading.context import Context
from service.fhir.reading.items import Attached, Json, Picture
from service.problems import Fault

#: The largest document that is read (service.documents, Bounds.content).
MOST_BYTES = 13_000_000
#: The largest photo (facial.photo.MAX_BYTES).
MOST_PHOTO_BYTES = 20_000_000
#: Which of several formats of one document is read, the one that loses least first.
PREFERRED = (
    "text/plain",
    "text/html",
    "application/xhtml+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/rtf",
    "text/rtf",
    "application/pdf",
)


def document(attachment: Json, path: str, context: Context, dated: date | None) -> Iterator[Attached | Issue]:
    """The bytes of a document that is to be read as a note, or why there are none."""
    named = media_type(attachment)
    if named.startswith(("image/", "audio/", "video/")):
        what = "A picture, sound or film is no note."
        yield notice(
            Fault(field=f"{path}.contentType", what=what, mend="Send a photo of the face as Media."), "not-supported"
        )
        return
    for content in contents(attachment, path, context, MOST_BYTES):
        if isinstance(content, Issue):
            yield content
        else:
            language = str(attachment.get("language") or "").casefold()[:2]
            yield Attached(content, path, named, dated, language if language in ("en", "zh") else None)


def picture(attachment: Json, path: str, context: Context) -> Iterator[Picture | Issue]:
    """A photo, or why there is none."""
    for content in contents(attachment, path, context, MOST_PHOTO_BYTES):
        yield content if isinstance(content, Issue) else Picture(content, path)


def contents(attachment: Json, path: str, context: Context, most: int) -> Iterator[bytes | Issue]:
    """The bytes of an attachment: its own, or those of a Binary that is sent along."""
    written, where = attachment.get("data"), f"{path}.data"
    if written is None and isinstance(attachment.get("url"), str):
        binary = context.find(attachment["url"])
        if binary is None or binary.get("resourceType") != "Binary":
            what = "What lies at an address is not fetched."
            mend = "Send it in `data`, or as a Binary in the same Bundle."
            yield Issue(Fault(field=f"{path}.url", what=what, mend=mend), code="not-supported")
            return
        written, where = binary.get("data"), f"{path}.url"
    if not isinstance(written, str):
        what = "This attachment holds nothing."
        yield notice(Fault(field=path, what=what, mend="Send it in `data`, in base64."), "not-supported")
        return
    yield from _decoded(written, attachment, where, path, most)


def media_type(attachment: Json) -> str:
    """The media type that is told, without its parameters."""
    return str(attachment.get("contentType") or "").partition(";")[0].strip().casefold()


def _decoded(written: str, attachment: Json, where: str, path: str, most: int) -> Iterator[bytes | Issue]:
    if len(written) * 3 // 4 > most:
        what = f"This attachment has more than {most:,} bytes."
        yield Issue(Fault(field=where, what=what, mend="Send a smaller one."), code="too-long")
        return
    try:
        content = base64.b64decode("".join(written.split()), validate=True)
    except (binascii.Error, ValueError):
        yield Issue(Fault(field=where, what="This is not base64.", mend="Send the bytes in base64."), code="value")
        return
    if not content:
        yield notice(
            Fault(field=where, what="This attachment is empty.", mend="Nothing is to be done."), "not-supported"
        )
        return
    size, digest = attachment.get("size"), attachment.get("hash")
    if isinstance(size, int) and size != len(content):
        what = "The attachment has another size than is said of it."
        yield Issue(Fault(field=f"{path}.size", what=what, mend="Send it again whole."), code="value")
    elif isinstance(digest, str) and not _agrees(digest, content):
        what = "The attachment has another hash than is said of it."
        yield Issue(Fault(field=f"{path}.hash", what=what, mend="Send it again whole."), code="value")
    else:
        yield content


def _agrees(digest: str, content: bytes) -> bool:
    """Whether a hash is the content's: SHA-1 in base64, as R4 has it, or written in hexadecimal as some do."""
    made = hashlib.sha1(content, usedforsecurity=False)
    return digest.strip() in (
        base64.b64encode(made.digest()).decode(),
        base64.b64encode(made.hexdigest().encode()).decode(),
    ) or (digest.strip().casefold() == made.hexdigest())
