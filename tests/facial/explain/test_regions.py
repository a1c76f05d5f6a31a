"""The hottest part of a chip as boxes in the photo."""

from __future__ import annotations

import numpy as np
import pytest

from facial.alignment import SIDE
from facial.explain.regions import connected, hot_regions
from tests.facial.explain.conftest import frame_of, spotted


def area(*boxes):
    """True within boxes (left, top, right, bottom), right and bottom outside."""
    found = np.zeros((SIDE, SIDE), bool)
    for left, top, right, bottom in boxes:
        found[top:bottom, left:right] = True
    return found


def test_parts_that_touch_by_a_side_are_one():
    horseshoe = area((10, 10, 14, 40), (30, 10, 34, 40), (10, 36, 34, 40))  # two legs that meet at the bottom
    corner = area((34, 40, 40, 44))  # touches it by a corner alone

    assert sorted(part.sum() for part in connected(horseshoe | corner)) == [corner.sum(), horseshoe.sum()]
    assert connected(area()) == []


def test_a_box_is_told_in_pixels_of_the_photo():
    """A chip enlarged twice, moved to (30, 10), in a picture of which a pixel spans two of the photo.

    The outer edges of the columns 20 to 39 of the chip are 19.5 and 39.5; 2 x + 30 makes 69 and 109, places of the
    picture whose pixels have their middle at whole numbers, so edges at 69.5 and 109.5: 139 and 219 in the photo.
    """
    hot = area((20, 50, 40, 60))
    frame = frame_of(spotted(), np.array([[2.0, 0, 30], [0, 2, 10]]), (900, 900), scale=2.0)

    (region,) = hot_regions(hot.astype(np.float32), hot, frame)

    assert region.box == (139, 219, 219, 259)
    assert region.share == 1


def test_regions_come_by_their_heat_and_slight_ones_are_not_told_of():
    heat = np.zeros((SIDE, SIDE), np.float32)
    boxes = (10, 10, 30, 30), (60, 60, 80, 80), (120, 120, 124, 124)
    for box, warmth in zip(boxes, (0.5, 1, 0.5), strict=True):
        heat[area(box)] = warmth

    found = hot_regions(heat, heat > 0, frame_of(spotted()))

    assert [region.box for region in found] == [boxes[1], boxes[0]]
    assert found[0].share == pytest.approx(400 / (400 + 200 + 8))


def test_what_lies_beside_the_photo_is_cut_off_or_left_out():
    heat = area((0, 0, 10, 10), (100, 100, 120, 120)).astype(np.float32)
    moved = np.array([[1.0, 0, -5], [0, 1, -5]])

    found = hot_regions(heat, heat > 0, frame_of(spotted(), moved, (80, 80)))

    assert [region.box for region in found] == [(0, 0, 5, 5)]
