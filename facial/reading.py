"""What a photo says: whether it can be used, what was measured, which terms that suggests, whom the face resembles.

Positions are pixels (x to the right, y down) of the photo as it is seen upright, its EXIF orientation applied. Nothing
here is a finding: a term is *suggested*, and enters a case as the word of the clinician who accepts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ontology.arrays import Floats
from ontology.features import Abstention, PatientSex


class Check(StrEnum):
    """What is looked at before a face is measured."""

    FACES = "faces"  # none, or several
    UPRIGHT = "upright"
    SIZE = "size"
    SHARPNESS = "sharpness"
    BRIGHTNESS = "brightness"
    CONTRAST = "contrast"
    TURN = "turn"  # to the side
    TILT = "tilt"  # up or down
    ROLL = "roll"
    EDGE = "edge"  # a part of the face is outside the photo
    COVERED = "covered"
    FRAMES = "frames"  # an animated file: its first picture was read
    MOUTH = "mouth"  # smiling or open: lips and mouth are measured on a face at rest


class Fault(StrEnum):
    """What is wrong with a photo, each with its own advice (service/locales, keys `face.fault.*`)."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    UPSIDE_DOWN = "upside_down"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    FLAT = "flat"  # hardly any contrast
    TURNED = "turned"
    TILTED = "tilted"
    ROLLED = "rolled"
    CUT_OFF = "cut_off"
    COVERED = "covered"
    ANIMATED = "animated"
    NOT_AT_REST = "not_at_rest"


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """One fault: `value` was found, `limit` is the bound, both in `unit`; the photo is refused, or only warned of."""

    check: Check
    fault: Fault
    refused: bool
    value: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Quality:
    """The verdict on a photo; without findings it is good."""

    findings: tuple[QualityFinding, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the face may be measured."""
        return not any(finding.refused for finding in self.findings)


@dataclass(frozen=True, slots=True)
class FacePatient:
    """What norms are chosen by. `ancestry` is a code of facial/norms, as it was *told*; None where it was not.

    It is never inferred from the face.
    """

    age_days: int | None = None
    sex: PatientSex = PatientSex.UNKNOWN
    ancestry: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the photo."""

    x: float
    y: float


class Caution(StrEnum):
    """Why a norm is weaker than it might be (words under `face.caution.*`)."""

    OLD_SURVEY = "old_survey"  # of soldiers, fifty years ago and more, ages approximate
    SEX_ASSUMED = "sex_assumed"  # the source does not say; taken as men
    ONE_SD = "one_sd"  # one SD was printed for all ages
    SMOOTHED = "smoothed"  # a fit over ages was read, not the ages themselves
    WIDER_ANCESTRY = "wider_ancestry"  # none of the ancestry as told was found
    FAR_OUT = "far_out"  # a few people lie far out and widen its SD


@dataclass(frozen=True, slots=True)
class Norm:
    """The ordinary people a measure is compared with: `mean` and `sd` in the measure's unit, ages in years, half-open.

    `own` says that it is the hospital's own reference, made by this pipeline; else `source` cites the publication and
    `confidence` how its values were seen (`table`, `abstract`, `raw_data`, `secondary`). `cautions` say why it is
    weaker.
    """

    population: str
    ancestry: str
    sex: PatientSex | None
    age_from: float
    age_to: float
    n: int | None
    mean: float
    sd: float
    method: str
    source: str
    confidence: str
    own: bool = False
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """Means of one measure in populations that do not fit the patient: shown for want of a norm, not compared with."""

    populations: tuple[tuple[str, float], ...]


class WithoutNorm(StrEnum):
    """Why a measure is compared with none."""

    NO_ANCESTRY = "no_ancestry"  # not told
    NO_AGE = "no_age"
    NO_SEX = "no_sex"
    NONE_FITS = "none_fits"  # no norm of this ancestry, age, sex and method
    NO_SCALE = "no_scale"  # norms are in mm, and the photo has no ruler (iris not found, or under four years)


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure against a norm: z in SDs of the norm; `low` and `high` bound it at 90 % by the measure's own error."""

    norm: Norm
    z: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measure of the face: `value` in `unit` (`ratio`, `degrees`, `mm`), 90 % of its errors within `low` to `high`.

    `line` are the ends of the lines it is measured along, two by two, as definition: drawn, and no evidence. Without
    `compared`, `without` says why and `spread` what other populations have.
    """

    code: str
    value: float
    low: float
    high: float
    unit: str
    line: tuple[Point, ...]
    compared: Compared | None = None
    without: WithoutNorm | None = None
    spread: Spread | None = None


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    """An HPO term that a measure speaks for: `confidence` is the probability that its criterion is met, 0 to 1.

    `box` (left, top, right, bottom) is the part of the photo that `measurement` (a code) spans. `objective` says
    whether the term has a measured criterion (Elements of Morphology) or the measure only hints at a judgement.
    """

    type: str
    confidence: float
    measurement: str
    box: tuple[int, int, int, int]
    objective: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much the face is like those of a disease in the hospital's gallery.

    `nats` is the calibrated log likelihood ratio, None while the gallery cannot calibrate it; `rank` counts from 1,
    ties share it. `cases` are the enrolled ones. Only where `weighs` is it added to the disease's score; `why_not` says
    why it is only shown: `few_cases`, `not_evaluated`, `evaluation_failed`, `synthetic`, `other_model`. `evaluated` is
    the day (ISO) on which the gallery as it is now was evaluated, None where it was not.
    """

    disease: str
    rank: int
    nats: float | None
    cases: int
    weighs: bool
    why_not: str | None = None
    evaluated: str | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """The one face of a usable photo. `box` is where it was found, `points` are eyes, nose and corners of the mouth.

    `embedding` is float32 (dimensions,), unit length, of the model named by `model` (its sha256). `measured_by` is
    the sha256 of the weights that read the measures, None where nothing was measured.
    """

    box: tuple[int, int, int, int]
    points: tuple[Point, ...]
    model: str
    embedding: Floats
    measurements: tuple[Measurement, ...] = ()
    suggestions: tuple[SuggestedTerm, ...] = ()
    measured_by: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What was made of one photo: a face, or an abstention; `quality` says why it was refused or what to mind.

    `width` and `height` are those of the upright photo, None where it was not decoded.
    """

    face: Face | None = None
    quality: Quality = Quality()
    abstention: Abstention | None = None
    width: int | None = None
    height: int | None = None
    likenesses: tuple[Likeness, ...] = ()
