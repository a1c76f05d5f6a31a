"""Material as the head reads it: features of each chip by the face model, and the five points."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.face_warps.fit import Lesson
from benchmarks.face_warps.material import Material
from facial.alignment import Pixels, Places
from facial.measures.points import symmetric
from facial.measures.views import BLOCKS, features
from facial.models.opening import open_model
from ontology.arrays import Floats

#: Chips whose features one process computes at a time.
_CHIPS = 160


def kept_features(chips: Pixels, work: Path, models: Path | None = None) -> Floats:
    """As features_of, float16 (n, m): kept in `work` by the chips and the model."""
    told = hashlib.sha256(open_model(folder=models).sha256.encode() + np.ascontiguousarray(chips).tobytes())
    kept = work / f"features-{told.hexdigest()[:16]}.npy"
    if not kept.is_file():
        np.save(kept, features_of(chips, models).astype(np.float16))
    found: Floats = np.load(kept)
    return found


def features_of(chips: Pixels, models: Path | None = None, processes: int = 2) -> Floats:
    """float32 (n, m) of chips uint8 (n, 150, 150, 3), by dlib's network in `models`."""
    parts = [(chips[at : at + _CHIPS], models) for at in range(0, len(chips), _CHIPS)]
    with ProcessPoolExecutor(processes) as pool:
        return np.concatenate(list(pool.map(_features, parts)))


def lesson(rows: Floats, taught: Sequence[Material]) -> Lesson:
    """What is taught by several materials, `rows` being their features one after the other."""
    ends = np.cumsum(BLOCKS)[:-1]
    points = symmetric(np.concatenate([each.points for each in taught])).astype(np.float32)
    return Lesson(
        [*np.split(rows.astype(np.float32), ends, axis=1), points],
        np.concatenate([each.truth for each in taught]),
        np.concatenate([each.photo for each in taught]),
    )


def places_taught(taught: Sequence[Material]) -> Places:
    """float64 (n, 2 k): where the landmarks of the lines are in each chip."""
    return np.concatenate([each.places.reshape(len(each), -1) for each in taught])


def _features(task: tuple[Pixels, Path | None]) -> Floats:
    chips, models = task
    found = features(open_model(folder=models), chips)
    assert found is not None  # the default model has features
    return found
