"""Fit the posterior's numbers to samples, and the belief that numbers give to a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.belief_samples import Samples
from matching.posterior import Calibration
from ontology.arrays import Longs

Vector = NDArray[np.float64]

#: Where the search begins: a temperature as 1/sqrt(n) and a tenth that follows the rank.
_START = np.array([-1.0, -0.5, -2.0, 0.2])
#: Keeps numbers that few cases do not decide near where they began.
_PULL = 1e-4
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What calibrations believe of samples, as matching.posterior does of whole scores; float64.

    truth  (cases,)            share of the true disease
    first  (cases,)            share of the first
    held   (cases, cells + 1)  shares of the diseases before each cell, summed; the last is 1
    """

    truth: Vector
    first: Vector
    held: Vector

    @classmethod
    def of(cls, samples: Samples, calibration: Calibration) -> Beliefs:
        """All three. A case without findings believes evenly."""
        _, astray, likely = _tempered(samples, calibration)
        ranked = np.concatenate([[0.0], np.cumsum(calibration.by_rank(1.0 + np.arange(samples.ends.max())))])
        ranked = ranked[samples.ends]
        held = np.zeros_like(ranked)
        held[:, 1:] = (1 - astray)[:, None] * np.cumsum(likely, 1) / likely.sum(1)[:, None]
        held += astray[:, None] * ranked / ranked[:, -1:]
        first = (1 - astray) / likely.sum(1) + astray * ranked[:, 1] / ranked[:, -1]
        return cls(truths(samples, calibration), first, held)

    def before(self, samples: Samples) -> Vector:
        """Share of all diseases that stand before the true one; float64 (cases,)."""
        rows = zip(samples.rank, samples.ends, self.held, strict=True)
        return np.array([np.interp(rank - 1, ends, held) for rank, ends, held in rows])

    def sizes(self, samples: Samples, level: float) -> Vector:
        """Diseases of the smallest set that holds `level` of the belief; float64 (cases,), whole numbers."""
        rows = zip(self.held, samples.ends, strict=True)
        return np.ceil(np.array([np.interp(level, held, ends) for held, ends in rows]) - 1e-9)


def truths(samples: Samples, calibration: Calibration) -> Vector:
    """Share of belief in the true disease of each case; float64 (cases,)."""
    beta, astray, likely = _tempered(samples, calibration)
    ranked = np.cumsum(calibration.by_rank(1.0 + np.arange(samples.ends.max())))[samples.ends[:, -1] - 1]
    truth: Vector = (1 - astray) * np.exp(samples.truth * beta) / likely.sum(1)
    return truth + astray * calibration.by_rank(samples.rank) / ranked


def _tempered(samples: Samples, calibration: Calibration) -> tuple[Vector, Vector, NDArray[np.floating[Any]]]:
    """Beta and the share astray of each case, and the weight of each cell, 1 for the first disease."""
    told = samples.findings > 0
    beta = np.where(told, calibration.beta(np.maximum(samples.findings, 1)), 0.0)
    cells = np.diff(samples.ends, axis=1).astype(np.float32)
    likely = np.exp(samples.scores * beta[:, None].astype(np.float32)) * cells
    return beta, np.where(told, calibration.astray, 0.0), likely


def fit(samples: Samples, weights: Vector) -> Calibration:
    """Numbers of the highest weighted likelihood of the true diseases; `weights` float64 (cases,)."""

    def cost(vector: Vector) -> float:
        surprise = -np.log(truths(samples, _calibration(vector)))
        return float(np.average(surprise, weights=weights) + _PULL * np.sum((vector - _START) ** 2))

    return _calibration(lowest(cost, _START))


def crossfitted(samples: Samples, weights: Vector, seed: int) -> list[tuple[Longs, Calibration]]:
    """For each fold, its cases and the numbers fitted to all others."""
    fold = folds(samples, seed)
    parts = []
    for number in np.unique(fold):
        others = fold != number
        parts.append((np.flatnonzero(~others), fit(samples.take(others), weights[others])))
    return parts


def even_weights(samples: Samples, share: dict[str, float]) -> Vector:
    """Weights that give each kind its `share` (1 where it is not named), and a disease the root of its cases.

    Published cohorts hold up to hundreds of cases of one disease, which are far from independent.
    """
    weights = np.zeros(len(samples))
    for kind in np.unique(samples.kinds):
        of_kind = samples.kinds == kind
        _, which, counts = np.unique(samples.diseases[of_kind], return_inverse=True, return_counts=True)
        within = 1 / np.sqrt(counts[which])
        weights[of_kind] = share.get(str(kind), 1.0) * within / within.sum()
    return weights


def folds(samples: Samples, seed: int) -> NDArray[np.int64]:
    """Fold of each case: cases that share a disease or a paper, directly or through others, share a fold."""
    leader: dict[str, str] = {}

    def root(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    owners = [f"disease {disease}" for disease in samples.diseases]
    for owner, papers in zip(owners, samples.papers, strict=True):
        for paper in str(papers).split():
            leader[root(paper)] = root(owner)
    groups = [root(owner) for owner in owners]
    drawn = np.random.default_rng(seed).permutation(len(set(groups))) % FOLDS
    fold_of = dict(zip(sorted(set(groups)), drawn.tolist(), strict=True))
    return np.array([fold_of[group] for group in groups], np.int64)


def lowest(cost: Callable[[Vector], float], start: Vector, step: float = 0.3, tries: int = 250) -> Vector:
    """The point of the lowest cost that a simplex search finds (Nelder and Mead 1965, doi:10.1093/comjnl/7.4.308)."""
    corners = [start.copy(), *(start + step * row for row in np.eye(len(start)))]
    costs = [cost(corner) for corner in corners]
    for _ in range(tries):
        order = np.argsort(costs, kind="stable")
        corners, costs = [corners[i] for i in order], [costs[i] for i in order]
        if costs[-1] - costs[0] < 1e-6:
            break
        middle = np.mean(corners[:-1], axis=0)
        away = middle - corners[-1]
        moved = [(cost(point), point) for point in [middle + away]]
        if moved[0][0] < costs[0]:
            moved.append((cost(middle + 2 * away), middle + 2 * away))
        elif moved[0][0] >= costs[-2]:
            inner = middle + (0.5 if moved[0][0] < costs[-1] else -0.5) * away
            moved.append((cost(inner), inner))
        best_cost, best = min(moved, key=lambda pair: pair[0])
        if best_cost < costs[-1]:
            corners[-1], costs[-1] = best, best_cost
        else:
            corners = [corners[0], *((corners[0] + corner) / 2 for corner in corners[1:])]
            costs = [costs[0], *(cost(corner) for corner in corners[1:])]
    return corners[int(np.argmin(costs))]


def _calibration(vector: Vector) -> Calibration:
    sharpness, fading, astray, decline = vector.tolist()
    return Calibration(
        sharpness=float(np.exp(sharpness)),
        fading=fading,
        astray=float(1 / (1 + np.exp(-astray))),
        decline=float(np.exp(decline)),
    )
