"""The hottest parts of a chip, as boxes in the photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facial.alignment import Chip
from ontology.arrays import Bools, Floats

#: A part that holds less of the hot area's heat than this is not told of.
LEAST_SHARE = 0.1
#: Parts that are told of: two eyes, two sides of a face, and one more.
MOST = 3


@dataclass(frozen=True, slots=True)
class HotRegion:
    """`box` (left, top, right, bottom), pixels of the upright photo, right and bottom outside; within the photo.

    `share` is its part of all the heat, 0 to 1.
    """

    box: tuple[int, int, int, int]
    share: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chip lies in its photo of `width` x `height` pixels; `scale` photo pixels span one of the picture's."""

    chip: Chip
    width: int
    height: int
    scale: float = 1.0


def hot_regions(heat: Floats, hot: Bools, frame: Frame) -> tuple[HotRegion, ...]:
    """The connected parts of `hot` (150, 150), the one with most of the heat first; none that lies off the photo."""
    total = float(heat.sum())
    if total <= 0:
        return ()
    within = float(heat[hot].sum())
    found = []
    for part in connected(hot):
        held = float(heat[part].sum())
        box = _box(part, frame)
        if held >= LEAST_SHARE * within and box is not None:
            found.append(HotRegion(box, held / total))
    return tuple(sorted(found, key=lambda region: -region.share)[:MOST])


def connected(area: Bools) -> list[Bools]:
    """The parts of `area` whose pixels touch by a side; each row's runs are joined to those of the row above."""
    labels = np.zeros(area.shape, np.int64)
    joined = [0]

    def root(label: int) -> int:
        while joined[label] != label:
            label = joined[label]
        return label

    for row in range(len(area)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], area[row].astype(np.int8), [0]])))
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            above = sorted({root(int(each)) for each in np.unique(labels[row - 1, left:right]) if each}) if row else []
            if not above:
                joined.append(len(joined))
                above = [len(joined) - 1]
            for other in above[1:]:
                joined[other] = above[0]
            labels[row, left:right] = above[0]
    roots = np.array([root(label) for label in range(len(joined))])[labels]
    return [np.asarray(roots == each) for each in np.unique(roots[area])]


def _box(part: Bools, frame: Frame) -> tuple[int, int, int, int] | None:
    rows, columns = np.nonzero(part)
    left, top, right, bottom = columns.min() - 0.5, rows.min() - 0.5, columns.max() + 0.5, rows.max() + 0.5
    corners = frame.chip.in_photo(np.array([[left, top], [right, top], [left, bottom], [right, bottom]]))
    # the chip's places have whole numbers in the middle of a pixel of the picture, boxes at its edge
    places = (corners + 0.5) * frame.scale
    limits = (frame.width, frame.height)
    low = [int(np.clip(np.floor(places[:, axis].min()), 0, limits[axis])) for axis in (0, 1)]
    high = [int(np.clip(np.ceil(places[:, axis].max()), 0, limits[axis])) for axis in (0, 1)]
    return (low[0], low[1], high[0], high[1]) if low[0] < high[0] and low[1] < high[1] else None
