"""A face brought to one place and size: the 150-pixel chip that the networks were trained on.

The chip is that of dlib's `get_face_chip_details(size=150, padding=0.25)`. MTCNN gives other points than dlib's five;
`TEMPLATE` is where they fall in such a chip.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

#: uint8 (h, w, 3), red, green and blue; or (n, h, w, 3).
Pixels = np.ndarray[Any, np.dtype[np.uint8]]
#: float64 (n, 2): places in a picture, x to the right and y down, whole numbers in the middle of a pixel.
Places = np.ndarray[Any, np.dtype[np.float64]]

#: Width and height of a chip, in pixels.
SIDE = 150
#: Where the five points of facial.detection fall in a chip (x, y): means over 398 AT&T faces, each laid in the chip by
#: dlib's own points of it (outer and inner corners of the eyes, base of the nose, of MediaPipe's mesh); made symmetric.
#: SD of a point 1.4 to 4.9 pixels, by people and by how they turn.
TEMPLATE = np.array([[46.3, 46.4], [101.1, 46.4], [73.7, 76.4], [49.7, 102.4], [97.7, 102.4]])
TEMPLATE.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Chip:
    """`rgb` uint8 (150, 150, 3); `to_photo` float64 (2, 3) takes a place (x, y, 1) of it to one of the picture."""

    rgb: Pixels
    to_photo: Places

    def in_photo(self, places: Places) -> Places:
        """Places float64 (n, 2) of the chip, as places of the picture."""
        return np.asarray(places, float) @ self.to_photo[:, :2].T + self.to_photo[:, 2]

    def in_chip(self, places: Places) -> Places:
        """Places float64 (n, 2) of the picture, as places of the chip."""
        return (np.asarray(places, float) - self.to_photo[:, 2]) @ np.linalg.inv(self.to_photo[:, :2]).T


def similarity(source: Places, target: Places) -> Places:
    """The turn, scale and move that takes `source` (n, 2) nearest to `target` (n, 2), float64 (2, 3); no mirroring.

    Least squares in complex numbers: a point z goes to a z + b.
    """
    here, there = source @ np.array([1, 1j]), target @ np.array([1, 1j])
    off = here - here.mean()
    turn = np.vdot(off, there - there.mean()) / np.vdot(off, off).real
    move = there.mean() - turn * here.mean()
    return np.array([[turn.real, -turn.imag, move.real], [turn.imag, turn.real, move.imag]])


def align(rgb: Pixels, points: Places) -> Chip:
    """The chip of the face with these five points (5, 2) in `rgb`, uint8 (h, w, 3); black where the photo ends."""
    to_photo = similarity(TEMPLATE, points)
    return Chip(sample(rgb, to_photo, SIDE), to_photo)


def sample(rgb: Pixels, to_picture: Places, side: int) -> Pixels:
    """uint8 (side, side, 3) of `rgb` uint8 (h, w, 3), read where `to_picture` (2, 3) takes each of its pixels.

    Where it shrinks, each pixel is the mean of those it stands for: the picture is first reduced by a whole number and
    then read at 2 x 2 or 3 x 3 places a pixel, which are no further apart than its own pixels. Black outside `rgb`.
    """
    scale = float(np.hypot(*to_picture[:, 0]))
    factor = max(1, int((scale + 1) / 2))
    fine = math.ceil(scale / factor)
    left, top, right, bottom = _around(to_picture, side, (rgb.shape[1], rgb.shape[0]))
    image = Image.fromarray(rgb[top:bottom, left:right])
    image = image.reduce(factor) if factor > 1 else image
    # Pillow takes the middle of a pixel to be at .5, places have it at whole numbers
    turn = to_picture[:, :2]
    move = (to_picture[:, 2] - (left, top) + 0.5 - turn.sum(1) * 0.5) / factor
    read = (*turn[0] / factor / fine, move[0], *turn[1] / factor / fine, move[1])
    filtered = Image.Resampling.BILINEAR if fine > 1 else Image.Resampling.BICUBIC
    drawn = image.transform((side * fine, side * fine), Image.Transform.AFFINE, read, filtered)
    return np.asarray(drawn.reduce(fine) if fine > 1 else drawn)


def _around(to_picture: Places, side: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture of `size` that is read, with room for the filter: left, top, right, bottom; never empty."""
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]]) @ to_picture[:, :2].T + to_picture[:, 2]
    room = 4 * np.hypot(*to_picture[:, 0]) + 4
    low, high = np.floor(corners.min(0) - room), np.ceil(corners.max(0) + room)
    left, top = (int(np.clip(low[k], 0, size[k] - 1)) for k in (0, 1))
    right, bottom = (int(np.clip(high[k], (left, top)[k] + 1, size[k])) for k in (0, 1))
    return left, top, right, bottom
