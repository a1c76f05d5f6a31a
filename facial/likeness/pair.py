"""Embedding and measures of a face, each told apart by a discriminant of its own, and added."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facial.likeness.discriminant import Discriminant, Doubles
from facial.likeness.gallery import Gallery
from ontology.arrays import Floats

# Chosen on the synthetic syndromes (benchmarks.faces_syndromes, seeds 0 to 3, measures by a plain ridge on features of
# the whole face; those of facial.measures do better), top-1 / top-5: embedding alone .36 / .73 (with the diagonal at
# .1, .3, .7: .31, .34, .36), measures alone .47 / .83; the embedding added at a weight of 1, 2/3, 1/2, 1/3: .46, .48,
# .49, .50 / .81, .82, .84, .86. One covariance for both together: .49 / .82 at best.
#: Share of the diagonal in the covariance of embeddings, and of measures, which are few and told apart better.
OF_EMBEDDING, OF_MEASURES = 0.5, 0.2
#: What the embedding's score counts beside that of the measures: faces of one disease differ in it by who they are.
EMBEDDING_BESIDE = 1 / 3


@dataclass(frozen=True, slots=True)
class Pair:
    """Fitted to one gallery; `measures` is None where its faces were not measured."""

    embedding: Discriminant
    measures: Discriminant | None

    @classmethod
    def of(cls, people: Gallery) -> Pair:
        """Fit to a gallery of one face a person and at least two diseases."""
        classes = people.classes()
        measured = people.measures.shape[1] > 0
        return cls(
            Discriminant.of(classes, people.vectors, OF_EMBEDDING),
            Discriminant.of(classes, people.measures, OF_MEASURES) if measured else None,
        )

    def scores(self, vectors: Floats, measures: Floats) -> Doubles:
        """Scores of faces, float64 (faces, diseases in order of their ids), not yet calibrated."""
        alike = self.embedding.scores(vectors)
        if self.measures is None:
            return alike
        return np.asarray(EMBEDDING_BESIDE * alike + self.measures.scores(measures))
