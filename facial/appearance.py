"""What can be read off a found face and its chip: how the head is held, the light, and what of it is in the photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facial.alignment import SIDE, Chip, Pixels, Places

#: The face's oval in a chip (middle, half axes): the mean outline of MediaPipe's mesh on 361 AT&T faces.
OVAL = np.array([[72.9, 72.3], [58.9, 67.0]])
#: What of it is skin for certain: brows to mouth, between the cheeks.
INNER = np.array([[73.7, 78.0], [44.0, 56.0]])
#: Degrees for one distance between the eyes by which the nose is beside the line from eyes to mouth: against the turn
#: of MediaPipe's mesh, 398 AT&T faces, r = .97, residual 2.4 degrees.
TURN_OF_NOSE = 94.0
#: Degrees for one distance from eyes to mouth by which the nose is higher than AHEAD: r = .88, residual 5 degrees.
TILT_OF_NOSE = 89.0
AHEAD = 0.535


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees: `turn` to the side, `tilt` up (above 0) or down, `roll` of the line of the eyes."""

    turn: float
    tilt: float
    roll: float


def pose(points: Places) -> Pose:
    """How a head is held, by the five points (5, 2) of its face; `turn` is above 0 where the nose points right."""
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    across = points[1] - points[0]
    apart = float(np.linalg.norm(across))
    across = across / apart
    down = np.array([-across[1], across[0]])
    height = max(float((mouth - eyes) @ down), 0.1 * apart)
    low = float((points[2] - eyes) @ down) / height
    aside = float((points[2] - eyes - (mouth - eyes) * low) @ across) / apart
    roll = float(np.degrees(np.arctan2(across[1], across[0])))
    return Pose(TURN_OF_NOSE * aside, TILT_OF_NOSE * (AHEAD - low), roll)


def outside(chip: Chip, width: int, height: int) -> float:
    """The share of the face's oval that is outside a picture of `width` x `height` pixels."""
    across = np.linspace(-1, 1, 41)
    grid = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
    places = chip.in_photo(OVAL[0] + OVAL[1] * grid[(grid**2).sum(1) < 1])
    within = (places >= -0.5).all(1) & (places[:, 0] <= width - 0.5) & (places[:, 1] <= height - 0.5)
    return float(1 - within.mean())


@dataclass(frozen=True, slots=True)
class Lighting:
    """Of the face's grey (0 to 255): that of its lightest parts, the share that is white, its range, its sharpness."""

    lightest: float
    white: float
    range: float
    sharpness: float


def lighting(rgb: Pixels) -> Lighting:
    """What the light makes of a chip uint8 (150, 150, 3)."""
    grey = grey_of(rgb)
    inside = _within(INNER)
    seen = grey[inside]
    darkest, lightest = np.percentile(seen, [5, 95])
    edges = np.zeros_like(grey)
    edges[1:-1, 1:-1] = grey[2:, 1:-1] + grey[:-2, 1:-1] + grey[1:-1, 2:] + grey[1:-1, :-2] - 4 * grey[1:-1, 1:-1]
    sharpness = edges[inside].var() / max(float(seen.var()), 1.0)
    return Lighting(float(lightest), float((seen >= 250).mean()), float(lightest - darkest), float(sharpness))


def grey_of(rgb: Pixels) -> Places:
    """Luma of a chip, float64 (150, 150), 0 to 255 (ITU-R BT.601)."""
    return np.asarray(rgb @ np.array([0.299, 0.587, 0.114]))


def _within(ellipse: Places) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which pixels of a chip are inside an ellipse (middle, half axes)."""
    down, across = np.mgrid[:SIDE, :SIDE]
    (x, y), (wide, high) = ellipse
    return np.asarray(((across - x) / wide) ** 2 + ((down - y) / high) ** 2 < 1)
