"""What a part of a face is covered with."""

from __future__ import annotations

import numpy as np
from PIL import Image

from facial.alignment import SIDE
from facial.explain.ordinary import AVERAGE, average_face, mean_of, ordinary
from facial.models.generated_chips import drawn_face
from tests.facial.explain.conftest import spotted


def test_the_average_face_is_one_grey_picture_without_metadata():
    with Image.open(AVERAGE) as image:
        assert (image.size, image.mode, image.info) == ((SIDE, SIDE), "L", {})
    assert not average_face().flags.writeable


def test_a_cover_keeps_the_light_of_the_photo():
    """A chip lit from the left is covered by a face lit from the left."""
    lit = np.repeat(np.linspace(200, 60, SIDE)[None, :, None], SIDE, 0).repeat(3, 2).astype(np.uint8)
    fill = ordinary(lit, average_face())

    assert fill[:, :50].mean() - fill[:, -50:].mean() > 60


def test_a_brighter_photo_gets_a_brighter_cover():
    chip = drawn_face(3) // 2
    darker, brighter = ordinary(chip, average_face()), ordinary(chip + np.uint8(20), average_face())
    inside = (darker > 1) & (brighter < 254)  # but for what is cut off at black and white

    assert np.abs(brighter - darker - 20)[inside].max() < 2


def test_a_spot_is_gone_under_an_average_without_detail(flat):
    covered = ordinary(spotted((75, 75)), flat)

    assert covered.max() < 110  # 100, and what a blur of SD 20 keeps of 13 x 13 pixels that are 120 brighter: 8


def test_the_mean_of_faces_is_grey():
    chips = np.stack([spotted((75, 75), ground=100), spotted((75, 75), ground=50)])

    assert mean_of(chips)[0, 0] == 75
