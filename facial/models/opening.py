"""Opens a face model by its name."""

from __future__ import annotations

from pathlib import Path

from facial.models import dlib_resnet, irv1
from facial.models.dlib_resnet import DlibResnet
from facial.models.errors import ModelMissing
from facial.models.irv1 import Irv1, Irv1Weights
from facial.models.manifest import models_folder
from facial.models.model import FaceModel

NAMES = (dlib_resnet.NAME, irv1.NAME)


def open_model(
    name: str = dlib_resnet.NAME, folder: Path | None = None, weights: Irv1Weights | None = None
) -> FaceModel:
    """Open the model `name`: dlib_resnet from `folder` (see models_folder), irv1 from the operator's `weights`.

    Raises ModelMissing where there is none of that name, or none was built or brought, ModelDamaged where its files
    are not what they should be.
    """
    if name == dlib_resnet.NAME:
        return DlibResnet.open(models_folder(folder))
    if name == irv1.NAME:
        return Irv1.open(weights)
    raise ModelMissing(f"There is no face model {name[:40]!r}.", f"Choose one of {', '.join(NAMES)}.")
