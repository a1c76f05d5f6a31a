"""A face with parts of it covered, one after the other, by what is ordinary there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

from facial.alignment import SIDE, Pixels
from facial.models.model import Chips
from ontology.arrays import Bools, Floats

#: Covers along each axis; their middles go from MARGIN to as far from the other edge. More and finer ones point no
#: better and cost more: 7 x 7 .85, 9 x 9 .84, 13 x 13 .83 of changes (8, 8 and 4 people x 24 terms).
GRID = 7
MARGIN = 16
#: Radius in pixels of a cover, and how much it is raised so that its middle covers fully.
RADIUS = 26
FULL = 1.5
#: SD in pixels of the bell that each cover's heat is drawn as.
SPREAD = 9
#: Blur in pixels of the edge of an area that is covered as one.
SEAM = 3


def covers() -> Floats:
    """How much each cover hides of each pixel, 0 to 1, float32 (GRID * GRID, 150, 150), row by row.

    A round hill, the square of a cosine; so that the seam is soft, and the cover ends somewhere.
    """
    off = (np.arange(SIDE)[None] - _middles()[:, None]) ** 2
    far = np.sqrt(off[:, None, :, None] + off[None, :, None, :]).reshape(-1, SIDE, SIDE)
    hill = np.cos(np.minimum(far / RADIUS, 1) * np.pi / 2) ** 2
    return np.asarray(np.minimum(FULL * hill, 1), np.float32)


def under(chip: Pixels, fill: Floats, laid: Floats) -> Chips:
    """`chip` with each of the covers (n, 150, 150) of `fill` (150, 150, 3) laid over it, uint8 (n, 150, 150, 3)."""
    own = chip.astype(np.float32)
    made = np.empty((len(laid), SIDE, SIDE, 3), np.uint8)
    for at, cover in enumerate(laid):  # one by one: all at once they are 45 MB of floats
        made[at] = own + (fill - own) * cover[:, :, None] + np.float32(0.5)
    return made


def spread(drops: Floats) -> Floats:
    """What each pixel stands for, float32 (150, 150): a bell for each of `drops` (GRID * GRID,) about its cover."""
    bells = np.exp(-0.5 * ((np.arange(SIDE)[None] - _middles()[:, None]) / SPREAD) ** 2)
    return np.asarray(bells.T @ drops.reshape(GRID, GRID) @ bells, np.float32)


def hottest(heat: Floats, share: float, within: Bools | None = None) -> Bools:
    """The part of the chip, at most `share` of its area, where `heat` (150, 150) is greatest, and more than 0.

    Only of `within`, if given.
    """
    allowed = heat if within is None else np.where(within, heat, 0)
    least = np.partition(allowed.ravel(), -max(1, round(share * heat.size)))[-max(1, round(share * heat.size))]
    return np.asarray((allowed >= least) & (allowed > 0))


def area_cover(area: Bools) -> Floats:
    """A cover of `area` bool (150, 150) with a soft seam, float32 (150, 150)."""
    image = Image.fromarray(area.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(SEAM)), np.float32) / np.float32(255)


def elsewhere(hot: Bools, face: Bools, draws: int, seed: int) -> Iterator[Bools]:
    """Parts of `face` as large as `hot` and as lumpy, that leave it out, at random; the same for a `seed`."""
    generator = np.random.default_rng(seed)
    share = float(hot.mean())
    for _ in range(draws):
        noise = Image.fromarray(generator.integers(0, 256, (SIDE, SIDE), np.uint8))
        lumps = np.asarray(noise.filter(ImageFilter.GaussianBlur(12)), np.float32)
        yield hottest(lumps + generator.random((SIDE, SIDE), np.float32), share, face & ~hot)


def _middles() -> Floats:
    """Where the middles of the covers lie along an axis, in pixels."""
    return np.linspace(MARGIN, SIDE - 1 - MARGIN, GRID, dtype=np.float32)
