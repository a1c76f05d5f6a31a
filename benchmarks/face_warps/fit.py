"""Ridge regression that is taught by changes of faces, and told what of people to look past.

Two faces differ by their measures and by everything else: skin, light, hair, lenses of a camera. Forty people are too
few to tell one from the other, so:
- measures are taught within each photo: the difference of a changed face from the mean of its photo is regressed on the
  difference of its measures;
- what is left of a photo's mean once its own measures are regressed out is taught as nought, with the weight _ASIDE;
- features weigh by how much changes move them as against people: SD within photos by SD between photos.
Constants were chosen by cross-fitting on the AT&T faces (docs/faces_measures.md); results change little around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facial.alignment import Places
from ontology.arrays import Floats

#: float32 or float64 (n, k).
Rows = NDArray[Any]

#: Ridge, in units of the mean squared length of a row.
_RIDGE = 0.3
#: Weight of what measures leave of a photo's mean, by its rows.
_ASIDE = 0.3
#: Share of the mean SD that is added to each SD between photos, so that a dead feature is not blown up.
_FLOOR = 0.02
#: Weight of the five points beside a block of features.
_POINTS = 0.003
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Linear:
    """`x @ weights + offset`: weights float32 (m, k), offset float64 (k,)."""

    weights: Floats
    offset: Places

    def __call__(self, rows: Floats) -> Places:
        """float64 (n, k) of rows float32 (n, m)."""
        found: Places = rows @ self.weights + self.offset
        return found


@dataclass(frozen=True, slots=True)
class Lesson:
    """`blocks` float32 (n, m_i), the last being the five points; `truth` float64 (n, k); `photo` int (n,)."""

    blocks: Sequence[Floats]
    truth: Places
    photo: Places

    def take(self, rows: Rows) -> Lesson:
        """Some of the rows."""
        return Lesson([block[rows] for block in self.blocks], self.truth[rows], self.photo[rows])

    @property
    def rows(self) -> Floats:
        """All blocks side by side, as heads read them."""
        return np.concatenate(self.blocks, axis=1, dtype=np.float32)


class _ByPhoto:
    """Rows split into their photos' means and what differs from them; both directions of that map."""

    def __init__(self, photo: Rows, truth: Rows) -> None:
        _, self._at, self._count = np.unique(photo, return_inverse=True, return_counts=True)
        self._order = np.argsort(self._at, kind="stable")
        self._starts = np.concatenate([[0], np.cumsum(self._count)[:-1]])
        means = np.hstack([np.ones((len(self._count), 1)), self.means(truth)])
        self._told = np.linalg.qr(means)[0].astype(np.float32)
        self._weight = np.sqrt(self._count * _ASIDE).astype(np.float32)[:, None]

    def means(self, rows: Rows) -> Rows:
        """(photos, k): the mean of each photo's rows (n, k)."""
        sums: Rows = np.add.reduceat(rows[self._order], self._starts, axis=0)
        return (sums / self._count[:, None]).astype(rows.dtype)

    def within(self, rows: Rows) -> Rows:
        """(n, k): what each row differs by from its photo's mean."""
        return rows - self.means(rows)[self._at]

    def split(self, rows: Rows) -> Rows:
        """(n + photos, k): differences within photos, then what measures leave of the means, weighted."""
        return np.concatenate([self.within(rows), self._untold(self.means(rows)) * self._weight])

    def joined(self, rows: Rows) -> Rows:
        """The transpose of `split`, (n, k) of (n + photos, k)."""
        n = len(self._at)
        means = self._untold(rows[n:] * self._weight) / self._count[:, None].astype(np.float32)
        return self.within(rows[:n]) + means[self._at]

    def _untold(self, means: Rows) -> Rows:
        left: Rows = means - self._told @ (self._told.T @ means)
        return left


def fit(lesson: Lesson) -> Linear:
    """The head of one lesson; solved among rows, of which there are fewer than features."""
    by_photo = _ByPhoto(lesson.photo, lesson.truth)
    prepared = [_prepared(block, by_photo) for block in lesson.blocks]
    share = [1 / (len(lesson.blocks) - 1)] * (len(lesson.blocks) - 1) + [_POINTS]
    weighted = [
        (rows * np.sqrt(part), scale * np.sqrt(part)) for (rows, scale), part in zip(prepared, share, strict=True)
    ]
    kernel = sum(rows @ rows.T for rows, _ in weighted)
    spread = lesson.truth.std(0)
    centred = ((lesson.truth - lesson.truth.mean(0)) / spread).astype(np.float32)
    system = by_photo.split(by_photo.split(np.asarray(kernel)).T)
    system[np.diag_indices(len(system))] += _RIDGE
    wanted = by_photo.split(centred)
    wanted[len(centred) :] = 0
    answer = by_photo.joined(np.linalg.solve(system, wanted))
    weights = np.concatenate([(rows.T @ answer) * scale[:, None] for rows, scale in weighted]) * spread
    weights = weights.astype(np.float32)
    return Linear(weights, lesson.truth.mean(0) - lesson.rows.mean(0, dtype=np.float64) @ weights)


def _prepared(block: Floats, by_photo: _ByPhoto) -> tuple[Floats, Floats]:
    """The block centred and scaled, its rows of mean squared length 1, and the scale of each feature."""
    block = np.asarray(block, np.float32)
    between = by_photo.means(block).std(0)
    floored = between + _FLOOR * between.mean() + 1e-9
    scale = by_photo.within(block).std(0) / floored**2
    rows = (block - block.mean(0)) * scale
    length = np.sqrt((rows**2).mean(0, dtype=np.float64).sum()).astype(np.float32)
    return rows / length, scale / length


def folds(identities: Sequence[str], seed: int = 0, count: int = FOLDS) -> Places:
    """Folds int (n,) of rows; all of one identity are in one."""
    names = sorted(set(identities))
    np.random.default_rng(seed).shuffle(names)
    of = {name: at % count for at, name in enumerate(names)}
    return np.array([of[name] for name in identities])


def cross_fitted(lesson: Lesson, fold: Places) -> Places:
    """float64 (n, k): each row by a head that was fitted without its fold."""
    found = np.zeros_like(lesson.truth)
    for each in np.unique(fold):
        held, others = np.flatnonzero(fold == each), np.flatnonzero(fold != each)
        found[held] = fit(lesson.take(others))(lesson.take(held).rows)
    return found


def ridge(rows: Floats, wanted: Places, strength: float) -> Linear:
    """Plain ridge regression of `wanted` (n, k) on `rows` (n, m), each feature at SD 1; solved among rows."""
    middle, scale = rows.mean(0), 1 / (rows.std(0) + 1e-6) / np.sqrt(np.float32(rows.shape[1]))
    scaled = (rows - middle) * scale
    system = scaled @ scaled.T
    system[np.diag_indices(len(system))] += strength
    answer = np.linalg.solve(system, (wanted - wanted.mean(0)).astype(np.float32))
    weights = (scaled.T @ answer) * scale[:, None]
    return Linear(weights, wanted.mean(0) - middle.astype(float) @ weights)
