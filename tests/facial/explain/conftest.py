"""A grey face with bright spots and a model that sees cells of 10 x 10 pixels: where an answer comes from is known."""

from __future__ import annotations

import numpy as np
import pytest

from facial.alignment import SIDE, Chip
from facial.explain.regions import Frame
from facial.measures.views import FINEST

CELLS = SIDE // 10
AS_IT_IS = np.array([[1.0, 0, 0], [0, 1, 0]])


def spotted(*spots, ground=100, bright=220, size=6):
    """A chip of one grey with a bright square about each of `spots` (x, y)."""
    chip = np.full((SIDE, SIDE, 3), ground, np.uint8)
    for x, y in spots:
        chip[y - size : y + size + 1, x - size : x + size + 1] = bright
    return chip


def frame_of(chip, to_photo=AS_IT_IS, size=(SIDE, SIDE), scale=1.0):
    return Frame(Chip(chip, to_photo), *size, scale)


def cells(chips):
    """The mean grey of each cell, float32 (n, 225)."""
    return chips.mean(3).reshape(len(chips), CELLS, 10, CELLS, 10).mean((2, 4)).reshape(len(chips), -1).astype("f4")


def reads_spot(x, y, size=6):
    """The mean grey of a square, as an answer (n, 1)."""
    return lambda chips: (
        chips[:, y - size : y + size + 1, x - size : x + size + 1].mean((1, 2, 3))[:, None].astype("f4")
    )


class CellModel:
    """Cells as features and as embedding."""

    name, sha256, dimensions = "cells", "0" * 64, CELLS**2

    def __init__(self):
        self.shown = 0

    def embed(self, chips):
        return cells(chips)

    def features(self, chips):
        self.shown += len(chips)
        return np.pad(cells(chips), ((0, 0), (0, FINEST - CELLS**2)))


class CellHead:
    """Measure `row.column` is one cell."""

    def measure(self, features, code):
        row, column = map(int, code.split("."))
        return features[:, row * CELLS + column]


@pytest.fixture
def model():
    return CellModel()


@pytest.fixture
def head():
    return CellHead()


@pytest.fixture
def flat():
    """An average face without detail: only light remains of what it covers."""
    return np.full((SIDE, SIDE), 128, np.float32)
