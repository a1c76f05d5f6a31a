"""The default: dlib's face network of 128 numbers (CC0), as set-up converted it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from facial.models.errors import REBUILD, ModelDamaged
from facial.models.grid import average_grid
from facial.models.manifest import ModelManifest
from facial.models.model import Chips, rows, unit
from facial.models.onnx_session import OnnxSession
from ontology.arrays import Floats

NAME = "dlib_resnet"
DIMENSIONS = 128
#: The files that set-up makes: the network as it is, the same in 8 bits, and its part up to the mid-layer maps.
EXACT, INT8, TRUNK = "dlib_resnet.onnx", "dlib_resnet_int8.onnx", "dlib_resnet_trunk.onnx"
#: Maps of the trunk that make the features: their number, their side, and the side of the grid each is averaged over.
#: Coarser grids see less: term detection (docs/faces_measures.md) falls with 6 x 6 and 4 x 4 of blocks 7 and 10 alone.
GRIDS = {"block03": (32, 35, 12), "block07": (64, 17, 9), "block10": (128, 8, 8)}
FEATURES = sum(maps * grid**2 for maps, _, grid in GRIDS.values())
#: The first features, those of block 3.
FINEST = GRIDS["block03"][0] * GRIDS["block03"][2] ** 2


class DlibResnet:
    """Embeddings by the int8 network, features by the unquantised trunk; both run on one thread.

    Use `open`; the files were compared with the checksums of the manifest.
    """

    def __init__(self, sha256: str, embeddings: OnnxSession, trunk: OnnxSession) -> None:
        self._sha256 = sha256
        self._embeddings = embeddings
        self._trunk = trunk

    @classmethod
    def open(cls, folder: Path) -> DlibResnet:
        """Open what set-up built in `folder`; raises ModelMissing or ModelDamaged."""
        manifest = ModelManifest.read(folder)
        if (manifest.name, manifest.dimensions) != (NAME, DIMENSIONS):
            raise ModelDamaged(f"The face models are of {manifest.name[:40]}, not {NAME}.", REBUILD)
        whole, trunk = (OnnxSession(manifest.content(folder, name)) for name in (manifest.embeddings, manifest.maps))
        if "embedding" not in whole.outputs or not set(GRIDS) <= set(trunk.outputs):
            raise ModelDamaged("The face networks are not what the manifest says.", REBUILD)
        return cls(manifest.sha256, whole, trunk)

    @property
    def name(self) -> str:
        """`dlib_resnet`."""
        return NAME

    @property
    def sha256(self) -> str:
        """The sum of the weights, the way they were converted and the ranges of the quantisation."""
        return self._sha256

    @property
    def dimensions(self) -> int:
        """128."""
        return DIMENSIONS

    def embed(self, chips: Chips) -> Floats:
        """float32 (n, 128), rows of unit length; raises ValueError for anything but chips."""
        return unit(rows(chips, DIMENSIONS, partial(self._embeddings.run, "embedding")))

    def features(self, chips: Chips) -> Floats:
        """float32 (n, 17984): blocks 3, 7 and 10 over 12 x 12, 9 x 9 and 8 x 8 places, each map, row, column."""
        return rows(chips, FEATURES, self._pooled)

    def _pooled(self, chips: Chips) -> Floats:
        maps = self._trunk.run_all(tuple(GRIDS), chips)
        pooled = [
            found.reshape(len(chips), number, side * side) @ average_grid(side, grid)
            for found, (number, side, grid) in zip(maps, GRIDS.values(), strict=True)
        ]
        return np.concatenate([each.reshape(len(chips), -1) for each in pooled], axis=1)
