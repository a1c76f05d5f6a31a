"""Opening the face reader, in this process; asked beforehand without importing any of it whether it could be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from facial.models.errors import ModelMissing
from facial.models.extra import INSTALL, lacking
from facial.models.irv1 import Irv1Weights
from facial.models.manifest import FILE_NAME, models_folder
from service.faces.seam import FaceDescriber

if TYPE_CHECKING:
    from service.settings import FaceSettings


class FaceState(StrEnum):
    """Whether faces are read here."""

    READY = "ready"
    OFF = "off"  # by the site's own choice
    NO_EXTRA = "no_extra"  # the packages are not installed
    NO_MODELS = "no_models"  # `phenomap face build` was not run
    FAILED = "failed"  # the models are there and could not be opened


@dataclass(frozen=True, slots=True)
class FaceFiles:
    """Where the reader's models lie, the hospital's own reference, and weights that it brought for the embedding.

    None for the usual place, and for none.
    """

    models: Path | None = None
    reference: Path | None = None
    irv1: Irv1Weights | None = None

    @classmethod
    def of(cls, settings: FaceSettings) -> FaceFiles:
        """As the site's settings say."""
        brought = settings.irv1
        weights = None if brought is None else Irv1Weights(brought.weights, brought.sha256)
        return cls(settings.models, settings.reference, weights)


def state_of(files: FaceFiles) -> FaceState:
    """What is there; nothing is opened."""
    if lacking() or find_spec("facial.face_reader") is None:
        return FaceState.NO_EXTRA
    return FaceState.READY if (models_folder(files.models) / FILE_NAME).is_file() else FaceState.NO_MODELS


def open_reader(files: FaceFiles) -> FaceDescriber:
    """The reader, which takes seconds and 300 MB; raises ModelMissing, ModelDamaged."""
    if state_of(files) is FaceState.NO_EXTRA:
        raise ModelMissing("The facial extra is not installed.", INSTALL)
    from facial.face_reader import FaceReader

    return FaceReader.open(files.models, files.reference, files.irv1)
