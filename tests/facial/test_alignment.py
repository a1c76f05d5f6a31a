"""The chip: a similarity, and pixels read where it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("PIL", reason="the extra `facial` is not installed")

from facial.alignment import SIDE, TEMPLATE, Chip, align, sample, similarity


def turned(degrees: float, scale: float, move: tuple[float, float]) -> np.ndarray:
    angle = np.radians(degrees)
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[cosine, -sine, move[0]], [sine, cosine, move[1]]])


def ramp(width: int, height: int) -> np.ndarray:
    """Red says the column, green the row, each twice."""
    down, across = np.mgrid[:height, :width]
    return np.stack([across * 2, down * 2, np.zeros_like(down)], axis=-1).astype(np.uint8)


@given(st.floats(-180, 180), st.floats(0.05, 20), st.floats(-500, 500), st.floats(-500, 500))
def test_a_similarity_is_found_again(degrees, scale, x, y):
    made = turned(degrees, scale, (x, y))
    target = TEMPLATE @ made[:, :2].T + made[:, 2]
    np.testing.assert_allclose(similarity(TEMPLATE, target), made, atol=1e-6)


def test_a_mirrored_face_is_not_mirrored_back():
    found = similarity(TEMPLATE, TEMPLATE * (-1, 1))
    assert np.linalg.det(found[:, :2]) > 0


@given(st.floats(-180, 180), st.floats(0.1, 10))
def test_places_of_chip_and_photo_go_there_and_back(degrees, scale):
    chip = Chip(np.zeros((SIDE, SIDE, 3), np.uint8), turned(degrees, scale, (40, 7)))
    np.testing.assert_allclose(chip.in_chip(chip.in_photo(TEMPLATE)), TEMPLATE, atol=1e-6)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.5, 2.0, 2.9])
@pytest.mark.parametrize("degrees", [0, 30, -90])
def test_a_pixel_of_the_chip_is_read_from_its_place_in_the_photo(scale, degrees):
    to_photo = turned(degrees, scale, (0, 0))
    to_photo[:, 2] = 63 - to_photo[:, :2] @ np.array([14.0, 14.0])  # the middle of 29 pixels at (63, 63)
    read = sample(ramp(127, 127), to_photo, 29).astype(float)
    for x, y in ((14, 14), (3, 20), (25, 8)):
        place = to_photo[:, :2] @ (x, y) + to_photo[:, 2]
        # to .6 of a photo's pixel: grey is cut off to whole numbers twice, which takes up to 1 of 2 a pixel
        np.testing.assert_allclose(read[y, x, :2] + 0.5, place * 2, atol=1.2)


def test_shrinking_takes_means():
    """One pixel wide stripes become grey, not stripes of another width."""
    stripes = np.zeros((600, 600, 3), np.uint8)
    stripes[:, ::2] = 255
    read = sample(stripes, turned(0, 3.7, (10, 10)), SIDE)[5:-5, 5:-5]
    assert abs(read.mean() - 127.5) < 2
    assert read.std() < 13  # a tenth of what it is unshrunk, 127


def test_where_the_photo_ends_the_chip_is_black():
    white = np.full((60, 60, 3), 255, np.uint8)
    chip = align(white, TEMPLATE - 46)  # the face's oval begins above and left of the photo
    assert chip.rgb.shape == (SIDE, SIDE, 3)
    assert chip.rgb[10, 10].tolist() == [0, 0, 0]
    assert chip.rgb[75, 75].tolist() == [255, 255, 255]


def test_a_face_wholly_outside_is_black():
    chip = align(np.full((20, 20, 3), 255, np.uint8), TEMPLATE + 5000)
    assert chip.rgb.max() == 0
