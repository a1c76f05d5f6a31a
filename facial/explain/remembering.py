"""A face model that computes no chip twice: of a face with a part covered, most closer views are as they were."""

from __future__ import annotations

import hashlib

import numpy as np

from facial.models.model import Chips, FaceModel
from ontology.arrays import Floats


class Remembering:
    """`model` with the features of every chip it was shown kept; meant to live for one face."""

    def __init__(self, model: FaceModel) -> None:
        self._model = model
        self._known: dict[bytes, Floats] = {}

    @property
    def name(self) -> str:
        """That of the model."""
        return self._model.name

    @property
    def sha256(self) -> str:
        """That of the model."""
        return self._model.sha256

    @property
    def dimensions(self) -> int:
        """Those of the model."""
        return self._model.dimensions

    def embed(self, chips: Chips) -> Floats:
        """As the model does."""
        return self._model.embed(chips)

    def features(self, chips: Chips) -> Floats | None:
        """As the model does; None where it has none."""
        keys = [hashlib.blake2b(np.ascontiguousarray(chip).data, digest_size=16).digest() for chip in chips]
        new = {key: at for at, key in enumerate(keys) if key not in self._known}
        if new or not keys:
            found = self._model.features(chips[list(new.values())])
            if found is None or not keys:
                return found
            self._known.update(zip(new, found, strict=True))
        return np.stack([self._known[key] for key in keys])
