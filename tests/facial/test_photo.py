"""Bytes to pixels: bounded before anything is decoded, upright, and nothing but the picture kept."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Image = pytest.importorskip("PIL.Image", reason="the extra `facial` is not installed")

from facial import photo  # noqa: E402
from facial.photo import MAX_BYTES, WORKING_SIDE, read_photo  # noqa: E402
from ontology.errors import InputError  # noqa: E402

#: Red at the left above, green at the right above, blue below.
FLAG = Image.new("RGB", (60, 40), (0, 0, 255))
FLAG.paste((255, 0, 0), (0, 0, 30, 20))
FLAG.paste((0, 255, 0), (30, 0, 60, 20))


def file(image, kind, **options) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_photo(content)
    assert caught.value.field == "photo"
    assert caught.value.mend
    return caught.value.what


@pytest.mark.parametrize(
    ("orientation", "transposed"),
    [(1, None), (2, 0), (3, 3), (4, 1), (5, 5), (6, 2), (7, 6), (8, 4)],
    # how the sensor's picture relates to the upright one (EXIF 2.32, tag 274), as Pillow's Transpose that makes it
)
def test_a_photo_is_seen_as_the_camera_was_held(orientation, transposed):
    exif = Image.Exif()
    exif[274] = orientation
    held = FLAG if transposed is None else FLAG.transpose(Image.Transpose(transposed))
    picture = read_photo(file(held, "PNG", exif=exif))
    assert (picture.width, picture.height) == (60, 40)
    np.testing.assert_array_equal(picture.rgb, np.asarray(FLAG))


def test_a_large_photo_is_worked_on_at_a_bounded_size():
    picture = read_photo(file(Image.new("RGB", (4096, 1024), (9, 99, 199)), "JPEG"))
    assert (picture.width, picture.height, picture.scale) == (4096, 1024, 2.0)
    assert picture.rgb.shape == (512, WORKING_SIDE, 3)
    assert not picture.rgb.flags.writeable


def test_a_small_photo_stays_as_it_is():
    picture = read_photo(file(FLAG, "PNG"))
    assert picture.scale == 1
    assert picture.frames == 1
    np.testing.assert_array_equal(picture.rgb, np.asarray(FLAG))


def test_what_is_clear_is_white_and_half_clear_is_between():
    clear = Image.new("RGBA", (3, 1), (0, 0, 0, 0))
    clear.putpixel((1, 0), (0, 0, 0, 255))
    clear.putpixel((2, 0), (100, 0, 0, 128))
    # half of red 100 over white: 255 + (100 - 255) * 128 / 255 = 177, and of nothing: 127
    assert read_photo(file(clear, "PNG")).rgb[0].tolist() == [[255, 255, 255], [0, 0, 0], [177, 127, 127]]


def test_of_16_bits_the_upper_8_are_read():
    deep = Image.fromarray(np.array([[0, 255, 256, 65535]], np.uint16))
    assert read_photo(file(deep, "PNG")).rgb[0, :, 0].tolist() == [0, 0, 1, 255]


def test_cmyk_is_read_as_it_is_printed():
    read = read_photo(file(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG", quality=100)).rgb
    assert np.abs(read[32, 32].astype(int) - (255, 0, 0)).max() < 8


def test_of_several_pictures_the_first_is_read_and_they_are_counted():
    picture = read_photo(file(FLAG, "PNG", save_all=True, append_images=[Image.new("RGB", FLAG.size)]))
    assert picture.frames == 2
    np.testing.assert_array_equal(picture.rgb, np.asarray(FLAG))


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "PCX", "TGA", "SGI"])
def test_other_formats_that_pillow_reads_are_not_reached(kind, monkeypatch):
    monkeypatch.setattr(Image, "open", None)
    assert refusal(file(FLAG, kind)) == "This is not a photo that can be recognised."


def test_bounds_hold_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr(photo, "_decoded", None)
    assert refusal(b"\xff\xd8\xff" + bytes(MAX_BYTES)) == "The photo has 20,000,003 bytes."
    assert refusal(file(Image.new("1", (5001, 5000)), "PNG")) == "The photo has 5,001 x 5,000 pixels."


def test_a_canvas_of_a_webp_is_refused_before_its_decoder_is_asked(monkeypatch):
    monkeypatch.setattr(photo, "_opened", None)
    for options in ({"lossless": True}, {"lossless": False}):
        assert refusal(file(Image.new("RGB", (5000, 2501)), "WEBP", **options)) == "The photo has 5,000 x 2,501 pixels."


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (17, 300), (259, 4)])
def test_the_size_of_a_webp_is_read_from_its_first_chunk(mode, lossless, size):
    assert photo._webp_size(file(Image.new(mode, size, (1, 2, 3)), "WEBP", lossless=lossless)) == size


def test_scans_are_counted_to_the_end_of_the_picture():
    assert photo._segments(file(FLAG, "JPEG"))[1] == 1
    many = file(FLAG, "JPEG", progressive=True)
    assert photo._segments(many)[1] > 5
    assert photo._segments(many + many) == photo._segments(many)
    # a comment that looks like scans is stepped over
    assert photo._segments(file(FLAG, "JPEG", comment=b"\xff\xda" * 500))[1] == 1


def test_chunks_are_counted():
    plain = file(FLAG, "PNG")
    assert photo._chunks(plain) == 3  # IHDR, IDAT, IEND
    assert photo._chunks(plain[:33] + bytes(12) * 50 + plain[33:]) == 53
    assert photo._chunks(plain[:33] + bytes(12) * 90_000) == photo.MAX_CHUNKS + 1


STARTS = [
    file(FLAG, "JPEG"),
    file(FLAG, "JPEG", progressive=True),
    file(FLAG, "PNG"),
    file(FLAG.convert("P"), "PNG", transparency=1),
    file(FLAG, "WEBP"),
    file(FLAG.convert("RGBA"), "WEBP", lossless=True),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(STARTS), st.data())
def test_damage_is_a_picture_or_an_input_error_and_nothing_else(content, data):
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(content)))
    try:
        picture = read_photo(bytes(changed[:end]))
    except InputError:
        return
    assert picture.rgb.dtype == np.uint8
    assert max(picture.rgb.shape[:2]) <= WORKING_SIDE


def test_text_in_a_png_is_bounded():
    plain = file(FLAG, "PNG")
    text = b"zTXt" + b"a\0\0" + zlib.compress(bytes(50_000_000), 9)
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    assert refusal(plain[:33] + chunk + plain[33:]) == "The photo is damaged or incomplete."
