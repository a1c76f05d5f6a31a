"""What a photo's file tells beside the picture is taken off, and the picture stays as it is, bit by bit."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

Image = pytest.importorskip("PIL.Image", reason="the extra `facial` is not installed")
from PIL.PngImagePlugin import PngInfo  # noqa: E402

from facial.metadata import without_metadata  # noqa: E402
from facial.photo import read_photo  # noqa: E402
from ontology.errors import InputError  # noqa: E402

FACE = Image.open(Path(__file__).parent / "astronaut.jpg").convert("RGB").crop((20, 10, 150, 100))
WAYS = {
    "baseline": ("JPEG", {"quality": 90}),
    "progressive": ("JPEG", {"quality": 90, "progressive": True}),
    "interlaced by restarts": ("JPEG", {"quality": 90, "restart_marker_rows": 1}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {"quality": 80}),
    "webp, lossless": ("WEBP", {"lossless": True}),
}


def told(way: str, orientation: int = 1, mode: str = "RGB") -> bytes:
    """A file that tells much about Jane Doe."""
    kind, options = WAYS[way]
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "Jane Doe"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    if kind == "JPEG":
        options = options | {"comment": b"Jane Doe"}
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Author", "Jane Doe")
        options = options | {"pnginfo": text}
    if kind == "WEBP":
        options = options | {"xmp": b"<x>Jane Doe</x>"}
    file = io.BytesIO()
    FACE.convert(mode).save(file, kind, exif=exif, icc_profile=b"Jane Doe", **options)
    return file.getvalue() + (b"" if kind == "WEBP" else b"Jane Doe, behind the end")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_picture_is_the_same_and_nothing_else_is_left(way, orientation):
    content = told(way, orientation)
    assert content.count(b"Jane Doe") >= 3
    kept = without_metadata(content)
    assert b"Jane Doe" not in kept
    assert len(kept) < len(content)
    np.testing.assert_array_equal(read_photo(kept).rgb, read_photo(content).rgb)


@pytest.mark.parametrize("way", WAYS)
def test_of_the_record_only_the_orientation_is_left(way):
    kept = Image.open(io.BytesIO(without_metadata(told(way, 6))))
    assert dict(kept.getexif()) == {0x0112: 6}
    assert not {"comment", "icc_profile", "xmp", "Author"} & set(kept.info)


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1"])
def test_other_ways_to_code_colours_stay(mode):
    content = told("png", 8, mode)
    np.testing.assert_array_equal(read_photo(without_metadata(content)).rgb, read_photo(content).rgb)


def test_inverted_cmyk_stays_as_adobe_writes_it():
    content = told("baseline", 3, "CMYK")
    np.testing.assert_array_equal(read_photo(without_metadata(content)).rgb, read_photo(content).rgb)


@pytest.mark.parametrize("way", ["png", "webp"])
def test_of_several_pictures_the_first_is_the_same(way):
    kind, _ = WAYS[way]
    file = io.BytesIO()
    FACE.save(file, kind, save_all=True, append_images=[FACE.rotate(90)])
    kept = without_metadata(file.getvalue())
    np.testing.assert_array_equal(read_photo(kept).rgb, read_photo(file.getvalue()).rgb)


@pytest.mark.parametrize("way", WAYS)
def test_doing_it_again_changes_nothing(way):
    once = without_metadata(told(way, 6))
    assert without_metadata(once) == once


@pytest.mark.parametrize("way", ["baseline", "png"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_refused(way, share):
    content = without_metadata(told(way))
    with pytest.raises(InputError, match="damaged"):
        without_metadata(content[: int(len(content) * share)])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(WAYS)), st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_whatever_the_bytes_there_is_a_file_or_a_refusal(way, at, put):
    content = told(way, 6)
    with suppress(InputError):
        assert without_metadata(content[:at] + put + content[at + len(put) :])
