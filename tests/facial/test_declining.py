"""Where no face is read, a photo gets an honest refusal, and what is no photo gets a fault."""

import pytest

from facial.declining import decline
from facial.photo import MAX_BYTES
from ontology.errors import InputError
from ontology.features import Abstention, Unread

PHOTOS = {
    "jpeg": b"\xff\xd8\xff\xe0" + b"0" * 32,
    "png": b"\x89PNG\r\n\x1a\n" + b"0" * 32,
    "webp": b"RIFF0000WEBP" + b"0" * 32,
}


@pytest.mark.parametrize("content", PHOTOS.values(), ids=PHOTOS)
def test_a_photo_is_declined_with_the_reason(content):
    reading = decline(content)
    assert reading.face is None
    assert reading.abstention == Abstention("facial", Unread.NO_FACE_MODEL)
    assert decline(content, Unread.FACE_SWITCHED_OFF).abstention == Abstention("facial", Unread.FACE_SWITCHED_OFF)


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"RIFF0000WAVE", b"%PDF-1.7", b"\xff" * 8, b"\0\0\0\x20ftypheic", b"0" * (MAX_BYTES + 1)],
)
def test_what_is_no_photo_that_is_read_is_a_fault(content):
    with pytest.raises(InputError) as caught:
        decline(content)
    assert caught.value.field == "photo"
    assert caught.value.mend
