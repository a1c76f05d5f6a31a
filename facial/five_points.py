"""Five points of a face, looked at again until they stand still.

MTCNN's third network sees a box of 48 x 48 pixels, and its points move with that box: by .03 of the distance between
the eyes when the photo is turned or moved a little. Shown the face again as those points lay it (upright, one size, in
the middle), and then a few times displaced and mirrored, it answers the same whatever it was first shown: to .001
(AT&T faces turned by up to 20 degrees and scaled by .8 to 1.1), in 20 ms. What only resembled a face gives itself away:
its points wander on, or the network, shown it upright, is no longer sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from facial.alignment import Pixels, Places, sample, similarity

if TYPE_CHECKING:
    from torch.nn import Module

#: Width and height that the network sees.
SIDE = 48
#: Where the five points lie in a box as MTCNN lays it: means over 400 AT&T faces, left and right made alike.
USUAL = np.array([[15.2, 18.6], [32.8, 18.6], [24.0, 28.2], [16.3, 36.6], [31.7, 36.6]])
USUAL.flags.writeable = False
#: The second looks: (scale, right, down) in pixels of the network's box, each mirrored too.
DISPLACED = ((0.94, 1.0, -1.0), (1.06, -1.0, 1.0), (1.0, 1.0, 1.0), (1.0, -1.0, -1.0))
#: A point's place once the face is mirrored.
MIRRORED = [1, 0, 2, 4, 3]


@dataclass(frozen=True, slots=True)
class Looked:
    """`points` float64 (5, 2) in the picture; `log_odds` (natural) of there being a face, as seen upright.

    `moved` is how far the last look moved the points, in distances between the eyes.
    """

    points: Places
    log_odds: float
    moved: float


def look_again(network: Module, rgb: Pixels, points: Places) -> Looked:
    """The points of the face near `points` (5, 2) of `rgb` uint8 (h, w, 3), by MTCNN's third network."""
    first, _ = _look(network, rgb, points, ((1.0, 0.0, 0.0),), mirror=False)
    second, _ = _look(network, rgb, first, DISPLACED, mirror=True)
    third, log_odds = _look(network, rgb, second, DISPLACED, mirror=True)
    moved = np.linalg.norm(third - second, axis=1).mean() / np.linalg.norm(third[1] - third[0])
    return Looked(third, log_odds, float(moved))


def _look(
    network: Module, rgb: Pixels, points: Places, displaced: Sequence[tuple[float, float, float]], mirror: bool
) -> tuple[Places, float]:
    """The points, and the log odds of a face, as the mean over looks."""
    upright = similarity(USUAL, points)
    to_picture = [_displace(upright, *each) for each in displaced]
    seen = np.stack([sample(rgb, each, SIDE) for each in to_picture])
    log_odds, found = _answers(network, np.concatenate([seen, seen[:, :, ::-1]]) if mirror else seen)
    if mirror:
        other = found[len(seen) :, MIRRORED] * (-1, 1) + (SIDE - 1, 0)
        found = (found[: len(seen)] + other) / 2
    places = [at @ each[:, :2].T + each[:, 2] for at, each in zip(found, to_picture, strict=True)]
    return np.mean(places, axis=0), float(log_odds.mean())


def _displace(to_picture: Places, scale: float, right: float, down: float) -> Places:
    """The box of `to_picture`, scaled about its middle and moved."""
    move = (1 - scale) * SIDE / 2 + np.array([right, down])
    return np.column_stack([to_picture[:, :2] * scale, to_picture[:, :2] @ move + to_picture[:, 2]])


def _answers(network: Module, seen: Pixels) -> tuple[Places, Places]:
    """For boxes uint8 (n, 48, 48, 3): log odds of a face (n,), and points (n, 5, 2) in pixels of the box."""
    import torch

    with torch.inference_mode():
        shown = torch.from_numpy(seen.transpose(0, 3, 1, 2).astype(np.float32))
        _, points, probability = network((shown - 127.5) / 128)
    no, yes = np.log(probability.numpy().astype(float) + 1e-9).T
    across, down = points.numpy().astype(float).reshape(-1, 2, 5).transpose(1, 0, 2)
    return yes - no, np.stack([across, down], axis=2) * SIDE - 0.5  # a place is whole in the middle of a pixel
