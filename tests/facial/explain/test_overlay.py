"""The picture of an explanation."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

from facial.alignment import SIDE, Chip
from facial.explain.overlay import MARGIN, SHOWN, coloured, overlay

SCALE = SHOWN / (SIDE + 2 * MARGIN)  # 2
GREY = np.full((400, 500, 3), 128, np.uint8)
CHIP = Chip(np.full((SIDE, SIDE, 3), 128, np.uint8), np.array([[1.0, 0, 200], [0, 1, 100]]))


def shown(content):
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def chunks(content):
    at, found = 8, []
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        found.append(content[at + 4 : at + 8])
        at += 12 + length
    return set(found)


def warm(left, top, right, bottom):
    heat = np.zeros((SIDE, SIDE), np.float32)
    heat[top:bottom, left:right] = 1
    return heat


def test_the_picture_is_a_png_of_one_size_and_says_nothing_else():
    content = overlay(GREY, CHIP, warm(60, 60, 90, 90), np.array([[[250.0, 150], [300, 150]]]))

    assert shown(content).shape == (SHOWN, SHOWN, 3)
    assert chunks(content) == {b"IHDR", b"IDAT", b"IEND"}
    assert len(content) < 400_000  # 360 x 360 x 3 bytes as they are


def test_heat_is_drawn_where_it_lies_and_nowhere_else():
    picture = shown(overlay(GREY, CHIP, warm(60, 60, 90, 90)))

    inside = picture[round((75 + MARGIN) * SCALE), round((75 + MARGIN) * SCALE)]
    # six tenths of the hottest colour (240, 249, 33) over 128
    assert np.abs(inside - (0.6 * np.array([240, 249, 33]) + 0.4 * 128)).max() <= 1
    assert (picture[10, 10] == 128).all()


def test_the_hottest_part_is_outlined_in_white_beside_black():
    picture = shown(overlay(GREY, CHIP, warm(60, 60, 90, 90)))
    row = picture[round((75 + MARGIN) * SCALE)].sum(axis=1)
    edge = round((60 + MARGIN) * SCALE)

    assert row[edge - 6 : edge + 6].min() == 0
    assert row[edge - 6 : edge + 6].max() == 3 * 255


def test_a_line_is_drawn_between_its_ends_in_the_photo():
    """(240, 175) to (300, 175) of the photo are (40, 75) to (100, 75) of the chip.

    In the picture, whose pixel 0 has its middle at -15.25 of the chip, (110.5, 180.5) to (230.5, 180.5).
    """
    bare, lined = (shown(overlay(GREY, CHIP, None, line)) for line in (None, np.array([[[240.0, 175], [300, 175]]])))

    rows, columns = np.nonzero((bare != lined).any(axis=2))
    assert (bare == 128).all()
    assert (columns.min(), columns.max()) == (105, 235)  # dots of radius 5 at the ends
    assert abs(rows.mean() - 180.5) <= 1


def test_a_line_far_outside_harms_nothing():
    assert shown(overlay(GREY, CHIP, None, np.array([[[-1e9, 1e9], [1e9, 3e9]]]))).shape == (SHOWN, SHOWN, 3)


def test_the_colours_grow_lighter_evenly_so_that_they_read_in_grey():
    luminance = coloured(np.linspace(0, 1, 61, dtype=np.float32)) @ [0.2126, 0.7152, 0.0722]

    steps = np.diff(luminance)
    assert steps.min() > 0
    assert steps.max() < 4 * steps.mean()


def test_without_heat_the_face_is_as_it_was():
    assert (shown(overlay(GREY, CHIP, np.zeros((SIDE, SIDE), np.float32))) == 128).all()
