"""The seam of face models: chips in, embeddings and mid-layer features out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facial.alignment import SIDE
from ontology.arrays import Floats

#: uint8 (n, 150, 150, 3), red, green, blue: the faces of facial.alignment.
Chips = NDArray[np.uint8]
#: Chips that are computed at once: a batch of 16 holds 90 MB of maps, and larger ones are no faster on one thread.
BATCH = 16


class FaceModel(Protocol):
    """What turns faces into numbers. Faces of two models, or of two `sha256`, must never be compared."""

    @property
    def name(self) -> str:
        """The backend, such as `dlib_resnet`."""
        ...

    @property
    def sha256(self) -> str:
        """Names the space of the embeddings; weights of one origin, converted in one way, have one on any machine."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers of an embedding."""
        ...

    def embed(self, chips: Chips) -> Floats:
        """float32 (n, dimensions), rows of unit length; raises ValueError for anything but chips."""
        ...

    def features(self, chips: Chips) -> Floats | None:
        """float32 (n, m): mid-layer features, which keep where something is; None where the model has none."""
        ...


def batches(chips: Chips) -> Iterator[Chips]:
    """The chips in parts that bound the memory; raises ValueError where they are no chips."""
    expected = (SIDE, SIDE, 3)
    if chips.dtype != np.uint8 or chips.ndim != 4 or chips.shape[1:] != expected:
        raise ValueError(f"chips are uint8 (n, {SIDE}, {SIDE}, 3), not {chips.dtype} {chips.shape}")
    return (np.ascontiguousarray(chips[start : start + BATCH]) for start in range(0, len(chips), BATCH))


def rows(chips: Chips, width: int, compute: Callable[[Chips], Floats]) -> Floats:
    """What `compute` makes of each chip, float32 (n, width), batch by batch."""
    found = [compute(batch) for batch in batches(chips)]
    return np.concatenate(found) if found else np.empty((0, width), dtype=np.float32)


def unit(embeddings: Floats) -> Floats:
    """Rows brought to length 1; one without length stays as it is."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.where(lengths > 0, lengths, 1), dtype=np.float32)
