"""What is said of a patient: mentions with their evidence, and the findings they are reconciled to.

Words follow GA4GH Phenopackets v2 (PhenotypicFeature, Evidence, excluded, onset, severity). Terms are ids here,
`HP:0001250`; positions are for arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Assertion(StrEnum):
    """What a mention says of its finding."""

    OBSERVED = "observed"
    EXCLUDED = "excluded"
    UNCERTAIN = "uncertain"
    FAMILY = "family"
    HISTORICAL = "historical"
    HYPOTHETICAL = "hypothetical"


class Channel(StrEnum):
    """How a mention was found: by words that name a finding, or by a value told of a quantity."""

    WORDS = "words"
    MEASURED = "measured"
    LABORATORY = "laboratory"
    VITAL_SIGN = "vital_sign"


class PatientSex(StrEnum):
    """Sex of the patient, as Phenopackets spells it, in lower case."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Words of a note: `note_text[start:end] == text`, half-open, in characters of the note as it was given."""

    note: str
    start: int
    end: int
    text: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class ImageRegion:
    """A box (left, top, right, bottom) in pixels of the photo as it was given."""

    photo: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """A clinician's own word: ticked, typed, or decided about a suggestion.

    `span` are words of a note it points to, `region` the part of a photo whose measure suggested it.
    """

    by: str
    span: TextSpan | None = None
    region: ImageRegion | None = None


Evidence = TextSpan | ImageRegion | Statement


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why words are read as a term: the wording they come nearest to, whose it is, and how they differ from it.

    `source` is "label", "exact synonym", "layperson's broad synonym", "everyday wording" and the like. `steps` are of
    "abbreviation", "spelling", "inflection", "substitution", "order", "words between", "shared words"; none where the
    note says it in the wording's own words.
    """

    wording: str
    source: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One source saying one thing of one finding: a phrase of a note, a region of a photo, a clinician's word.

    `onset` and `severity` are HPO ids; `reading` says how a value was understood ("OFC 46 cm, -2.8 SD"), where one was.
    `cue` are the words by which the assertion was read: a negation, a relative, the heading of a section; None where it
    is observed because no words say otherwise, and where nothing was read.
    `channel` tells findings named by words from those told by values. `modifiers` are HPO ids of what the words beside
    it add (side, spread, course); `grounds` say why words were read as this term, None where it was told otherwise.
    """

    type: str
    assertion: Assertion
    evidence: Evidence
    onset: str | None = None
    severity: str | None = None
    reading: str | None = None
    cue: TextSpan | None = None
    channel: Channel = Channel.WORDS
    modifiers: tuple[str, ...] = ()
    grounds: Grounds | None = None


class Unread(StrEnum):
    """Why a reader declines."""

    NO_FACE_MODEL = "no_face_model"  # none is installed
    FACE_SWITCHED_OFF = "face_switched_off"  # by the site's own policy
    PHOTO_NOT_USABLE = "photo_not_usable"  # no face in it, or not of a quality to be measured
    LANGUAGE_NOT_READ = "language_not_read"  # no reader for the language or script of the note


@dataclass(frozen=True, slots=True)
class Abstention:
    """A reader declines: which one, and why."""

    reader: str
    reason: Unread
