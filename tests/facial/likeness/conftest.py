"""Galleries drawn at random: faces of a disease scatter about its mean, which lies `apart` standard deviations off."""

from __future__ import annotations

import numpy as np
import pytest

from facial.likeness.gallery import Gallery

DIMENSIONS = 16


@pytest.fixture
def drawn():
    """A gallery of so many persons a disease; `apart` 0 means that the disease is not in the face."""

    def make(persons, apart=3.0, seed=0, diseases=6, synthetic=False, model="m", measured=0):
        generator = np.random.default_rng(seed)
        width = DIMENSIONS + measured
        means = generator.normal(size=(diseases, width)) * apart * np.sqrt(2 / width)
        counts = [persons] * diseases if isinstance(persons, int) else list(persons)
        rows = [(d, i) for d, n in enumerate(counts) for i in range(n)]
        faces = np.array([means[d] + generator.normal(size=width) for d, _ in rows], np.float32)
        embeddings = faces[:, :DIMENSIONS] * 0.1
        embeddings[:, 0] += 5  # far from the origin: made of unit length, little of it changes
        ids, people = tuple(f"OMIM:{d:06d}" for d, _ in rows), tuple(f"p{d}.{i}" for d, i in rows)
        return Gallery(embeddings, faces[:, DIMENSIONS:], ids, people, model, synthetic)

    return make
