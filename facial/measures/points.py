"""The five points of a face as numbers beside the features: how far each lies from where it usually lies in a chip."""

from __future__ import annotations

import numpy as np

from facial.alignment import TEMPLATE, Places

#: A point's place once the face is mirrored.
_MIRRORED = [1, 0, 2, 4, 3]


def offsets(points: Places) -> Places:
    """float64 (n, 10) of points (n, 5, 2) in the chip."""
    off: Places = (np.asarray(points, float) - TEMPLATE).reshape(-1, 10)
    return off


def symmetric(points: Places) -> Places:
    """The offsets of points and of their mirror images, averaged: float64 (n, 10)."""
    each = offsets(points).reshape(-1, 5, 2)
    mean: Places = ((each + each[:, _MIRRORED] * (-1, 1)) / 2).reshape(-1, 10)
    return mean
