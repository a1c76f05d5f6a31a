"""The average face, in the light and colour of a photo: what a part of a face is covered with to ask what it told."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from facial.alignment import SIDE, Pixels
from ontology.arrays import Floats

#: Grey, 150 x 150: the mean of the most frontal photo of each of the 40 people of the AT&T Database of Faces (AT&T
#: Laboratories Cambridge), aligned; nobody's face. Made by `python -m benchmarks.faces_pointing --average-face FILE`.
AVERAGE = Path(__file__).with_name("average_face.png")
#: What is coarser than this many pixels (SD of a Gaussian) is light and the shape of the head, and stays the photo's.
LIGHT = 20
#: The average's detail is drawn at most this much stronger or weaker, whatever the photo's contrast.
CONTRAST = (0.25, 4.0)


@cache
def average_face() -> Floats:
    """Grey, 0 to 255, float32 (150, 150), read-only."""
    with Image.open(AVERAGE) as image:
        face = np.asarray(image.convert("L"), np.float32)
    face.setflags(write=False)
    return face


def ordinary(chip: Pixels, average: Floats) -> Floats:
    """`average` (150, 150) as it would look where `chip` uint8 (150, 150, 3) was taken, float32 (150, 150, 3)."""
    grey = chip.mean(axis=2)
    detail = average - _light(average)
    contrast = np.clip(grey.std() / max(float(average.std()), 1e-6), *CONTRAST)
    lit = np.stack([_light(chip[:, :, colour]) for colour in range(3)], axis=2)
    return np.asarray(np.clip(lit + contrast * detail[:, :, None], 0, 255), np.float32)


def mean_of(chips: Pixels) -> Floats:
    """The average, grey, float32 (150, 150), of aligned faces uint8 (n, 150, 150, 3); raises ValueError for none."""
    if not len(chips) or chips.shape[1:] != (SIDE, SIDE, 3):
        raise ValueError(f"an average needs chips (n, {SIDE}, {SIDE}, 3), not {chips.shape}")
    return np.asarray(chips.mean(axis=(0, 3)), np.float32)


def _light(channel: Pixels | Floats) -> Floats:
    image = Image.fromarray(np.clip(np.asarray(channel, np.float32) + 0.5, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(LIGHT)), np.float32)
