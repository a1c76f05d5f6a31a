"""Whether a photo can be measured, and if not, why: each limit is one that was measured.

Ordinary photos are the AT&T faces of people who look at the camera (turned and tilted by less than 10 degrees by
MediaPipe's mesh), three times enlarged. What spoils a photo was put on them, and a limit set by how far that moves the
mid-layer features that measures are read from: by .8 standard deviations between one person's photos, by 1.34 between
people. A photo is refused where the fault alone moves them as another photo would, warned of from about half of that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from facial.alignment import Chip, Pixels, Places
from facial.appearance import lighting, outside, pose
from facial.detection import Detected
from facial.photo import Picture
from facial.reading import Check, Fault, Quality, QualityFinding
from facial.regions import regions


@dataclass(frozen=True, slots=True)
class Limits:
    """From where a photo is warned of, and from where refused."""

    warn: float
    refuse: float


#: A second face, as a share of the first one's width: that of a parent who holds the child, not a picture on the wall.
SECOND = Limits(warn=0.25, refuse=0.5)
#: Pixels between the eyes, as read. AT&T faces reduced to 34, 24, 19, 14, 10: features move by .14 .21 .34 .54 .86.
EYES_APART = Limits(warn=32, refuse=18)
#: Variance of the Laplacian of the chip's face over that of its grey. Blurred by a Gaussian of 1.1, 1.7, 2.3 and 3.4
#: pixels of the chip: .022 .011 .0073 .0047 (medians), and features move by .33 .55 .75 1.07.
SHARPNESS = Limits(warn=0.018, refuse=0.0105)
#: The grey that 95 % of the face is darker than, of 255: its lightest parts, so that a dark skin is no dark photo.
#: At half and at a quarter of the light: 67 to 96 and 33 to 50, and features move by .42 and .70.
LIGHTEST = Limits(warn=95, refuse=50)
#: Share of the face that is white (250 and more). Lit 1.3, 1.6 and 2 times: .05 .33 .63 (medians), and features move
#: by .27 .63 .96.
WHITE = Limits(warn=0.15, refuse=0.5)
#: Grey levels between the darkest and the lightest twentieth. At a half and a quarter of the contrast: 36 to 66 and 18
#: to 33, and features move by .47 and .88.
RANGE = Limits(warn=60, refuse=30)
#: Degrees to the side. Beyond 15, 20 and 25: features move by 1.13 1.19 1.45, of which .8 is another photo.
TURN = Limits(warn=12, refuse=25)
#: Degrees up or down; the nose of a face that looks ahead lies differently by 5 degrees (SD) from one to the next.
TILT = Limits(warn=16, refuse=26)
#: Degrees of the eyes' line. Features move by .08 up to 40 degrees, but from there on MTCNN finds fewer faces.
ROLL = Limits(warn=30, refuse=60)
#: Share of the face's oval outside the photo: .05 is a tenth of its height at the chin, .12 a sixth.
OUTSIDE = Limits(warn=0.05, refuse=0.12)
#: Log odds that an eye or the mouth is covered, by facial.regions. Of eyes that are not, .5 and .3 % exceed these, of
#: mouths .3 and .2 %; covers are found (refused) in 87 to 100 %, of kinds that were not fitted on 58 to 100 % (warned).
COVERED = Limits(warn=1.0, refuse=3.0)
#: Gap between the lips by the width of the mouth: only warned of. 1 % of closed mouths exceed it, 67 % of open ones.
OPEN = Limits(warn=0.145, refuse=math.inf)


def judge(picture: Picture, faces: Sequence[Detected], chip: Chip | None) -> Quality:
    """The verdict on a photo with these faces, the largest first, and the chip of the first; None where there is none.

    The first face is the one that is measured. Where it stands on its side or its head, nothing else is judged.
    """
    return Quality(tuple(_findings(picture, faces, chip)))


def _findings(picture: Picture, faces: Sequence[Detected], chip: Chip | None) -> Iterator[QualityFinding]:
    if picture.frames > 1:
        yield QualityFinding(Check.FRAMES, Fault.ANIMATED, False, picture.frames, 1, "pictures")
    if not faces or chip is None:
        yield QualityFinding(Check.FACES, Fault.NO_FACE, True, 0, 1, "faces")
        return
    face = faces[0]
    if len(faces) > 1:
        yield from _above(Check.FACES, Fault.SEVERAL_FACES, _width(faces[1]) / _width(face), SECOND, "share")
    if face.turned == 180:
        yield QualityFinding(Check.UPRIGHT, Fault.UPSIDE_DOWN, True, 180, ROLL.refuse, "degrees")
    elif face.turned:
        yield QualityFinding(Check.ROLL, Fault.ROLLED, True, 90, ROLL.refuse, "degrees")
    else:
        yield from _of_pose(face.points)
        yield from _of_frame(picture, face, chip)
        yield from _of_light(chip.rgb)


def _of_pose(points: Places) -> Iterator[QualityFinding]:
    held = pose(points)
    yield from _above(Check.TURN, Fault.TURNED, abs(held.turn), TURN, "degrees")
    yield from _above(Check.TILT, Fault.TILTED, abs(held.tilt), TILT, "degrees")
    yield from _above(Check.ROLL, Fault.ROLLED, abs(held.roll), ROLL, "degrees")


def _of_frame(picture: Picture, face: Detected, chip: Chip) -> Iterator[QualityFinding]:
    apart = float(np.linalg.norm(face.points[1] - face.points[0]))
    yield from _below(Check.SIZE, Fault.TOO_SMALL, apart, EYES_APART, "pixels")
    height, width = picture.rgb.shape[:2]
    yield from _above(Check.EDGE, Fault.CUT_OFF, outside(chip, width, height), OUTSIDE, "share")
    seen = regions(chip.rgb)
    yield from _above(Check.COVERED, Fault.COVERED, max(seen.eye, seen.mouth), COVERED, "log odds")
    if seen.mouth <= COVERED.warn:
        yield from _above(Check.MOUTH, Fault.NOT_AT_REST, seen.open, OPEN, "share")


def _of_light(rgb: Pixels) -> Iterator[QualityFinding]:
    """Light first, then contrast, then sharpness: each spoils those after it, which are then not told."""
    light = lighting(rgb)
    found = [
        *_below(Check.BRIGHTNESS, Fault.TOO_DARK, light.lightest, LIGHTEST, "grey levels"),
        *_above(Check.BRIGHTNESS, Fault.TOO_BRIGHT, light.white, WHITE, "share"),
    ]
    found = found or list(_below(Check.CONTRAST, Fault.FLAT, light.range, RANGE, "grey levels"))
    yield from found
    yield from _below(Check.SHARPNESS, Fault.BLURRED, light.sharpness, SHARPNESS, "share")


def _below(check: Check, fault: Fault, value: float, limits: Limits, unit: str) -> Iterator[QualityFinding]:
    if value < limits.warn:
        refused = value < limits.refuse
        yield QualityFinding(check, fault, refused, value, limits.refuse if refused else limits.warn, unit)


def _above(check: Check, fault: Fault, value: float, limits: Limits, unit: str) -> Iterator[QualityFinding]:
    if value > limits.warn:
        refused = value > limits.refuse
        yield QualityFinding(check, fault, refused, value, limits.refuse if refused else limits.warn, unit)


def _width(face: Detected) -> float:
    left, _, right, _ = face.box
    return right - left
