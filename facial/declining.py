"""What is answered where no face is read: that the bytes are a photo, and that nothing looked at it."""

from __future__ import annotations

from facial.photo import check_photo
from facial.reading import PhotoReading
from ontology.features import Abstention, Unread


def decline(content: bytes, reason: Unread = Unread.NO_FACE_MODEL) -> PhotoReading:
    """Decline, after telling a photo from what is none by how it begins; raises InputError where it is none.

    A photo that is quietly passed over would be taken for one that shows nothing.
    """
    check_photo(content)
    return PhotoReading(abstention=Abstention("facial", reason))
