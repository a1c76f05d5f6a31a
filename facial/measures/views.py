"""How a chip is looked at to measure it: the whole face, an eye and the lower face, each beside its mirror image.

Maps of the network's middle keep where something is to some pixels of the chip; shown the same place larger, to less.
Every measure is the same in a mirror (pairs are averaged), so averaging a view with its mirror image takes away what
light and pose have put on one side.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from facial.alignment import SIDE, TEMPLATE, Pixels
from facial.models.dlib_resnet import FEATURES, FINEST
from facial.models.model import FaceModel
from ontology.arrays import Floats

#: Features of the face, of the eyes and of the lower face.
BLOCKS = (FEATURES, FEATURES - FINEST, FEATURES - FINEST)
#: Views of one chip, in this order: face, face mirrored, eyes (that at the right mirrored), lower face, it mirrored.
VIEWS = 6
#: The middle line of a face in the chip.
_MIDDLE = float(TEMPLATE[[0, 1], 0].mean())
#: Left, top, right, bottom in the chip: brow and lids of the eye at the left; nose to chin.
_EYE = (4.0, 4.0, 88.0, 88.0)
_OTHER_EYE = (2 * _MIDDLE - _EYE[2], _EYE[1], 2 * _MIDDLE - _EYE[0], _EYE[3])
_LOWER_FACE = (_MIDDLE - 48, 54.0, _MIDDLE + 48, 150.0)


def views(chip: Pixels) -> Pixels:
    """uint8 (6, 150, 150, 3) of a chip uint8 (150, 150, 3)."""
    lower = _closer(chip, _LOWER_FACE)
    eyes = _closer(chip, _EYE), _closer(chip, _OTHER_EYE)[:, ::-1]
    return np.stack([chip, chip[:, ::-1], *eyes, lower, lower[:, ::-1]])


def features(model: FaceModel, chips: Pixels) -> Floats | None:
    """float32 (n, m): what measures are read from, for chips uint8 (n, 150, 150, 3); None where the model has none.

    The model's features of the face, of its eyes and of its lower face, each the mean of two views; the finest maps
    only of the face.
    """
    found = model.features(np.concatenate([views(chip) for chip in chips]) if len(chips) else chips)
    if found is None:
        return None
    pairs = found.reshape(len(chips), VIEWS // 2, 2, found.shape[1]).mean(2)
    return np.concatenate([pairs[:, 0], pairs[:, 1, FINEST:], pairs[:, 2, FINEST:]], axis=1)


def _closer(chip: Pixels, box: tuple[float, float, float, float]) -> Pixels:
    return np.asarray(Image.fromarray(chip).resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box))
