"""A face with parts of it covered, one after the other, by what is ordinary there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageFilter

from facial.alignment import SIDE, Pixels
from facial.models.model import Chips
from ontology.arrays import Bools, Floats

#: Covers along each axis; their middles go from MARGIN to as far from the other edge. 13 x 13 finer ones point no
#: better (.83 of changes against .86, 4 people x 24 terms) and cost twice as much.
GRID = 9
MARGIN = 15
#: SD in pixels of a cover's soft edge, and how much it is raised so that its middle covers fully.
SOFTNESS = 11
FULL = 1.5
#: SD in pixels by which what one cover found is laid between it and the next ones.
SPREAD = 8
#: Blur in pixels of the edge of an area that is covered as one.
SEAM = 3


def covers() -> Floats:
    """How much each cover hides of each pixel, 0 to 1, float32 (GRID * GRID, 150, 150), row by row."""
    along = _bells(SOFTNESS)
    laid = along[:, None, :, None] * along[None, :, None, :]
    return np.asarray(np.minimum(FULL * laid, 1).reshape(-1, SIDE, SIDE), np.float32)


def under(chip: Pixels, fill: Floats, laid: Floats) -> Chips:
    """`chip` with each of the covers (n, 150, 150) of `fill` (150, 150, 3) laid over it, uint8 (n, 150, 150, 3)."""
    own = chip.astype(np.float32)
    made = np.empty((len(laid), SIDE, SIDE, 3), np.uint8)
    for at, cover in enumerate(laid):  # one by one: all at once they are 45 MB of floats
        made[at] = own + (fill - own) * cover[:, :, None] + np.float32(0.5)
    return made


def spread(drops: Floats) -> Floats:
    """What each pixel stands for, float32 (150, 150): a mean of `drops` (GRID * GRID,), the nearer the weightier."""
    near = _bells(SPREAD)
    near /= near.sum(axis=0)
    found: Floats = (near.T @ drops.reshape(GRID, GRID).astype(np.float32) @ near).astype(np.float32)
    return found


def hottest(heat: Floats, share: float, within: Bools | None = None) -> Bools:
    """The part of the chip, `share` of its area, where `heat` (150, 150) is greatest; only of `within`, if given."""
    wanted = max(1, round(share * heat.size))
    allowed = heat if within is None else np.where(within, heat, -np.inf)
    least = np.partition(allowed.ravel(), -wanted)[-wanted]
    return np.asarray((allowed >= least) & np.isfinite(allowed))


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


def _bells(sd: float) -> Floats:
    """How near each pixel of an axis is to each cover's middle, float32 (GRID, 150)."""
    middles = np.linspace(MARGIN, SIDE - 1 - MARGIN, GRID)
    bells: Floats = np.exp(-0.5 * ((np.arange(SIDE)[None] - middles[:, None]) / sd) ** 2).astype(np.float32)
    return bells
