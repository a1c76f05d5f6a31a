"""Shrinkage LDA, scored as how much likelier a face is of one disease of a gallery than of none.

Faces of one disease are taken to scatter about its mean by a covariance W, common to all diseases and drawn towards its
diagonal (J. H. Friedman, "Regularized Discriminant Analysis", 1989, doi:10.1080/01621459.1989.10478752, unverified).
After whitening by W the means themselves are taken to scatter about the gallery's centre with variance t in every
direction that they span. For a disease with n faces and whitened mean m, the face z of a new patient is then expected
at m n t / (n t + 1), with variance 1 + t / (n t + 1); of a disease that nobody enrolled has, at 0, with variance 1 + t.
The score is the difference of the two log densities (S. Ioffe, "Probabilistic Linear Discriminant Analysis", 2006,
doi:10.1007/11744085_41, unverified). A disease of few faces is thus expected nearer to the centre, and less exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import Floats, Ints

Doubles = NDArray[np.float64]
#: The least variance of the means: where none is seen, faces still are put in order.
LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True)
class Discriminant:
    """Fitted to one gallery.

    counts    float64 (diseases,)              persons of each
    centre    float64 (dimensions,)            mean face
    whiten    float64 (dimensions, directions) a centred face times this is z
    means     float64 (diseases, directions)   whitened means
    spread    t, the variance of the means
    """

    counts: Doubles
    centre: Doubles
    whiten: Doubles
    means: Doubles
    spread: float

    @classmethod
    def of(cls, classes: Ints, given: Floats, shrinkage: float) -> Discriminant:
        """Fit to faces float32 (faces, dimensions) of at least two diseases, one a person, each at its place `classes`.

        d³ + faces d² operations.
        """
        faces = given.astype(np.float64)
        counts = np.bincount(classes).astype(np.float64)
        means = np.zeros((len(counts), faces.shape[1]))
        np.add.at(means, classes, faces)
        means /= counts[:, None]
        centre = means.mean(axis=0)
        whiten = _whitening(faces - means[classes], len(faces) - len(counts), faces - centre, shrinkage)
        placed = (means - centre) @ whiten
        _, _, directions = np.linalg.svd(placed, full_matrices=False)
        span = directions[: len(counts) - 1].T
        seen = float((placed**2).sum(axis=1).mean()) - faces.shape[1] * float((1 / counts).mean())
        spread = max(seen / span.shape[1], LEAST_SPREAD)
        return cls(counts, centre, whiten @ span, placed @ span, spread)

    def scores(self, vectors: Floats) -> Doubles:
        """Log likelihood ratios in nats, not yet calibrated, float64 (faces, diseases), for (faces, dimensions)."""
        placed = (vectors.astype(np.float64) - self.centre) @ self.whiten
        t, n = self.spread, self.counts
        expected, variance = self.means * (n * t / (n * t + 1))[:, None], 1 + t / (n * t + 1)
        far = ((placed[:, None, :] - expected[None]) ** 2).sum(axis=2)
        none = (placed**2).sum(axis=1)[:, None] / (1 + t) + placed.shape[1] * np.log(1 + t)
        return np.asarray(0.5 * (none - far / variance - placed.shape[1] * np.log(variance)))


def _whitening(residuals: Doubles, freedom: int, centred: Doubles, shrinkage: float) -> Doubles:
    """A matrix by which faces of one disease scatter like a unit; (dimensions, dimensions).

    Without two faces of any one disease, what all faces scatter by stands in.
    """
    if freedom < 1:
        residuals, freedom = centred, max(1, len(centred) - 1)
    scale = np.sqrt((residuals**2).sum(axis=0) / freedom) + 1e-6
    unit = residuals / scale
    correlation = unit.T @ unit / freedom
    shrunk = (1 - shrinkage) * correlation + shrinkage * np.eye(len(correlation))
    return np.asarray(np.linalg.inv(np.linalg.cholesky(shrunk)).T / scale[:, None])
