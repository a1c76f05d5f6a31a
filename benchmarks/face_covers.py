"""Things drawn over a face: what hides a part of it, and what people wear that hides nothing.

Places are given in distances between the eyes from the middle between them, across and down the face; `low` is how far
down the mouth is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from facial.alignment import Pixels, Places

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A face to draw on: `image`, its five `points` (5, 2), and chance."""

    image: Image.Image
    points: Places
    random: np.random.Generator

    @property
    def apart(self) -> float:
        """Pixels between the eyes."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))

    @property
    def low(self) -> float:
        """How far below the eyes the mouth is."""
        return float((self.points[3:].mean(0) - self.points[:2].mean(0)) @ self._down) / self.apart

    @property
    def _down(self) -> Places:
        across = (self.points[1] - self.points[0]) / self.apart
        return np.array([-across[1], across[0]])

    def at(self, places: Sequence[Place]) -> list[Place]:
        """Places of the face, as pixels."""
        across, middle = self.points[1] - self.points[0], self.points[:2].mean(0)
        found = [middle + across * x + self._down * self.apart * y for x, y in places]
        return [(float(x), float(y)) for x, y in found]

    def grey(self, low: int, high: int) -> tuple[int, int, int]:
        """A grey by chance."""
        return (int(self.random.integers(low, high)),) * 3

    def skin(self) -> tuple[int, int, int]:
        """The colour of the skin between nose and mouth."""
        x, y = (round(value) for value in self.at([(0.0, self.low * 0.7)])[0])
        red, green, blue = np.asarray(self.image)[max(y - 4, 0) : y + 5, max(x - 12, 0) : x + 13].mean((0, 1))
        return int(red), int(green), int(blue)

    def fill(self, places: Sequence[Place], colour: tuple[int, int, int], soft: float = 1.0, grain: float = 0) -> None:
        """Draw a patch of one colour, its edge blurred by `soft` pixels, with `grain` (SD of grey) in it."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).polygon(self.at(places), fill=255)
        pixels = np.broadcast_to(np.array(colour, float), (self.image.height, self.image.width, 3))
        pixels = pixels + self.random.normal(0, grain, (*pixels.shape[:2], 1)) if grain else pixels
        patch = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        self.image.paste(patch, mask=mask.filter(ImageFilter.GaussianBlur(soft)))

    def line(self, places: Sequence[Place], colour: tuple[int, int, int], thick: float) -> None:
        """Draw a line, `thick` in distances between the eyes."""
        ImageDraw.Draw(self.image).line(self.at(places), fill=colour, width=max(2, round(self.apart * thick)))


def ellipse(x: float, y: float, wide: float, high: float) -> list[Place]:
    """The outline of an ellipse by its half axes."""
    around = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return [(x + wide * float(np.cos(t)), y + high * float(np.sin(t))) for t in around]


def _mask(on: Canvas) -> None:
    low = on.low
    colour = on.grey(80, 240)
    sides = [(0.95, 0.25), (0.8, 1.35), (0.3, 1.75), (-0.3, 1.75), (-0.8, 1.35), (-0.95, 0.25), (-0.35, 0.28)]
    on.fill([(0.0, 0.18 * low), (0.35, 0.28 * low), *((x, y * low) for x, y in sides)], colour, 1.5)
    for fold in (0.6, 0.9, 1.2):
        on.line([(-0.7, fold * low), (0.7, fold * low)], (max(colour[0] - 25, 0),) * 3, 0.02)


def _low_mask(on: Canvas) -> None:
    outline = [(-0.8, 0.72), (0.8, 0.72), (0.7, 1.3), (0.25, 1.65), (-0.25, 1.65), (-0.7, 1.3)]
    on.fill([(x, y * on.low) for x, y in outline], on.grey(60, 240), 1.5, 4)


def _scarf(on: Canvas) -> None:
    low = on.low
    on.fill([(-1.1, 0.6 * low), (1.1, 0.6 * low), (1.0, 1.9 * low), (-1.0, 1.9 * low)], on.grey(40, 200), 1.5, 2)
    for stripe in np.arange(0.62, 1.6, 0.12):
        on.line([(-1.0, stripe * low), (1.0, (stripe + 0.05) * low)], on.grey(40, 220), 0.05)


def _hand_on_mouth(on: Canvas) -> None:
    skin, low = np.array(on.skin()), on.low
    for finger in range(4):
        top = low * (0.6 + 0.22 * finger)
        red, green, blue = (int(v) for v in skin * on.random.uniform(0.88, 1.0))
        outline = [(-0.9, top), (0.75, top - 0.05), (0.8, top + 0.2 * low), (-0.9, top + 0.21 * low)]
        on.fill(outline, (red, green, blue), 2, 3)


def _sunglasses(on: Canvas) -> None:
    colour = on.grey(5, 40)
    for side in (-0.5, 0.5):
        on.fill(ellipse(side, 0.03, 0.36, 0.27), colour)
    on.fill([(-0.9, -0.06), (0.9, -0.06), (0.9, 0.02), (-0.9, 0.02)], colour)


def _bar(on: Canvas) -> None:
    colour = (int(on.random.choice([0, 0, 255, 128])),) * 3
    on.fill([(-0.95, -0.25), (0.95, -0.25), (0.95, 0.25), (-0.95, 0.25)], colour, 0.5)


def _fringe(on: Canvas) -> None:
    for _ in range(14):
        x = float(on.random.uniform(-0.9, 0.9))
        on.fill([(x - 0.05, -0.9), (x + 0.05, -0.9), (x + 0.07, 0.25), (x - 0.02, 0.25)], on.grey(10, 60))


def _eye_patch(on: Canvas) -> None:
    on.fill(ellipse(-0.5, 0.03, 0.36, 0.32), on.grey(60, 240))


def _hand_on_eye(on: Canvas) -> None:
    skin = np.array(on.skin())
    for finger in range(3):
        left = -0.15 - 0.28 * finger
        red, green, blue = (int(v) for v in skin * on.random.uniform(0.88, 1.0))
        on.fill([(left, -0.5), (left - 0.27, -0.5), (left - 0.27, 0.9), (left, 0.9)], (red, green, blue), 2, 3)


def _spectacles(on: Canvas) -> None:
    colour = on.grey(10, 80)
    for side in (-0.5, 0.5):
        rim = ellipse(side, 0.04, 0.38, 0.28)
        on.line([*rim, rim[0]], colour, 0.04)
    on.line([(-0.12, 0.0), (0.12, 0.0)], colour, 0.04)


def _feeding_tube(on: Canvas) -> None:
    on.line([(0.1, 0.68 * on.low), (0.35, 0.62 * on.low), (0.8, 0.5 * on.low)], (235, 235, 235), 0.05)


Draw = Callable[[Canvas], None]
#: What covers the mouth; both eyes; the eye at the left of the image; and what covers neither.
ON_MOUTH: Mapping[str, Draw] = {"mask": _mask, "low mask": _low_mask, "scarf": _scarf, "hand on mouth": _hand_on_mouth}
ON_EYES: Mapping[str, Draw] = {"sunglasses": _sunglasses, "bar": _bar, "fringe": _fringe}
ON_ONE_EYE: Mapping[str, Draw] = {"eye patch": _eye_patch, "hand on eye": _hand_on_eye}
WORN: Mapping[str, Draw] = {"spectacles": _spectacles, "feeding tube": _feeding_tube}
COVERS: Mapping[str, Draw] = {**ON_MOUTH, **ON_EYES, **ON_ONE_EYE, **WORN}


def covered_with(name: str, rgb: Pixels, points: Places, random: np.random.Generator) -> Pixels:
    """The picture uint8 (h, w, 3) with one of COVERS drawn over the face that has these five points (5, 2)."""
    image = Image.fromarray(rgb)
    COVERS[name](Canvas(image, points, random))
    return np.asarray(image)
