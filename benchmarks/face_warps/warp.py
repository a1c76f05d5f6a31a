"""Faces changed in a known way: a thin-plate spline moves the landmarks of one feature, and the skin with them.

A change has a kind and a strength: a share of the length it changes, or degrees for the slant. Positive is more: wider,
longer, thicker, upward.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from facial.alignment import Pixels, Places

_RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
_LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_RIGHT_IRIS = (468, 469, 470, 471, 472)
_LEFT_IRIS = (473, 474, 475, 476, 477)
_RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
_LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
_RIDGE = (168, 6, 197, 195, 5, 4, 1, 19, 94, 2)
_RIGHT_ALA = (129, 64, 48, 49, 102, 98)
_LEFT_ALA = (358, 294, 278, 279, 331, 327)
_LIPS_OUTER = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_LIPS_INNER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_LOWER_OVAL = (361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132)
_CHIN = (199, 175, 200)
_UPPER_LIP = {40: 80, 39: 81, 37: 82, 0: 13, 267: 312, 269: 311, 270: 310, 185: 191, 409: 415}
_LOWER_LIP = {91: 88, 181: 178, 84: 87, 17: 14, 314: 317, 405: 402, 321: 318, 146: 95, 375: 324}
_RIGHT_LIDS = ((173, 157, 158, 159, 160, 161, 246), (155, 154, 153, 145, 144, 163, 7))
_LEFT_LIDS = ((398, 384, 385, 386, 387, 388, 466), (382, 381, 380, 374, 373, 390, 249))

#: Landmarks that hold the spline; the others of the mesh follow.
CONTROL = tuple(
    sorted(
        {
            *_RIGHT_EYE,
            *_LEFT_EYE,
            *_RIGHT_IRIS,
            *_LEFT_IRIS,
            *_RIGHT_BROW,
            *_LEFT_BROW,
            *_RIDGE,
            *_RIGHT_ALA,
            *_LEFT_ALA,
        }
        | {*_LIPS_OUTER, *_LIPS_INNER, *_OVAL, *_CHIN}
    )
)
#: Greatest strength of each kind in training and in the detection of terms.
STRENGTHS: Mapping[str, float] = {
    "icd": 0.3,
    "slant": 10,
    "pfl": 0.25,
    "nasw": 0.35,
    "nose_len": 0.2,
    "phil": 0.5,
    "mouth": 0.25,
    "upverm": 0.6,
    "loverm": 0.6,
    "facew": 0.15,
    "chin": 0.3,
    "ptosis": 0.6,
    "brow_arch": 0.15,
    "telecanthus": 0.3,
}
#: Kinds that are drawn in one direction only: a lid that droops, a brow that arches, canthi that part.
ONE_SIDED = frozenset({"ptosis", "brow_arch", "telecanthus"})
#: Softness of the spline, so that two landmarks that fall together tear nothing.
_SMOOTHING = 0.5
_GRID = 64


def displacement(landmarks: Places, kind: str, strength: float) -> Places:
    """How far each landmark (478, 3) moves, float64 (478, 2), for one kind of change; raises KeyError for no kind."""
    places = np.asarray(landmarks[:, :2], float)
    moved = np.zeros_like(places)
    _KINDS[kind](places, moved, strength)
    return moved


def changed(landmarks: Places, strengths: Mapping[str, float]) -> Places:
    """The sum of the displacements of several changes, float64 (478, 2)."""
    moved = np.zeros((len(landmarks), 2))
    for kind, strength in strengths.items():
        moved += displacement(landmarks, kind, strength)
    return moved


def drawn(generator: np.random.Generator) -> dict[str, float]:
    """One to four changes at random, each of a strength at random up to its greatest."""
    kinds = generator.choice(list(STRENGTHS), generator.integers(1, 5), replace=False)
    drawn_ = {str(kind): float(generator.uniform(-1, 1) * STRENGTHS[kind]) for kind in kinds}
    return {kind: abs(value) if kind in ONE_SIDED else value for kind, value in drawn_.items()}


def warped(rgb: Pixels, landmarks: Places, moved: Places) -> Pixels:
    """`rgb` (h, w, 3) with each landmark moved by `moved` (478, 2); its edges stay."""
    height, width = rgb.shape[:2]
    control = list(CONTROL)
    edge = _edge(width, height)
    to = np.concatenate([np.asarray(landmarks[control, :2], float) + moved[control], edge])
    back = np.concatenate([-moved[control], np.zeros_like(edge)])
    _, first = np.unique(to.round(2), axis=0, return_index=True)
    across, down = np.meshgrid(np.linspace(0, width - 1, _GRID), np.linspace(0, height - 1, _GRID))
    offsets = spline(to[first], back[first], np.stack([across.ravel(), down.ravel()], 1)).reshape(_GRID, _GRID, 2)
    full = [np.asarray(Image.fromarray(offsets[..., k].astype(np.float32)).resize((width, height), 3)) for k in (0, 1)]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    return sampled(rgb, columns + full[0], rows + full[1])


def spline(places: Places, values: Places, wanted: Places) -> Places:
    """Thin-plate spline through `values` (n, 2) at `places` (n, 2), at `wanted` (m, 2); float64 (m, 2).

    The kernel is r² log r with a plane beside it, softened by _SMOOTHING (Bookstein 1989, DOI 10.1109/34.24792,
    unverified).
    """
    n = len(places)
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = _kernel(places, places) + _SMOOTHING * np.eye(n)
    plane = np.hstack([np.ones((n, 1)), places])
    system[:n, n:], system[n:, :n] = plane, plane.T
    weights = np.linalg.solve(system, np.concatenate([values, np.zeros((3, values.shape[1]))]))
    found: Places = _kernel(wanted, places) @ weights[:n] + np.hstack([np.ones((len(wanted), 1)), wanted]) @ weights[n:]
    return found


def sampled(rgb: Pixels, columns: Places, rows: Places) -> Pixels:
    """`rgb` read at fractional places (h, w), linear between pixels, the edge's pixel beyond the edge."""
    height, width = rgb.shape[:2]
    x, y = np.clip(columns, 0, width - 1).astype(np.float32), np.clip(rows, 0, height - 1).astype(np.float32)
    left, top = np.minimum(x.astype(np.int32), width - 2), np.minimum(y.astype(np.int32), height - 2)
    right, below = (x - left)[..., None], (y - top)[..., None]
    pixels = rgb.reshape(-1, rgb.shape[2]).astype(np.float32)
    at = top * width + left
    upper = pixels[at] * (1 - right) + pixels[at + 1] * right
    lower = pixels[at + width] * (1 - right) + pixels[at + width + 1] * right
    read: Pixels = (upper * (1 - below) + lower * below + np.float32(0.5)).astype(np.uint8)
    return read


def _kernel(a: Places, b: Places) -> Places:
    squared = np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T, 1e-9)
    kernel: Places = 0.5 * squared * np.log(squared)
    return kernel


def _edge(width: int, height: int) -> Places:
    along = np.linspace(0, 1, 9)
    x, y, zero = along * (width - 1), along * (height - 1), np.zeros(9)
    sides = ((x, zero), (x, zero + height - 1), (zero, y), (zero + width - 1, y))
    return np.unique(np.concatenate([np.stack(side, 1) for side in sides]), axis=0)


def _eyes_apart(p: Places, moved: Places, strength: float) -> None:
    far = strength * np.hypot(*(p[133] - p[362])) / 2
    moved[[*_RIGHT_EYE, *_RIGHT_IRIS, *_RIGHT_BROW], 0] -= far
    moved[[*_LEFT_EYE, *_LEFT_IRIS, *_LEFT_BROW], 0] += far


def _inner_canthi_apart(p: Places, moved: Places, strength: float) -> None:
    far = strength * np.hypot(*(p[133] - p[362])) / 2
    for inner, outer, eye, side in ((133, 33, _RIGHT_EYE, 1), (362, 263, _LEFT_EYE, -1)):
        lid, along = list(eye), p[inner] - p[outer]
        moved[lid, 0] -= side * far * np.clip((p[lid] - p[outer]) @ along / (along @ along), 0, 1)


def _slant(p: Places, moved: Places, strength: float) -> None:
    for eye, side in (((*_RIGHT_EYE, *_RIGHT_IRIS), 1), ((*_LEFT_EYE, *_LEFT_IRIS), -1)):
        angle = np.radians(strength) * side
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        off = p[list(eye)] - p[list(eye)].mean(0)
        moved[list(eye)] += off @ turn.T - off


def _fissures_long(p: Places, moved: Places, strength: float) -> None:
    for eye in (_RIGHT_EYE, _LEFT_EYE):
        moved[list(eye), 0] += strength * (p[list(eye), 0] - p[list(eye), 0].mean())


def _lids_droop(p: Places, moved: Places, strength: float) -> None:
    for upper, lower in (_RIGHT_LIDS, _LEFT_LIDS):
        moved[list(upper)] += strength * (p[list(lower)] - p[list(upper)])


def _nose_wide(p: Places, moved: Places, strength: float) -> None:
    for ala in (_RIGHT_ALA, _LEFT_ALA):
        moved[list(ala), 0] += strength * (p[list(ala), 0] - p[1, 0])


def _nose_long(p: Places, moved: Places, strength: float) -> None:
    length = p[2, 1] - p[168, 1]
    ridge = list(_RIDGE)
    moved[ridge, 1] += strength * length * np.clip((p[ridge, 1] - p[168, 1]) / length, 0, 1)
    for below in (_RIGHT_ALA, _LEFT_ALA, _LIPS_OUTER, _LIPS_INNER, _CHIN, _LOWER_OVAL):
        moved[list(below), 1] += strength * length


def _philtrum_long(p: Places, moved: Places, strength: float) -> None:
    far = strength * (p[0, 1] - p[2, 1])
    for below in (_LIPS_OUTER, _LIPS_INNER, _CHIN, _LOWER_OVAL):
        moved[list(below), 1] += far


def _mouth_wide(p: Places, moved: Places, strength: float) -> None:
    lips = [*_LIPS_OUTER, *_LIPS_INNER]
    moved[lips, 0] += strength * (p[lips, 0] - p[list(_LIPS_OUTER), 0].mean())


def _lip_thick(border: Mapping[int, int], p: Places, moved: Places, strength: float) -> None:
    outer, inner = list(border), list(border.values())
    moved[outer] += strength * (p[outer] - p[inner])


def _face_wide(p: Places, moved: Places, strength: float) -> None:
    moved[list(_OVAL), 0] += strength * (p[list(_OVAL), 0] - p[[133, 362], 0].mean())


def _chin_long(p: Places, moved: Places, strength: float) -> None:
    low = [at for at in {*_LOWER_OVAL, *_CHIN} if p[at, 1] > p[17, 1]]
    moved[low, 1] += strength * (p[low, 1] - p[17, 1])
    moved[low, 0] += 0.5 * strength * (p[low, 0] - p[152, 0])


def _brows_arched(p: Places, moved: Places, strength: float) -> None:
    for brow, inner, outer in ((_RIGHT_BROW, 107, 70), (_LEFT_BROW, 336, 300)):
        middle, half = (p[inner, 0] + p[outer, 0]) / 2, (p[inner, 0] - p[outer, 0]) / 2
        share = np.clip(1 - np.abs((p[list(brow), 0] - middle) / half), 0, 1)
        moved[list(brow), 1] -= strength * np.hypot(*(p[inner] - p[outer])) * share


_KINDS = {
    "icd": _eyes_apart,
    "telecanthus": _inner_canthi_apart,
    "slant": _slant,
    "pfl": _fissures_long,
    "ptosis": _lids_droop,
    "nasw": _nose_wide,
    "nose_len": _nose_long,
    "phil": _philtrum_long,
    "mouth": _mouth_wide,
    "upverm": lambda p, moved, strength: _lip_thick(_UPPER_LIP, p, moved, strength),
    "loverm": lambda p, moved, strength: _lip_thick(_LOWER_LIP, p, moved, strength),
    "facew": _face_wide,
    "chin": _chin_long,
    "brow_arch": _brows_arched,
}
