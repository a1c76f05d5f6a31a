"""Are terms found: the definition of term detection on changed faces.

A face has a term where its measure, by the landmarks that the change moved, lies more than 1.5 SD beyond that of the
same photo unchanged, in the term's direction; it has it not where it lies within .5 SD. SDs are those of the measure
over people: the most frontal face of each, unchanged. Faces between are left out. The score is the measure as it was
read: no method is told the person's own unchanged face.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facial.alignment import Places
from facial.measures.definitions import CODES, DEFINITIONS

CHANGED, UNCHANGED = 1.5, 0.5
#: Terms with fewer positives are not judged.
FEWEST = 15
FALSE_POSITIVES = 0.05


@dataclass(frozen=True, slots=True)
class Detection:
    """How well one term is told: `auc`, and `tpr`, the share found where 5 % of those without it are called too."""

    term: str
    code: str
    positives: int
    negatives: int
    auc: float
    tpr: float


def detections(truth: Places, unchanged: Places, spread: Places, read: Places) -> tuple[Detection, ...]:
    """Each term of facial.measures, for measures `read` float64 (n, codes) of faces with the measures `truth`.

    `unchanged` (n, codes) are those of the same photos unchanged, `spread` (codes,) the SDs over people.
    """
    return tuple(_detections((truth - unchanged) / spread, read))


def _detections(changed: Places, read: Places) -> Iterator[Detection]:
    for definition in DEFINITIONS:
        at = CODES.index(definition.code)
        for term, sign in ((definition.high, 1), (definition.low, -1)):
            has, has_not = sign * changed[:, at] > CHANGED, np.abs(changed[:, at]) < UNCHANGED
            if term and has.sum() >= FEWEST and has_not.any():
                yes, no = sign * read[has, at], sign * read[has_not, at]
                found = float((yes > np.quantile(no, 1 - FALSE_POSITIVES)).mean())
                yield Detection(term, definition.code, len(yes), len(no), area(yes, no), found)


def area(yes: Places, no: Places) -> float:
    """Area under the ROC curve: the chance that one of `yes` is above one of `no`, half where equal.

    >>> area(np.array([2.0, 1.0]), np.array([1.0, 0.0]))
    0.875
    """
    ordered = np.sort(no)
    below, not_above = np.searchsorted(ordered, yes, "left"), np.searchsorted(ordered, yes, "right")
    return float((below + not_above).mean() / 2 / len(no))
