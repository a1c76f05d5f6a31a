"""A face brought to one place and size: the 150-pixel chip that the networks were trained on.

The chip is that of dlib's `get_face_chip_details(size=150, padding=0.25)`. MTCNN gives other points than dlib's five;
`TEMPLATE` is where they fall in such a chip.
"""

from __future__ import annotations

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
#: Where the five points of facial.detection fall in a chip (x, y).
TEMPLATE = np.array([[51.0, 57.2], [98.7, 57.2], [74.6, 84.0], [55.0, 106.0], [95.0, 106.0]])
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
    factor = max(1, int(np.hypot(*to_photo[:, 0])))
    image = Image.fromarray(rgb)
    left, top = 0, 0
    if factor > 1:  # fewer pixels are wanted than there are: each is the mean of those it stands for
        left, top, right, bottom = _around(to_photo, image.size)
        image = image.crop((left, top, right, bottom)).reduce(factor)
    shrunk = to_photo.copy()
    shrunk[:, 2] -= (left, top)
    # Pillow takes the middle of a pixel to be at .5, points to be at whole numbers
    shrunk[:, 2] = (shrunk[:, 2] + 0.5) / factor - shrunk[:, :2].sum(1) * 0.5 / factor
    shrunk[:, :2] /= factor
    chip = image.transform((SIDE, SIDE), Image.Transform.AFFINE, tuple(shrunk.ravel()), Image.Resampling.BICUBIC)
    return Chip(np.asarray(chip), to_photo)


def _around(to_photo: Places, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture of `size` that the chip is taken from, with room for the filter."""
    corners = np.array([[0, 0], [SIDE, 0], [0, SIDE], [SIDE, SIDE]]) @ to_photo[:, :2].T + to_photo[:, 2]
    room = 4 * np.hypot(*to_photo[:, 0])
    low, high = np.floor(corners.min(0) - room), np.ceil(corners.max(0) + room)
    left, top = (int(np.clip(low[k], 0, size[k] - 1)) for k in (0, 1))
    right, bottom = (int(np.clip(high[k], (left, top)[k] + 1, size[k])) for k in (0, 1))
    return left, top, right, bottom
