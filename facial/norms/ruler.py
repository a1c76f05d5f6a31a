"""The iris as a ruler: it is nearly as wide in everyone from four years on, and a photo has no other scale.

Each iris is found as the circle across which the grey rises most from inside to outside, along the arcs at its sides
that lids leave free (J. G. Daugman, "High confidence visual recognition of persons by a test of statistical
independence", 1993, doi:10.1109/34.244676, unverified). The distance of the two centres, in iris diameters, times the
diameter in mm is that of the pupils. The errors of both are carried through.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from facial.alignment import Pixels, Places
from facial.norms.ancestry import widening
from facial.norms.choose import YEAR
from facial.norms.measured import Estimate, Ruler
from facial.reading import FacePatient

Doubles = NDArray[np.float64]

#: Horizontal visible iris diameter in mm and its SD among people, by ancestry: from 4 to 17 years, and later. Han:
#: doi:10.1111/ceo.12821 (5,970 children of Shandong; no change with age) and doi:10.3389/fmed.2021.732719 (7,893
#: adults, by another device). Elsewhere: doi:10.1097/ICO.0b013e3181a9d0a9 (410 people of Tehran, 14 years and more).
_HAN = (Estimate(12.02, 0.38), Estimate(11.65, 0.38))
_OTHERS = (Estimate(11.68, 0.46), Estimate(11.68, 0.46))
#: At birth an iris has 10.3 mm, from four years on all of it (doi:10.1111/ceo.12821).
LEAST_YEARS = 4
_GROWN_YEARS = 18
#: An iris takes .075 to .12 of the distance between the pupils as its radius: 11.2 to 12.8 mm of 52 to 75 mm.
_RADII = (0.072, 0.125)
#: Radius in pixels below which a circle is not measured well enough. On drawn eyes (tests/facial/norms/test_ruler.py)
#: the error of the radius is 2 % from 9 pixels on.
LEAST_RADIUS = 9.0
#: Two irises of one face differ by less; a larger difference is a circle that is not an iris.
MOST_DIFFERENCE = 0.1
#: Least rise of grey across the circle, of 255: on drawn eyes with noise 20 and more, on skin 8 and less.
LEAST_RISE = 12.0
#: Standard error of a radius in pixels, on drawn eyes.
_PIXELS = 0.3
#: Eyes that look at a camera at 1 m converge by 1.6 mm, at 2 m by .8 mm: half of that is taken off what is known.
_CONVERGENCE_MM = 1.0
#: Angles of the arcs, in degrees from the horizontal: the upper lid covers more than the lower.
_ARCS = np.radians(np.concatenate([np.arange(-25, 41, 5), np.arange(140, 206, 5)]))


@dataclass(frozen=True, slots=True)
class Iris:
    """A circle in pixels of the picture; `rise` is the grey outside less that inside, of 255."""

    x: float
    y: float
    radius: float
    rise: float


def ruler(rgb: Pixels, points: Places, patient: FacePatient) -> Ruler | None:
    """The distance between the pupils of the face with these five points, in mm.

    None where the age is not known to be four years or more, the photo is too small, or no two irises were found.
    """
    if patient.age_days is None or patient.age_days < LEAST_YEARS * YEAR:
        return None
    irises = find_irises(rgb, points)
    if irises is None:
        return None
    left, right = irises
    diameter = _diameter(patient)
    across = hypot(right.x - left.x, right.y - left.y)
    radius = (left.radius + right.radius) / 2
    relative = sqrt(
        (diameter.error / diameter.value) ** 2
        + (_PIXELS / radius) ** 2 / 2
        + ((left.radius - right.radius) / 2 / radius) ** 2
    )
    ipd = across / (2 * radius) * diameter.value
    return Ruler(Estimate(ipd, hypot(ipd * relative, _CONVERGENCE_MM)))


def find_irises(rgb: Pixels, points: Places) -> tuple[Iris, Iris] | None:
    """Both irises near the eyes of `points`, that at the left of the image first; None where they are not found."""
    apart = float(np.hypot(*(points[1] - points[0])))
    if apart * _RADII[0] * 1.25 < LEAST_RADIUS:  # the smallest iris that would be taken, and some room
        return None
    found = [_iris(rgb, points[at], apart) for at in (0, 1)]
    left, right = found
    if left is None or right is None or min(left.rise, right.rise) < LEAST_RISE:
        return None
    if abs(left.radius - right.radius) > MOST_DIFFERENCE * (left.radius + right.radius) / 2:
        return None
    if min(left.radius, right.radius) < LEAST_RADIUS:
        return None
    return left, right


def _iris(rgb: Pixels, eye: Places, apart: float) -> Iris | None:
    """The best circle around an eye: on a coarse grid, then on finer ones about it."""
    reach, grey = 0.08 * apart, _grey_around(rgb, eye, 0.3 * apart)
    if grey is None:
        return None
    pixels, corner = grey
    x, y, radius = eye[0] - corner[0], eye[1] - corner[1], apart * sum(_RADII) / 2
    spread, step = (_RADII[1] - _RADII[0]) / 2 * apart, max(1.0, apart / 100)
    rise = 0.0
    for finer in range(4):
        # at first, of two circles with as clear an edge the wider: the other is about the pupil
        x, y, radius, rise = _best(pixels, (x, y, radius), reach, spread, step, 0.0 if finer else 0.5)
        reach, spread, step = 2 * step, 2 * step, step / 2.5
    if not _RADII[0] * apart < radius < _RADII[1] * apart:
        return None
    return Iris(float(x + corner[0]), float(y + corner[1]), float(radius), float(rise))


def _grey_around(rgb: Pixels, eye: Places, reach: float) -> tuple[Doubles, Doubles] | None:
    """The grey of the picture around an eye, and the corner of that part; None at the edge of the picture."""
    low, high = np.floor(eye - reach).astype(int), np.ceil(eye + reach).astype(int)
    height, width = rgb.shape[:2]
    if low.min() < 0 or high[0] >= width or high[1] >= height:
        return None
    part = rgb[low[1] : high[1], low[0] : high[0]].astype(np.float64)
    # red and green: a blue iris is as bright as the white of the eye in blue, a brown one in none
    return part[..., :2].mean(2), low.astype(np.float64)


def _best(
    grey: Doubles, about: tuple[float, float, float], reach: float, spread: float, step: float, wide: float
) -> tuple[float, float, float, float]:
    """x, y, radius and rise of the best circle of a grid about one; rise times radius to the power `wide` decides."""
    x, y, radius = about
    off = np.arange(-reach, reach + step / 2, step)
    radii = np.arange(max(2.0, radius - spread), radius + spread + step / 2, step / 2)
    across, down = np.meshgrid(x + off, y + off)
    centres = np.stack([across.ravel(), down.ravel()], 1)
    edge = max(1.0, 0.12 * radius)
    best, top = (x, y, radius, 0.0), -np.inf
    for candidate in radii:
        rises = _ring(grey, centres, candidate + edge) - _ring(grey, centres, candidate - edge)
        # the median of the two sides' arcs, so that a lash or a light does not make a circle
        half = rises.shape[1] // 2
        score = np.minimum(np.median(rises[:, :half], 1), np.median(rises[:, half:], 1)) + rises.mean(1)
        at = int(score.argmax())
        if (weighted := float(score[at] * candidate**wide)) > top:
            top = weighted
            best = (float(centres[at, 0]), float(centres[at, 1]), float(candidate), float(score[at]) / 2)
    return best


def _ring(grey: Doubles, centres: Doubles, radius: float) -> Doubles:
    """Grey along the arcs of circles, linear between pixels, (centres, angles)."""
    height, width = grey.shape
    x = np.clip(centres[:, :1] + radius * np.cos(_ARCS), 0, width - 1.001)
    y = np.clip(centres[:, 1:] + radius * np.sin(_ARCS), 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    right, below = x - left, y - top
    upper = grey[top, left] * (1 - right) + grey[top, left + 1] * right
    lower = grey[top + 1, left] * (1 - right) + grey[top + 1, left + 1] * right
    return np.asarray(upper * (1 - below) + lower * below)


def _diameter(patient: FacePatient) -> Estimate:
    """Iris diameter in mm and its SD, for the patient's ancestry and age."""
    assert patient.age_days is not None  # asked before
    of = _HAN if patient.ancestry is not None and "han" in widening(patient.ancestry) else _OTHERS
    return of[patient.age_days >= _GROWN_YEARS * YEAR]
