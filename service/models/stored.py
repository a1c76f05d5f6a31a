"""What the routes about kept cases take and answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ontology.features import Assertion, PatientSex
from service.consent.consent import Giver, Purpose
from service.models.answers import Answer, ReportAnswer
from service.models.inputs import MOST_FEATURES, MOST_NOTES, Age, Day, Input, Language, Sex, StatedFeature, TermId, Text
from service.models.inputs import DiseaseId as DiseaseId
from service.models.known import (
    MOST_DIAGNOSES,
    MOST_DONE,
    Ancestry,
    DiagnosisInput,
    FamilyInput,
    KnownInput,
    TestDoneInput,
)

MOST_LISTED = 100
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
AccountId = Annotated[str, Field(pattern="^[0-9a-zA-Z_-]{1,32}$")]
DepartmentId = Annotated[str, Field(pattern="^[0-9a-zA-Z_-]{1,32}$")]
Reason = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S", description="In the clinician's words.")]


class CaseStatus(StrEnum):
    """How far a case has come."""

    DRAFT = "draft"
    WAITING = "waiting"  # signed once, for a second reader to sign
    SIGNED = "signed"
    ERASED = "erased"


class Decision(StrEnum):
    """What a clinician decides about a report."""

    AGREE = "agree"
    OTHER = "other"  # another diagnosis than those shown
    NONE = "none"
    MORE_DATA = "more_data"


class ErasureReason(StrEnum):
    """Why a case is erased: kept in the audit trail, so one of these words and no others."""

    REQUEST = "request"  # the patient's, or the guardian's
    RETENTION = "retention"
    MISTAKE = "mistake"


class PatientInput(Input):
    """Who the patient is to this hospital. Kept sealed; taken out of every note where the site de-identifies."""

    number: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class StoredNoteInput(Input):
    """One note of a kept case; the later note beats the earlier."""

    text: Text
    language: Annotated[Language, Field(strict=False)] | None = None
    date: Day | None = None


class FeaturesInput(Input):
    """Findings that the clinician states; a later word about a term replaces an earlier one."""

    features: Annotated[list[StatedFeature], Field(min_length=1, max_length=MOST_FEATURES)]


class CaseInput(KnownInput):
    """A new case. The department may be left out by those who write in one alone."""

    department: DepartmentId | None = None
    sex: Sex = PatientSex.UNKNOWN
    age: Age | None = None
    patient: PatientInput | None = None
    assigned_to: AccountId | None = None
    notes: Annotated[list[StoredNoteInput], Field(max_length=MOST_NOTES)] = Field(default=[])
    features: Annotated[list[StatedFeature], Field(max_length=MOST_FEATURES)] = Field(default=[])


class CaseChangeInput(Input):
    """What is to be changed of a case; what is left out stays, and null takes away."""

    sex: Annotated[PatientSex, Field(strict=False)] = PatientSex.UNKNOWN
    age: Age | None = None
    patient: PatientInput | None = None
    assigned_to: AccountId | None = None
    tests_done: Annotated[list[TestDoneInput], Field(max_length=MOST_DONE)] | None = None
    family_history: FamilyInput | None = None
    acutely_ill: bool | None = None
    ancestry: Ancestry | None = None
    diagnoses: Annotated[list[DiagnosisInput], Field(max_length=MOST_DIAGNOSES)] | None = None


class StoredAssessInput(Input):
    """How a kept case is to be assessed."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many diseases to list.")] = 10


class SignOffInput(Input):
    """A clinician's signature under the report that was shown."""

    report: Id
    decision: Annotated[Decision, Field(strict=False)]
    disease: DiseaseId | None = Field(
        None,
        description="The diagnosis: one of the report where agreed (its first if left out); for `other` where "
        "it has an id: the reason names it in any case.",
    )
    reason: Reason


class ConsentInput(Input):
    """A consent that was given; for a patient under 14 by the guardian."""

    purpose: Annotated[Purpose, Field(strict=False)]
    given_by: Annotated[Giver, Field(strict=False)]


class BreakGlassInput(Input):
    """Why a case of another department must be read now."""

    reason: Reason


class ErasureInput(Input):
    """Why a case is erased."""

    reason: Annotated[ErasureReason, Field(strict=False)]


class Worklist(BaseModel):
    """Which cases to list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[0-9a-f]{4,32}$", description="An id, or how it begins.")] | None = None
    status: CaseStatus | None = None
    unsolved: bool | None = None
    assigned_to: AccountId | None = None
    department: DepartmentId | None = None
    cursor: Annotated[str, Field(max_length=200, pattern="^[A-Za-z0-9_-]+$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50


class ChangedAnswer(Answer):
    """What was changed: the case, its version now, and the ids of what was added."""

    id: str
    version: int
    status: CaseStatus
    added: list[str]


class ListedCaseAnswer(Answer):
    """A case in the worklist."""

    id: str
    department: str
    status: CaseStatus
    unsolved: bool
    sex: PatientSex
    age_days: int | None = None
    assigned_to: str | None = None
    version: int
    created: datetime
    changed: datetime


class LastReportAnswer(Answer):
    """The last report of a case, as far as it is not sealed. What is stale: see ReportListedAnswer."""

    id: str
    created: datetime
    knowledge: str
    leading: list[str]
    stale: bool
    knowledge_stale: bool | None = Field(description="Null where it is not known which release is in use.")


class WorklistCaseAnswer(ListedCaseAnswer):
    """A case in the worklist, with its last report."""

    last_report: LastReportAnswer | None = None


class WorklistAnswer(Answer):
    """Cases, the last changed first; `next` is the cursor of what follows."""

    cases: list[WorklistCaseAnswer]
    knowledge_in_use: str | None = None
    next: str | None = None


class PatientAnswer(Answer):
    """Who the patient is to this hospital."""

    number: str | None = None
    name: str | None = None


class StoredNoteAnswer(Answer):
    """A note as it is kept."""

    id: str
    text: str
    language: str | None = None
    date: str | None = None
    masked: bool = Field(description="It was de-identified before it was kept.")
    created: datetime


class StoredFeatureAnswer(Answer):
    """A finding that someone stated."""

    id: str
    type: TermId
    label: str | None = None
    label_en: str | None = None
    assertion: Assertion | None = Field(default=None, description="None where readings of the term are struck out.")
    onset: str | None = None
    severity: str | None = None
    dismissed: bool = Field(default=False, description="What notes and photos say of the term is struck out.")
    by: str
    created: datetime


class StoredPhotoAnswer(Answer):
    """A photo that is kept; its bytes are fetched by themselves."""

    id: str
    size: int
    created: datetime


class ConsentAnswer(Answer):
    """A consent, and since when it no longer holds."""

    id: str
    purpose: Purpose
    given_by: Giver
    created: datetime
    withdrawn: datetime | None = None


class ReportListedAnswer(Answer):
    """A report of the case. `stale`: the case was changed after it. `knowledge_stale`: a newer release is in use."""

    id: str
    created: datetime
    by: str
    knowledge: str
    knowledge_in_use: str
    leading: list[str]
    stale: bool
    knowledge_stale: bool


class SignOffAnswer(Answer):
    """A signature. `intact`: the report is to the last byte the one that was signed."""

    id: str
    report: str
    reader: int
    decision: Decision
    disease: str | None = None
    reason: str
    by: str
    created: datetime
    digest: str
    intact: bool


class StoredCaseAnswer(ListedCaseAnswer):
    """All that is kept of a case, but the reports and the photos themselves."""

    created_by: str
    retain_until: datetime | None = None
    broken_glass: bool = Field(description="Read by breaking the glass, not as a member of the department.")
    patient: PatientAnswer
    notes: list[StoredNoteAnswer]
    features: list[StoredFeatureAnswer]
    photos: list[StoredPhotoAnswer]
    consents: list[ConsentAnswer]
    tests_done: list[TestDoneInput] = Field(default=[], description="As they were told when the case was kept.")
    family_history: FamilyInput = FamilyInput()
    acutely_ill: bool = False
    ancestry: str | None = None
    diagnoses: list[DiagnosisInput] = Field(default_factory=list)
    reports: list[ReportListedAnswer]
    sign_offs: list[SignOffAnswer]


class StoredReportAnswer(ReportListedAnswer):
    """A report as it was shown, to be signed or refused by a clinician."""

    version: int = Field(description="Version of the case now.")
    digest: str
    shown: ReportAnswer


class AuditLinkAnswer(Answer):
    """One link of the audit trail."""

    seq: int
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    department: str | None = None
    detail: dict[str, str | int | float | bool | None]
    previous: str
    digest: str


class AuditAnswer(Answer):
    """Links of the trail, the last first; `next` is the number to ask for what came `before` it."""

    links: list[AuditLinkAnswer]
    next: int | None = None


class TrailQuery(BaseModel):
    """Which links to list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    object_id: Annotated[str, Field(pattern="^[0-9a-zA-Z._:/-]{1,64}$")] | None = None
    actor: AccountId | None = None
    action: Annotated[str, Field(pattern="^[a-z_]{1,40}$")] | None = None
    before: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50
