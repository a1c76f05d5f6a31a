"""What is asked and told of a photo of a face. Positions are pixels of the photo as it is seen upright."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from facial.reading import Check, Fault, WithoutNorm
from ontology.features import PatientSex
from service.models.base import Input
from service.models.explanations import AbstentionAnswer, Answer, LabelEn, NameEn
from service.models.inputs import Age, CallerId, DiseaseId, PhotoBytes, Sex
from service.models.known import Ancestry

Box = Annotated[tuple[int, int, int, int], Field(description="Left, top, right, bottom.")]
Place = Annotated[tuple[float, float], Field(description="To the right and down.")]


class DescribeInput(Input):
    """A photo, and what norms are chosen by."""

    content: PhotoBytes
    id: CallerId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    ancestry: Ancestry | None = None


class FaultAnswer(Answer):
    """One thing wrong with a photo: `refused` for it, or only warned of."""

    check: Check
    fault: Fault
    refused: bool
    what: str
    mend: str
    value: float
    limit: float
    unit: str


class QualityAnswer(Answer):
    """Whether a photo may be measured, in a sentence, and what is wrong with it."""

    accepted: bool
    verdict: str
    faults: list[FaultAnswer]


class NormAnswer(Answer):
    """Ordinary people that a measure is compared with; ages in years, half-open."""

    population: str
    ancestry: str
    sex: PatientSex | None = Field(default=None, description="Left out where both are told together.")
    age_from: float
    age_to: float
    n: int | None = None
    mean: float
    sd: float
    method: str
    source: str
    confidence: str = Field(description="How its values were seen: `table`, `abstract`, `raw_data`, `secondary`.")
    seen: str = Field(description="The same in words.")
    own: bool = Field(description="The hospital's own reference, measured by this software.")
    cautions: list[str] = Field(default=[], description="Why it is weaker.")


class PopulationAnswer(Answer):
    """The mean of a measure in a population that does not fit the patient: shown, and not compared with."""

    population: str
    mean: float


class MeasurementAnswer(Answer):
    """One measure: 90 % of its errors lie within `low` to `high`, and `z_low` to `z_high`."""

    code: str
    name: str
    value: float
    low: float
    high: float
    unit: str = Field(description="`ratio`, `degrees` or `mm`.")
    line: list[Place] = Field(description="Ends of the lines it is measured along, two by two: its definition.")
    norm: NormAnswer | None = None
    z: float | None = Field(default=None, description="In SDs of the norm.")
    z_low: float | None = None
    z_high: float | None = None
    without: WithoutNorm | None = Field(default=None, description="Why there is no norm.")
    why: str | None = Field(default=None, description="The same as a sentence.")
    spread: list[PopulationAnswer] = Field(default=[], description="Means of others, where no norm fits.")


class SuggestedFeatureAnswer(Answer):
    """A term that a measure speaks for. It is no finding until a clinician says so."""

    id: str
    label: str
    label_en: LabelEn = None
    confidence: float = Field(description="That the criterion of the term is met, 0 to 1.")
    region: Box
    objective: bool = Field(description="The term has a measured criterion; else the measure hints at a judgement.")
    measurement: str = Field(description="Code of the measure.")


class LikenessAnswer(Answer):
    """How much the face is like those of a disease in the hospital's own gallery."""

    disease: str
    name: str
    name_en: NameEn = None
    rank: int
    nats: float | None = Field(default=None, description="Calibrated log likelihood ratio; left out until calibrated.")
    cases: int
    weighs: bool = Field(description="Added to the disease's score; else only shown.")
    why_not: str | None = None
    why: str | None = Field(default=None, description="The same as a sentence.")
    evaluated: str | None = None


class FaceAnswer(Answer):
    """The one face of a photo that can be used."""

    box: Box
    points: list[Place] = Field(description="Eyes, nose and corners of the mouth.")
    measurements: list[MeasurementAnswer]
    suggestions: list[SuggestedFeatureAnswer]
    likenesses: list[LikenessAnswer]
    model: str = Field(description="SHA-256 of the face model.")
    measured_by: str | None = Field(default=None, description="SHA-256 of the weights that read the measures.")


class PhotoAnswer(Answer):
    """What was made of a photo: a face, or why not; and what none of it is."""

    id: str | None = None
    width: int | None = None
    height: int | None = None
    quality: QualityAnswer | None = Field(default=None, description="Left out where nothing was looked at.")
    face: FaceAnswer | None = None
    abstention: AbstentionAnswer | None = None
    limits: list[str] = Field(description="What this is not.")


class ExplainInput(Input):
    """What is to be explained of a photo: a measure that is large or small, or the likeness to a disease."""

    measurement: Annotated[str, Field(pattern="^[a-z_]{1,30}$", examples=["ipd_fw"])] | None = None
    small: bool = Field(default=False, description="What makes the measure small; else what makes it large.")
    disease: DiseaseId | None = Field(default=None, description="Of the gallery; where no measure is named.")


class ExplainPhotoInput(ExplainInput):
    """The same, with the photo."""

    content: PhotoBytes


class RegionAnswer(Answer):
    """A part of the photo that carried an answer."""

    box: Box
    share: float = Field(description="Of all that did, 0 to 1.")


class ExplanationAnswer(Answer):
    """Where an answer came from, by covering parts of the face in turn; or why faces are not read."""

    image: str | None = Field(default=None, description="PNG, in base64.")
    regions: list[RegionAnswer] = Field(default=[])
    holds: bool | None = Field(
        default=None, description="Covering these parts moved the answer more than covering as much elsewhere."
    )
    words: list[str] = Field(default=[], description="What it shows, and what it does not.")
    abstention: AbstentionAnswer | None = None
