"""What the routes about the gallery of faces take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ontology.features import PatientSex
from service.models.answers import Answer
from service.models.inputs import Input
from service.models.stored import DiseaseId, Id


class EnrolInput(Input):
    """What is said of a signed case whose face is to be enrolled."""

    photo: Id | None = Field(None, description="The photo of the case; its latest if left out.")
    disease: DiseaseId | None = Field(None, description="The diagnosis; it must be the signed one.")
    ancestry: Annotated[str, Field(pattern="^[a-z_]{1,40}$", examples=["han"])] | None = Field(
        None, description="As it was told; never inferred from the face."
    )


class EnrolledAnswer(Answer):
    """The face that was enrolled; the photo itself is not in the gallery."""

    id: str
    case: str


class RemovedAnswer(Answer):
    """How many faces were removed."""

    removed: int


class FaceAnswer(Answer):
    """An enrolled face of a case that one may read."""

    id: str
    case: str | None = None
    disease: str
    name: str | None = None
    age_band: str | None = Field(None, description="In whole years.")
    sex: PatientSex
    ancestry: str | None = None
    consent: str | None = None
    model: str
    by: str
    created: datetime


class FacesAnswer(Answer):
    """The faces of the cases that one may read."""

    faces: list[FaceAnswer]


class OfDiseaseAnswer(Answer):
    """A disease of the gallery. `gain` and its lower 97.5 % bound are in nats: above 0, likeness helped."""

    disease: str
    name: str | None = None
    faces: int
    persons: int
    imported: int = Field(description="Faces that came from other hospitals.")
    weighs: bool = Field(description="Likeness is added to the disease's score.")
    why_not: str | None = Field(
        None, description="Why it is shown alone: few_cases, not_evaluated, evaluation_failed or synthetic."
    )
    why_not_words: str | None = None
    gain: float | None = None
    gain_at_least: float | None = None
    top1: float | None = Field(
        None, description="Share of its people whose disease came first when they were left out."
    )
    top5: float | None = None


class EvaluationAnswer(Answer):
    """What an evaluation of the whole gallery found, everyone left out once. Shares are of its people."""

    created: datetime
    persons: int
    top1: float
    top5: float
    cosine_top1: float = Field(description="The same by the nearest raw cosine, beside it.")
    cosine_top5: float
    chance_top1: float
    chance_top5: float
    log_loss: float | None = Field(None, description="Telling nothing has .69.")
    calibration_error: float | None = None


class GalleryAnswer(Answer):
    """The hospital's gallery, by counts. `evaluation` is left out where the gallery has changed since."""

    digest: str | None = None
    model: str | None = None
    synthetic: bool
    faces: int
    persons: int
    diseases: list[OfDiseaseAnswer]
    evaluation: EvaluationAnswer | None = None
    notice: str = Field(description="What likeness is not, to be shown with it.")
