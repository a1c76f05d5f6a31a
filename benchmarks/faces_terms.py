"""Term detection on people left out, beside the mesh's own landmarks measured on the same changed photos."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.face_warps.fit import cross_fitted
from benchmarks.face_warps.material import Material, pictures
from benchmarks.face_warps.measured import measured
from benchmarks.face_warps.mesh import Mesher
from benchmarks.face_warps.sitters import Sitters
from benchmarks.face_warps.terms import Detection, detections
from benchmarks.face_warps.train import SEEDS, Course, calibrated
from facial.alignment import Places
from facial.measures.definitions import BY_CODE, CODES
from ontology.arrays import Longs

#: Photos whose changes are laid with a mesh at a time: up to 400 pictures, 180 MB.
_PHOTOS = 10


def term_figures(given: Course, work: Path) -> dict[str, object]:
    """What the head finds, what landmarks on the changed photo find, and what knowing every landmark would find."""
    print("reading people left out, fold by fold", file=sys.stderr)
    truth, unchanged, spread = given.lesson.truth, given.unchanged, given.spread
    read = cross_fitted(given.lesson, given.fold)
    found = detections(truth, unchanged, spread, read)
    frontal = detections(truth[given.frontal], unchanged[given.frontal], spread, read[given.frontal])
    best = detections(truth, unchanged, spread, truth)
    print("laying the mesh on every changed photo", file=sys.stderr)
    laid = landmarked(given, work)
    rows = np.flatnonzero(np.isfinite(laid).all(1))
    baseline = detections(truth[rows], unchanged[rows], spread, laid[rows])
    intercept, slope = calibrated(read, truth)
    return {
        "terms": len(found),
        **_means("", found),
        **_means("baseline_", baseline),
        **_means("known_landmarks_", best),
        "frontal_terms": len(frontal),
        **_means("frontal_", frontal),
        "faces": len(truth),
        "identities": len(set(given.people.identities)),
        "baseline_faces_without_mesh": len(truth) - len(rows),
        "by_term": [_row(each, baseline, best) for each in found],
        "by_measure": _errors(intercept + slope * read, given, slope),
    }


def landmarked(given: Course, work: Path) -> Places:
    """Measures float64 (n, codes) of the mesh laid on each changed photo; NaN where it finds no face."""
    mesher = Mesher.in_folder((work / "mediapipe").absolute())
    return np.concatenate(
        [_landmarked(given.people, part, seed, mesher) for part, seed in zip(given.taught, SEEDS, strict=True)]
    )


def _landmarked(people: Sitters, part: Material, seed: int, mesher: Mesher) -> Places:
    each = int(part.number.max()) + 1
    rows = list(dict.fromkeys(int(row) for row in part.photo))
    found = {}
    for start in range(0, len(rows), _PHOTOS):
        some = rows[start : start + _PHOTOS]
        named = [
            ((row, number), picture)
            for row in some
            for number, (picture, _) in enumerate(pictures(people.squares[row], people.landmarks[row], row, each, seed))
        ]
        laid = mesher.landmarks(np.stack([picture for _, picture in named]))
        found.update({name: list(measured(mesh).values()) for (name, _), mesh in zip(named, laid, strict=True)})
    return np.array([found[int(row), int(number)] for row, number in zip(part.photo, part.number, strict=True)])


def _means(name: str, found: Sequence[Detection]) -> dict[str, float]:
    return {
        f"{name}mean_auc": round(float(np.mean([each.auc for each in found])), 4),
        f"{name}tpr_at_5_fpr": round(float(np.mean([each.tpr for each in found])), 4),
    }


def _row(each: Detection, baseline: Sequence[Detection], best: Sequence[Detection]) -> dict[str, object]:
    by_term = [{other.term: other for other in group} for group in (baseline, best)]
    row: dict[str, object] = {
        "term": each.term,
        "measure": each.code,
        "with": each.positives,
        "without": each.negatives,
    }
    row |= {"auc": round(each.auc, 3), "tpr": round(each.tpr, 3)}
    for name, group in zip(("baseline", "known_landmarks"), by_term, strict=True):
        if each.term in group:
            row |= {f"{name}_auc": round(group[each.term].auc, 3), f"{name}_tpr": round(group[each.term].tpr, 3)}
    return row


def _errors(read: Places, given: Course, slope: Places) -> list[dict[str, object]]:
    """Of each measure on people left out: SD of its error beside that over people, and how much of a change is read.

    `slope` is that of truth on what was read before it was corrected; `change_read` of what was read on a change.
    """
    truth = given.lesson.truth
    own = np.unique(given.lesson.photo, return_inverse=True)[1]
    off = [values - _own_means(values, own) for values in (truth, read)]
    recovered = (off[0] * off[1]).sum(0) / (off[0] ** 2).sum(0)
    within = np.quantile(np.abs(read - truth), 0.9, axis=0)
    return [
        {
            "measure": code,
            "unit": str(BY_CODE[code].unit),
            "for": str(BY_CODE[code].kind),
            "error_sd": round(float(np.sqrt(((read - truth)[:, at] ** 2).mean())), 4),
            "ninety_within": round(float(within[at]), 4),
            "people_sd": round(float(given.spread[at]), 4),
            "slope": round(float(slope[at]), 2),
            "change_read": round(float(recovered[at]), 2),
        }
        for at, code in enumerate(CODES)
    ]


def _own_means(values: Places, own: Longs) -> Places:
    sums = np.zeros((int(own.max()) + 1, values.shape[1]))
    np.add.at(sums, own, values)
    means: Places = (sums / np.bincount(own)[:, None])[own]
    return means
