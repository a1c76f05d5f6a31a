"""Galleries drawn at random: faces of a disease scatter about its mean, which lies `apart` standard deviations off."""

from __future__ import annotations

import numpy as np
import pytest

from facial.likeness.gallery import Gallery

DIMENSIONS = 16


@pytest.fixture
def drawn():
    """A gallery of so many persons a disease; `apart` 0 means that the disease is not in the face."""

    def make(persons, apart=3.0, seed=0, diseases=6, synthetic=False, model="m"):
        generator = np.random.default_rng(seed)
        means = generator.normal(size=(diseases, DIMENSIONS)) * apart / np.sqrt(DIMENSIONS) * np.sqrt(2)
        counts = [persons] * diseases if isinstance(persons, int) else list(persons)
        rows = [
            (d, f"p{d}.{i}", means[d] + generator.normal(size=DIMENSIONS))
            for d, n in enumerate(counts)
            for i in range(n)
        ]
        rows = [
            (d, p, v * 0.1 + 5 * (np.arange(DIMENSIONS) == 0)) for d, p, v in rows
        ]  # far from the origin: unit length changes little
        vectors = np.array([vector for _, _, vector in rows], np.float32)
        return Gallery(
            vectors, tuple(f"OMIM:{d:06d}" for d, _, _ in rows), tuple(p for _, p, _ in rows), model, synthetic
        )

    return make
