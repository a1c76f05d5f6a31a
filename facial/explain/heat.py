"""What in a face speaks for a term, or for a likeness: heat over the chip, found by covering its parts.

A part is covered with the average face, in the photo's own light (ordinary.py), and what the answer loses by that is
the part's heat: M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014,
doi:10.1007/978-3-319-10590-1_53 (unverified), who cover with grey. The average face asks what is *unusual* there: grey,
or a blur, is itself a change of the face, and a narrow nose that is blurred away reads as a wider or a narrower one.

The five points by which the face was aligned stay as they were found while parts are covered. So what a measure takes
from where they lie has no place in the map: `whole` is what the look of the chip accounts for.

A heat map says what the answer was read from, not whether the answer is right. The line that is drawn between the
places of a measure is its *definition, and no evidence*: it would be drawn at the same places for any value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from facial.alignment import SIDE
from facial.explain.occlusion import area_cover, covers, elsewhere, hottest, spread, under
from facial.explain.ordinary import average_face, ordinary
from facial.explain.regions import Frame, HotRegion, hot_regions
from facial.explain.remembering import Remembering
from facial.measures.views import features
from facial.models.model import Chips, FaceModel
from ontology.arrays import Bools, Floats

#: Share of the chip's area that counts as the hot part.
HOT = 0.12
#: Parts as large elsewhere in the face that are covered for comparison, and the seed they are drawn with.
DRAWS, SEED = 4, 618
#: Half axes and middle (across, down) of the face in a chip, in pixels: the oval of 40 frontal faces, rounded outward.
FACE_MIDDLE, FACE_AXES = (74, 74), (60, 68)


class Reads(Protocol):
    """A head that reads measures from features: `measure(features (n, m), code)` gives float (n,)."""

    def measure(self, features: Floats, code: str) -> Floats:
        """The measure `code` of each row."""
        ...


@dataclass(frozen=True, slots=True)
class Heat:
    """Where an answer comes from.

    map        float32 (150, 150)  0 to 1, greatest 1: what speaks for it; 0 everywhere where nothing does
    regions    the hottest part, `HOT` of the chip's area, as boxes in the photo, the one with most heat first
    whole      what the answer loses when all of the chip becomes the average face, in the answer's unit
    reach      what it loses when only the hottest part does
    elsewhere  what it loses, on average, when as large a part of the rest of the face does
    """

    map: Floats
    regions: tuple[HotRegion, ...]
    whole: float
    reach: float
    elsewhere: float

    @property
    def holds(self) -> bool:
        """Whether the map was right about this face: what it points at carries more than as much elsewhere."""
        return self.reach > max(self.elsewhere, 0.0)


def explain_term(model: FaceModel, head: Reads, frame: Frame, code: str, direction: int) -> Heat:
    """What speaks for a measure `code` being large (`direction` 1) or small (-1); unit: that of the measure.

    Raises ValueError where the model has no mid-layer features.
    """
    return explain_terms(model, head, frame, ((code, direction),))[0]


def explain_terms(
    model: FaceModel, head: Reads, frame: Frame, wanted: Sequence[tuple[str, int]], average: Floats | None = None
) -> tuple[Heat, ...]:
    """As explain_term for several measures; the covered chips are computed once for all of them.

    `average` float32 (150, 150) stands for the average face that comes with the program.
    """
    remembering = Remembering(model)

    def read(chips: Chips) -> Floats:
        found = features(remembering, chips)
        if found is None:
            raise ValueError(f"{model.name} has no mid-layer features")
        columns = [direction * np.asarray(head.measure(found, code), np.float32) for code, direction in wanted]
        return np.stack(columns, axis=1)

    return explain(read, frame, average)


def explain_likeness(model: FaceModel, frame: Frame, direction: Floats, average: Floats | None = None) -> Heat:
    """What speaks for a likeness: `direction` float32 (dimensions,) in the space of embeddings; unit: its product."""
    towards = np.asarray(direction, np.float32)
    return explain(lambda chips: model.embed(chips) @ towards[:, None], frame, average)[0]


def explain(read: Callable[[Chips], Floats], frame: Frame, average: Floats | None = None) -> tuple[Heat, ...]:
    """One heat for each column of what `read` gives, float32 (n, answers), for chips uint8 (n, 150, 150, 3)."""
    chip = frame.chip.rgb
    fill = ordinary(chip, average_face() if average is None else average)
    laid = covers()
    first = read(np.concatenate([chip[None], under(chip, fill, np.ones((1, SIDE, SIDE), np.float32))]))
    drops = first[:1] - read(under(chip, fill, laid))
    whole = first[0] - first[1]
    found = []
    for column in range(drops.shape[1]):
        heat = _scaled(spread(drops[:, column]))
        hot = hottest(heat, HOT)
        areas = np.stack([area_cover(each) for each in (hot, *elsewhere(hot, in_face(), DRAWS, SEED))])
        lost = first[0, column] - read(under(chip, fill, areas))[:, column]
        regions = hot_regions(heat, hot, frame)
        found.append(Heat(heat, regions, float(whole[column]), float(lost[0]), float(lost[1:].mean())))
    return tuple(found)


def in_face() -> Bools:
    """The pixels of a chip that are of the face, bool (150, 150)."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    off = [(axis - middle) / half for axis, middle, half in zip((columns, rows), FACE_MIDDLE, FACE_AXES, strict=True)]
    return np.asarray(off[0] ** 2 + off[1] ** 2 <= 1)


def _scaled(heat: Floats) -> Floats:
    speaks = np.maximum(heat, 0)
    most = float(speaks.max())
    scaled = np.asarray(speaks / most if most > 0 else speaks, np.float32)
    scaled.setflags(write=False)
    return scaled
