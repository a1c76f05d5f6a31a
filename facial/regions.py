"""Eyes and mouth of a chip, looked at one by one: whether each is seen at all, and whether the mouth is open.

A region is told by the strength and direction of its edges, in cells of 8 pixels, and by its shading (Dalal N,
Triggs B. Histograms of oriented gradients for human detection. CVPR 2005, doi:10.1109/CVPR.2005.177, unverified); one
linear form for each question, fitted by benchmarks.face_regions on AT&T faces with covers drawn on them (AT&T
Laboratories Cambridge, The Database of Faces, 1992-1994; numbers only, no picture is part of them). What covers a face
in a hospital was not seen: tubes and spectacles were drawn and pass, other things may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from facial.alignment import SIDE, TEMPLATE, Pixels, Places
from facial.appearance import grey_of

#: Width and height of what is looked at around an eye, and around the mouth, in pixels of the chip.
EYE, MOUTH = (40, 32), (64, 40)
CELL = 8
DIRECTIONS = 6
FITTED = Path(__file__).with_name("regions.npz")


@dataclass(frozen=True, slots=True)
class Regions:
    """Natural log odds that the less seen `eye`, and the `mouth`, is covered.

    `open` is the height of the gap between the lips by the width of the mouth.
    """

    eye: float
    mouth: float
    open: float


def regions(rgb: Pixels) -> Regions:
    """What is seen of eyes and mouth in a chip uint8 (150, 150, 3)."""
    grey = grey_of(rgb)
    mouth = of_mouth(grey)
    return Regions(
        eye=max(_answer("eye", each) for each in of_eyes(grey)),
        mouth=_answer("mouth", mouth),
        open=_answer("open", mouth),
    )


def of_eyes(grey: Places) -> tuple[Places, Places]:
    """What the eyes of a grey chip look like, float64 (140,) each; the right one mirrored, so that one form does."""
    left, right = TEMPLATE[0], (SIDE - 1 - TEMPLATE[1, 0], TEMPLATE[1, 1])
    return _looks(grey, left, EYE), _looks(grey[:, ::-1], right, EYE)


def of_mouth(grey: Places) -> Places:
    """What the mouth of a grey chip looks like, float64 (280,)."""
    return _looks(grey, TEMPLATE[3:].mean(0), MOUTH)


def _looks(grey: Places, middle: Places | tuple[float, float], size: tuple[int, int]) -> Places:
    """Edges by direction and shading of the window of `size` (width, height), cell by cell."""
    left, top = (round(at - extent / 2) for at, extent in zip(middle, size, strict=True))
    window = grey[top - 1 : top + size[1] + 1, left - 1 : left + size[0] + 1]
    smooth = (window[:-2] + 2 * window[1:-1] + window[2:]) / 4
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) / 4
    down, across = np.gradient(smooth)
    direction = np.mod(np.arctan2(down, across) / np.pi, 1) * DIRECTIONS
    apart = np.abs(direction[..., None] - np.arange(DIRECTIONS))
    share = np.clip(1 - np.minimum(apart, DIRECTIONS - apart), 0, None)
    edges = _cells(np.hypot(down, across)[..., None] * share).sum((1, 3))
    shade = _cells(smooth[..., None]).mean((1, 3)).ravel()
    strength = np.sqrt((edges**2).sum() + 1000)
    return np.concatenate([np.sqrt(edges / strength).ravel(), 0.3 * (shade - shade.mean()) / (shade.std() + 8)])


def _cells(values: Places) -> Places:
    """(height, width, n) as (rows, CELL, columns, CELL, n)."""
    height, width, n = values.shape
    return values.reshape(height // CELL, CELL, width // CELL, CELL, n)


def _answer(question: str, looks: Places) -> float:
    weights = _fitted()[question]
    return float(looks @ weights[:-1] + weights[-1])


@cache
def _fitted() -> dict[str, Places]:
    with np.load(FITTED, allow_pickle=False) as file:
        return {question: file[question].astype(float) for question in ("eye", "mouth", "open")}
