"""Fit the measurement head on warped ordinary faces.

    python -m benchmarks.face_warps.train FACES.tar.gz [OUT] [--work DIR] [--models DIR]

FACES.tar.gz holds FOLDER/IDENTITY_NUMBER.EXTENSION. OUT is facial/measures/head.npz unless told otherwise. The same
archive and code give the same head, but for the last digits of sums.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.face_warps.fit import Lesson, cross_fitted, fit, folds, ridge
from benchmarks.face_warps.lesson import kept_features, lesson, places_taught
from benchmarks.face_warps.material import Material, material
from benchmarks.face_warps.sitters import WORK, Sitters, sitters
from facial.alignment import Places
from facial.measures.definitions import CODES, LANDMARKS
from facial.measures.head import SCHEMA
from facial.measures.points import offsets
from facial.models.dlib_resnet import NAME
from ontology.arrays import Floats

CREDIT = "AT&T Laboratories Cambridge, ORL database of faces"
#: Faces of each photo that is taught by, and of each identity's most frontal photo besides; the first is unchanged.
EACH, EACH_FRONTAL = 8, 40
#: Fixed, with the rows of the photos, what is drawn at random.
SEED, SEED_FRONTAL = SEEDS = 1, 2
#: The last features of the face (block 10) that places of lines are read from, and their ridge.
DRAWN, _DRAWN_RIDGE = 128 * 8 * 8, 1.0


@dataclass(frozen=True, slots=True)
class Course:
    """All that a head is fitted and judged on: `frontal` are the last rows of `lesson`."""

    people: Sitters
    taught: tuple[Material, Material]
    lesson: Lesson

    @property
    def frontal(self) -> slice:
        """Rows of the frontal photos' faces."""
        return slice(len(self.taught[0]), len(self.lesson.photo))

    @property
    def unchanged(self) -> Places:
        """Measures float64 (n, codes) of each row's photo as it is."""
        truth, photo = self.lesson.truth, self.lesson.photo
        plain = np.flatnonzero(np.concatenate([part.number for part in self.taught]) == 0)
        of = {int(photo[row]): row for row in plain}
        found: Places = truth[[of[int(row)] for row in photo]]
        return found

    @property
    def spread(self) -> Places:
        """SD of each measure over people (codes,): the most frontal photo of each, as it is."""
        frontal = self.taught[1]
        found: Places = frontal.truth[frontal.number == 0].std(0)
        return found

    @property
    def fold(self) -> Places:
        """Fold of each row, by identity."""
        return folds([self.people.identities[int(row)] for row in self.lesson.photo])


def course(archive: Path, work: Path, models: Path | None = None, quick: bool = False) -> Course:
    """Everything computed from the archive; `quick` takes 20 people, and fewer faces of each."""
    people = sitters(archive, work, 20 if quick else None)
    each, each_frontal = (3, 30) if quick else (EACH, EACH_FRONTAL)
    taught = (
        material(people, people.facing(), each, SEED, work),
        material(people, people.frontal(), each_frontal, SEED_FRONTAL, work),
    )
    print(f"{sum(map(len, taught))} faces; computing their features", file=sys.stderr)
    rows = np.concatenate([kept_features(part.chips, work, models) for part in taught])
    return Course(people, taught, lesson(rows, taught))


def calibrated(read: Places, truth: Places) -> tuple[Places, Places]:
    """Intercepts and slopes (k,) of truth on what was read of people left out."""
    slope = ((read - read.mean(0)) * (truth - truth.mean(0))).mean(0) / read.var(0)
    return truth.mean(0) - slope * read.mean(0), slope


def trained(given: Course) -> tuple[dict[str, Any], dict[str, float]]:
    """The arrays of the head, and mean absolute errors of the lines' places in pixels of the chip."""
    taught = given.lesson
    read = cross_fitted(taught, given.fold)
    intercept, slope = calibrated(read, taught.truth)
    error = np.abs(intercept + slope * read - taught.truth)
    whole = fit(taught)
    weights, scale = _halved(whole.weights * slope.astype(np.float32))
    offset = intercept + slope * taught.truth.mean(0) - taught.rows.mean(0, dtype=np.float64) @ (weights * scale)
    seen, places = _seen(given)
    drawn = ridge(seen, places, _DRAWN_RIDGE)
    drawn_weights, drawn_scale = _halved(drawn.weights)
    arrays = {
        "weights": weights,
        "weights_scale": scale,
        "offset": offset,
        "sd": np.sqrt((error**2).mean(0)),
        "ninety": np.quantile(error, 0.9, axis=0),
        "drawn": drawn_weights,
        "drawn_scale": drawn_scale,
        "drawn_offset": places.mean(0) - seen.mean(0, dtype=np.float64) @ (drawn_weights * drawn_scale),
    }
    return arrays, {"slope": float(slope.mean()), "places": _places_error(given)}


def _seen(given: Course) -> tuple[Floats, Places]:
    points = offsets(np.concatenate([each.points for each in given.taught])).astype(np.float32)
    return np.hstack([given.lesson.blocks[0][:, -DRAWN:], points]), places_taught(given.taught)


def _places_error(given: Course) -> float:
    seen, places = _seen(given)
    held = given.fold == 0
    found = ridge(seen[~held], places[~held], _DRAWN_RIDGE)(seen[held])
    return float(np.hypot(*(found - places[held]).reshape(-1, 2).T).mean())


def _halved(weights: Floats) -> tuple[Floats, Floats]:
    """Weights as float16, and the scale of each column that keeps them from its ends."""
    scale = np.abs(weights).max(0).astype(np.float32)
    return (weights / scale).astype(np.float16), scale


def write(out: Path, arrays: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """The head as one file."""
    np.savez_compressed(out, allow_pickle=False, manifest=np.array(json.dumps(manifest, sort_keys=True)), **arrays)


def main() -> None:
    """Fit, write, and say what was found."""
    parser = argparse.ArgumentParser(description="Fit the measurement head on warped ordinary faces.")
    parser.add_argument("faces", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=Path("facial/measures/head.npz"))
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--models", type=Path)
    options = parser.parse_args()
    given = course(options.faces, options.work, options.models)
    arrays, found = trained(given)
    manifest = {
        "schema": SCHEMA,
        "model": NAME,
        "codes": list(CODES),
        "landmarks": list(LANDMARKS),
        "data": {"sha256": given.people.sha256, "credit": CREDIT, "identities": len(set(given.people.identities))},
        "faces": len(given.lesson.photo),
        "seeds": [SEED, SEED_FRONTAL],
        "script": "python -m benchmarks.face_warps.train",
    }
    write(options.out, arrays, manifest)
    print(json.dumps({"faces": manifest["faces"], "bytes": options.out.stat().st_size, **found}))


if __name__ == "__main__":
    main()
