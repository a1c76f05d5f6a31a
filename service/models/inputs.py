"""What the service takes. Strict: no other types than those named, no other fields, every size bounded."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from matching.prevalence import Prior
from ontology.features import Assertion, PatientSex
from service.models.base import Input as Input
from service.models.known import KnownInput

LONGEST_TEXT = 1_000_000
MOST_NOTES = 50
MOST_FEATURES = 500
MOST_PHOTOS = 5
#: base64 of the largest photo that the photo seam takes (facial.photo.MAX_BYTES).
LONGEST_PHOTO = 26_700_000

#: Years with months and days, or months, weeks or days alone; ISO 8601 durations as the age of a patient.
AGE = r"^P((1[0-4][0-9]|[0-9]{1,2})Y([0-9]{1,2}M)?([0-9]{1,3}D)?|[0-9]{1,3}M([0-9]{1,3}D)?|[0-9]{1,3}W|[0-9]{1,5}D)$"


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("This is not a day of the calendar.\nWrite it as 2026-01-31.")


def _photo(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("This is not text.\nSend the photo's bytes in base64.")
    if len(value) > LONGEST_PHOTO:
        raise ValueError(f"This is longer than {LONGEST_PHOTO:,} characters.\nReduce the photo first.")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This is not base64.\nSend the photo's bytes in base64, without line breaks.") from None


_AGE = "Age at assessment, an ISO 8601 duration. A disease that begins far later loses up to one nat; none gains."
TermId = Annotated[str, Field(pattern="^HP:[0-9]{7}$", examples=["HP:0001166"])]
CallerId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._:/-]{1,100}$", description="The caller's own id; no patient's name.", examples=["n1"]),
]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=r"\S",
        description="The note as it is. Offsets in the answer count its characters (Unicode code points).",
        examples=["A boy aged 7 years with tall stature and long fingers. No cleft palate."],
    ),
]
DiseaseId = Annotated[str, Field(pattern="^(OMIM|ORPHA|DECIPHER):[0-9]{1,7}$", examples=["OMIM:154700"])]
Age = Annotated[str, Field(pattern=AGE, description=_AGE, examples=["P3Y2M", "P10D"])]
Sex = Annotated[
    PatientSex,
    Field(strict=False, description="A disease that spares this sex loses one nat; none gains.", examples=["male"]),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
PhotoBytes = Annotated[
    bytes,
    BeforeValidator(_photo),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "maxLength": LONGEST_PHOTO}),
]


class Language(StrEnum):
    """A language that a note may be said to be in; left out, it is recognised."""

    ENGLISH = "en"
    CHINESE = "zh"


class Universe(StrEnum):
    """Which diseases are ranked: every joined disease, or those with an OMIM record."""

    ALL = "all"
    OMIM = "omim"


#: The prior is off unless it is asked for.
_PRIOR = "`prevalence` puts common diseases a little before rare ones, by at most two nats; shown with each disease."


class RankerName(StrEnum):
    """How likeness is measured: the language model, or a symmetric best-match average of a classical similarity."""

    LM = "lm"
    RESNIK = "resnik"
    LIN = "lin"
    PHENODIGM = "phenodigm"


class ExtractInput(Input):
    """One note to be read."""

    text: Text
    language: Annotated[Language, Field(strict=False)] | None = None
    id: CallerId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    suggestions: Annotated[bool, Field(description="Also suggest terms for words that match none.")] = False


class StatedFeature(Input):
    """A finding that the caller states. `excluded` says it was looked for and is absent."""

    id: TermId
    excluded: bool | None = Field(None, description="Short for the assertion `excluded` (true) or `observed` (false).")
    assertion: Annotated[Assertion, Field(strict=False)] | None = None
    onset: TermId | None = Field(None, description="A term below Onset, HP:0003674.", examples=["HP:0003577"])
    severity: TermId | None = Field(None, description="A term below Severity, HP:0012824.", examples=["HP:0012826"])


class RankInput(Input):
    """The findings of one patient, stated."""

    features: Annotated[list[StatedFeature], Field(min_length=1, max_length=MOST_FEATURES)]
    id: CallerId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    limit: Annotated[int, Field(ge=1, le=100, description="How many diseases to list.")] = 10
    universe: Annotated[Universe, Field(strict=False)] = Universe.ALL
    ranker: Annotated[
        RankerName, Field(strict=False, description="Only lm gives probabilities and knows age and sex.")
    ] = RankerName.LM
    prior: Annotated[Prior, Field(strict=False, description=_PRIOR)] = Prior.NONE


class SuggestInput(KnownInput):
    """The findings of one patient, stated, for tests to order."""

    features: Annotated[list[StatedFeature], Field(min_length=1, max_length=MOST_FEATURES)]
    id: CallerId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    limit: Annotated[int, Field(ge=1, le=20, description="How many tests to suggest at most.")] = 3


class NoteInput(Input):
    """One note of a case; the later note beats the earlier."""

    text: Text
    id: CallerId | None = None
    language: Annotated[Language, Field(strict=False)] | None = None
    date: Day | None = None


class PhotoInput(Input):
    """One face photo of a case."""

    content: PhotoBytes
    id: CallerId | None = None


class AssessInput(KnownInput):
    """One patient: notes, stated findings and photos, at least one of them."""

    notes: Annotated[list[NoteInput], Field(max_length=MOST_NOTES)] = Field(default=[])
    features: Annotated[list[StatedFeature], Field(max_length=MOST_FEATURES)] = Field(default=[])
    photos: Annotated[list[PhotoInput], Field(max_length=MOST_PHOTOS)] = Field(default=[])
    id: CallerId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    limit: Annotated[int, Field(ge=1, le=100, description="How many diseases to list.")] = 10
    prior: Annotated[Prior, Field(strict=False, description=_PRIOR)] = Prior.NONE


class TermQuery(BaseModel):
    """A search among the terms of the release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"\S",
            description="An id, or words of a label or synonym: English, Chinese, pinyin.",
        ),
    ]
    language: Annotated[
        Language | None, Field(description="Of the labels and the words; left out, it is that of Accept-Language.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
