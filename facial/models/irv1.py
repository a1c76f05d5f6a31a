"""facenet-pytorch's InceptionResnetV1 with weights that the operator brings; none are part of this project.

The published weights were trained on VGGFace2 and CASIA-WebFace, whose terms a hospital must judge for itself.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facial.models.errors import ModelDamaged, ModelMissing
from facial.models.extra import INSTALL
from facial.models.manifest import checked_content
from facial.models.model import Chips, rows, unit
from facial.torchvision_stand_in import import_facenet
from ontology.arrays import Floats

if TYPE_CHECKING:
    from torch import nn

NAME = "irv1"
DIMENSIONS = 512
#: The side of the faces it was trained on, and how they were scaled (`fixed_image_standardization`).
_SIDE = 160
_MIDDLE, _SCALE = 127.5, 128.0
#: The classes of the training set: published files carry them, an embedding does not need them.
_CLASSES = "logits."
_MEND = "Give the path of InceptionResnetV1 weights (.pt, a state dict) and their sha256."


@dataclass(frozen=True, slots=True)
class Irv1Weights:
    """The operator's weights and the sha256 they must have (64 hexadecimal digits)."""

    path: Path
    sha256: str


class Irv1:
    """Embeddings of 512 numbers; it has no mid-layer features that measures could be read from. Use `open`."""

    def __init__(self, sha256: str, network: nn.Module) -> None:
        self._sha256 = sha256
        self._network = network

    @classmethod
    def open(cls, weights: Irv1Weights | None) -> Irv1:
        """Load the weights without running anything they hold; raises ModelMissing or ModelDamaged."""
        if weights is None or not weights.sha256:
            raise ModelMissing("irv1 has no weights of its own, and serves no random ones.", _MEND)
        if not weights.path.is_file():
            raise ModelMissing("There is no file of irv1 weights where the settings say.", _MEND)
        expected = weights.sha256.lower()
        return cls(expected, _network(checked_content(weights.path, expected, _MEND)))

    @property
    def name(self) -> str:
        """`irv1`."""
        return NAME

    @property
    def sha256(self) -> str:
        """The sum of the weights' file."""
        return self._sha256

    @property
    def dimensions(self) -> int:
        """512."""
        return DIMENSIONS

    def embed(self, chips: Chips) -> Floats:
        """float32 (n, 512), rows of unit length; raises ValueError for anything but chips."""
        return unit(rows(chips, DIMENSIONS, self._run))

    def features(self, chips: Chips) -> None:
        """None."""

    def _run(self, chips: Chips) -> Floats:
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            planes = torch.from_numpy(chips.copy()).permute(0, 3, 1, 2).float()
            resized = functional.interpolate(planes, size=_SIDE, mode="bilinear", align_corners=False)
            found = self._network((resized - _MIDDLE) / _SCALE)
        return np.asarray(found.numpy(), dtype=np.float32)


def _network(content: bytes) -> nn.Module:
    try:
        import torch

        facenet = import_facenet()
    except ImportError as error:
        raise ModelMissing("torch and facenet-pytorch are not installed.", INSTALL) from error
    network: nn.Module = facenet.InceptionResnetV1(pretrained=None)
    try:
        state: Any = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        network.load_state_dict({name: value for name, value in state.items() if not name.startswith(_CLASSES)})
    except (RuntimeError, pickle.UnpicklingError, AttributeError, TypeError, ValueError, EOFError, KeyError) as error:
        raise ModelDamaged("The file does not hold the weights of an InceptionResnetV1.", _MEND) from error
    if not all(bool(torch.isfinite(value).all()) for value in network.state_dict().values()):
        raise ModelDamaged("A weight of the InceptionResnetV1 is not finite.", _MEND)
    return network.eval()
