"""The photo seam: bytes in, mentions or an abstention out."""

from __future__ import annotations

from dataclasses import dataclass

from facial.photo import MAX_BYTES
from ontology.errors import InputError
from ontology.features import Abstention, Mention, Unread


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """Facial findings of one photo, or the reason why it was not read."""

    mentions: tuple[Mention, ...]
    abstention: Abstention | None = None


def describe(photo_id: str, content: bytes) -> PhotoReading:
    """Decline, after telling a photo from what is none; raises InputError where the bytes are no photo.

    No face model is part of this release; a photo that is quietly ignored would be taken for one that shows nothing.
    """
    if not content:
        raise InputError("photo", "The photo is empty.", "Send the bytes of a JPEG or PNG file.")
    if len(content) > MAX_BYTES:
        raise InputError(
            "photo", f"The photo has {len(content):,} bytes.", f"Send at most {MAX_BYTES:,}; reduce it first."
        )
    if not _is_photo(content):
        raise InputError("photo", "This is not a photo that can be recognised.", "Send a JPEG or PNG file.")
    return PhotoReading((), Abstention("facial", Unread.NO_FACE_MODEL))


def _is_photo(content: bytes) -> bool:
    """Whether the bytes begin as JPEG, PNG, WebP or HEIC do; nothing is decoded."""
    return (
        content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
        or content[4:8] == b"ftyp"
    )
