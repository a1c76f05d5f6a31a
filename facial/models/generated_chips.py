"""Twelve chips of noise, gradients and drawn faces, the same on every machine: no one's face, and nothing to download.

Only whole numbers are used, so no rounding of a processor or of a numpy release can change a pixel. The networks are
compared on them: with dlib itself (reference.json), and the 8-bit network with the one it was made of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 150
COUNT = 12
SEED = 618

_Longs = NDArray[np.int64]


def generated_chips(seed: int = SEED, count: int = COUNT) -> NDArray[np.uint8]:
    """uint8 (count, 150, 150, 3): in turn soft noise, a gradient with bars, and two drawn faces."""
    kinds = (_noise, _gradient, drawn_face, drawn_face)
    return np.stack([kinds[number % 4](seed * 1_000 + number) for number in range(count)])


def drawn_face(seed: int) -> NDArray[np.uint8]:
    """uint8 (150, 150, 3): head, eyes, nose and mouth where the networks expect them, shaded by soft noise."""
    draw = _draws(seed, 24)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.int64)
    skin = 110 + draw[:3] % 110
    background, hair, lips = draw[3:6] % 200, draw[6:9] % 90, np.array([150, 60, 60]) + draw[9:12] % 60
    picture = np.broadcast_to(background, (SIDE, SIDE, 3)).copy()
    middle, wide, high = 75 + draw[12] % 5 - 2, 46 + draw[13] % 12, 62 + draw[14] % 14
    picture[_ellipse(rows, columns, 66, middle, high + 8, wide + 8)] = hair
    picture[_ellipse(rows, columns, 84, middle, high, wide)] = skin
    apart, opened = 21 + draw[15] % 7, 3 + draw[16] % 4
    for side in (-1, 1):
        eye = middle + side * apart
        picture[_ellipse(rows, columns, 57, eye, opened, 10)] = 235
        picture[_ellipse(rows, columns, 57, eye, opened, opened)] = draw[17:20] % 100
        picture[_ellipse(rows, columns, 43 - draw[20] % 5, eye, 2, 13)] = hair
    picture[_ellipse(rows, columns, 84, middle, 4, 6 + draw[21] % 6)] = skin * 3 // 4
    picture[_ellipse(rows, columns, 107, middle, 2 + draw[22] % 5, 14 + draw[23] % 9)] = lips
    shade = _soft(seed + 500, 30)[:, :, :1] - 128
    return _bytes(picture + shade * 2 // 5)


def _noise(seed: int) -> NDArray[np.uint8]:
    return _bytes(_soft(seed, (10, 25, 50)[seed % 3]))


def _gradient(seed: int) -> NDArray[np.uint8]:
    draw = _draws(seed, 7)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.int64)
    slope = rows[:, :, None] * (draw[:3] % 256) + columns[:, :, None] * (draw[3:6] % 256)
    bars = (rows + columns) // (6 + draw[6] % 12) % 2
    return _bytes(slope // (2 * SIDE) + bars[:, :, None] * 40)


def _ellipse(rows: _Longs, columns: _Longs, row: int, column: int, high: int, wide: int) -> NDArray[np.bool_]:
    down, across = (rows - row) * wide, (columns - column) * high
    return np.asarray(down * down + across * across <= (high * wide) ** 2)


def _soft(seed: int, step: int) -> _Longs:
    """int64 (150, 150, 3), 0 to 255: random values every `step` pixels, and straight lines between them."""
    cells = SIDE // step + 2
    grid = (_draws(seed, cells * cells * 3) % 256).reshape(cells, cells, 3)
    cell, part = np.divmod(np.arange(SIDE), step)
    down = grid[cell] * (step - part)[:, None, None] + grid[cell + 1] * part[:, None, None]
    across = down[:, cell] * (step - part)[None, :, None] + down[:, cell + 1] * part[None, :, None]
    return np.asarray(across // (step * step), dtype=np.int64)


def _draws(seed: int, count: int) -> _Longs:
    """int64 (count,), 0 to 2^31: splitmix64 of seed and place (Steele et al. 2014, doi:10.1145/2660193.2660195)."""
    state = np.uint64(seed) * np.uint64(1_000_003) + np.arange(1, count + 1, dtype=np.uint64)
    state = state * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((state ^ (state >> np.uint64(31))) >> np.uint64(33), dtype=np.int64)


def _bytes(picture: _Longs) -> NDArray[np.uint8]:
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)
