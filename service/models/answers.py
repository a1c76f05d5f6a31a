"""What the service answers with. Fields that have nothing to say are left out."""

from __future__ import annotations

from pydantic import Field

from matching.report import NoticeKind
from ontology.features import Assertion
from service.faces.opening import FaceState
from service.models.definitions import DescriptionAnswer
from service.models.explanations import AbstentionAnswer as AbstentionAnswer
from service.models.explanations import (
    AnnotationAnswer,
    DiseaseAnswer,
    ImpliedGeneAnswer,
    LabelEn,
    NameEn,
    NextFeatureAnswer,
)
from service.models.explanations import Answer as Answer
from service.models.faces import PhotoAnswer
from service.models.plans import PlanAnswer


class ReleaseAnswer(Answer):
    """One file that the knowledge was compiled from, with its release date."""

    name: str
    version: str
    licence: str


class KnowledgeAnswer(Answer):
    """The release that an answer was made with."""

    release: str
    fingerprint: str
    sources: list[ReleaseAnswer]


class NoticeAnswer(Answer):
    """One thing not to be overlooked."""

    kind: NoticeKind
    terms: list[str]
    words: str


class CueAnswer(Answer):
    """Words by which an assertion was read: "no", "mother", the heading of a section; characters of the note."""

    start: int
    end: int
    text: str


class GroundsAnswer(Answer):
    """Why words are read as a term: the nearest wording, whose it is, and how the note's words differ from it."""

    wording: str
    source: str = Field(
        description="label, exact synonym, layperson's exact synonym, everyday wording, ...: in the answer's language."
    )
    steps: list[str] = Field(
        default=[],
        description="Of abbreviation, spelling, inflection, substitution, order, words between, shared words; in the "
        "answer's language.",
    )


class MentionAnswer(Answer):
    """One mention in a note: `text[start:end]` of the note, in characters (Unicode code points), is `text` here."""

    id: str
    label: str
    label_en: LabelEn = None
    assertion: Assertion
    start: int
    end: int
    text: str
    section: str | None = Field(default=None, description="Where in the note it stands, in the answer's language.")
    onset: str | None = None
    severity: str | None = None
    modifiers: list[str] = Field(default=[], description="HPO ids of side, spread and course, said beside it.")
    grounds: GroundsAnswer | None = Field(default=None, description="Why words are read as this term.")
    reading: str | None = Field(default=None, description="How a value was understood, where one was.")
    cue: CueAnswer | None = Field(
        default=None,
        description="The words by which the assertion was read; none where it is observed as nothing says otherwise.",
    )


class SuggestedTermAnswer(Answer):
    """A term that unread words may mean."""

    id: str
    label: str
    label_en: LabelEn = None
    likeness: float = Field(description="Of words and letters, from 0 to 1; no probability.")


class SuggestionAnswer(Answer):
    """Words that look like a finding and match none, with the nearest terms: for a person to accept."""

    start: int
    end: int
    text: str
    terms: list[SuggestedTermAnswer]


class ExtractAnswer(Answer):
    """The findings of one note, in order of position."""

    id: str | None = None
    language: str
    features: list[MentionAnswer]
    suggestions: list[SuggestionAnswer] | None = Field(default=None, description="Only where they were asked for.")
    suggestions_end: int | None = Field(
        default=None, description="Where looking for suggestions ended, if that is before the note's end."
    )
    abstention: AbstentionAnswer | None = None
    notices: list[NoticeAnswer] | None = Field(default=None, description="On the names, where they are not English.")
    knowledge: KnowledgeAnswer


class RankAnswer(Answer):
    """The diseases that resemble the findings, best first."""

    id: str | None = None
    language: str = Field(default="en", description="Of the words and names: `en` or `zh`, as Accept-Language asks.")
    diseases: list[DiseaseAnswer]
    considered: int
    findings: int
    next_features: list[NextFeatureAnswer] = Field(default=[], description="To ask next, the most telling first.")
    genes: list[ImpliedGeneAnswer] = Field(default=[], description="Genes that the diseases imply, best first.")
    confidence: float | None = Field(default=None, description="Calibrated belief that the first disease is right.")
    stands_out: bool = Field(default=False, description="False where `confidence` is too small to name the first.")
    ranker: str = Field(description="By what they are ordered. Of another than lm, scores are similarities, not nats.")
    notices: list[NoticeAnswer]
    knowledge: KnowledgeAnswer


class SuggestAnswer(PlanAnswer):
    """Tests in the order to send them."""

    id: str | None = None
    notices: list[NoticeAnswer]
    knowledge: KnowledgeAnswer


class EvidenceAnswer(Answer):
    """Where a mention comes from: a note's words, a photo's region, or someone's statement."""

    note: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    section: str | None = None
    photo: str | None = None
    box: tuple[int, int, int, int] | None = None
    by: str | None = None


class SourcedMentionAnswer(Answer):
    """One source saying one thing of one finding."""

    assertion: Assertion
    evidence: EvidenceAnswer
    onset: str | None = None
    severity: str | None = None
    modifiers: list[str] = Field(default=[], description="HPO ids of side, spread and course, said beside it.")
    grounds: GroundsAnswer | None = Field(default=None, description="Why words are read as this term.")
    reading: str | None = None
    cue: CueAnswer | None = None


class FeatureAnswer(Answer):
    """One finding, reconciled from every mention of its term."""

    id: str
    label: str
    label_en: LabelEn = None
    assertion: Assertion
    excluded: bool
    weight: float
    mentions: list[SourcedMentionAnswer]
    conflicts: list[SourcedMentionAnswer]
    implied_by: list[str]
    onset: str | None = None
    severity: str | None = None
    replaces: str | None = None


class ReportAnswer(PlanAnswer):
    """The draft answer to a case: a clinician signs it, or does not."""

    case: str
    status: str = Field(default="draft", description="`draft`: what a clinician signs is a kept case's.")
    language: str = Field(default="en", description="Of the words and names: `en` or `zh`, as Accept-Language asks.")
    features: list[FeatureAnswer]
    diseases: list[DiseaseAnswer]
    considered: int
    findings: int
    next_features: list[NextFeatureAnswer] = Field(default=[], description="To ask next, the most telling first.")
    genes: list[ImpliedGeneAnswer] = Field(default=[], description="Genes that the diseases imply, best first.")
    confidence: float | None = Field(default=None, description="Calibrated belief that the first disease is right.")
    stands_out: bool = Field(default=False, description="False where `confidence` is too small to name the first.")
    photos: list[PhotoAnswer] = Field(
        default=[], description="What was made of each; the terms that it suggests are no findings."
    )
    abstentions: list[AbstentionAnswer]
    notices: list[NoticeAnswer]
    dismissed: list[FeatureAnswer] = Field(
        default=[], description="Findings of notes and photos that a clinician has struck out; they take no part."
    )
    knowledge: KnowledgeAnswer
    software: str | None = Field(default=None, description="What read, ranked and suggested: name, version, ranker.")


class TermAnswer(Answer):
    """One term that a search found, and by which wording."""

    id: str
    label: str
    label_en: LabelEn = None
    matched: str
    near: bool = Field(description="No wording begins with these words; this one is spelled much like them.")
    definition: str | None = None
    replaces: str | None = None


class TermsAnswer(Answer):
    """Terms that a search found, best first."""

    terms: list[TermAnswer]
    total: int
    truncated: bool
    notices: list[str]


class RecordAnswer(Answer):
    """One database's record of a disease."""

    id: str
    name: str


class GeneAnswer(Answer):
    """One gene of a disease, and who says so, as of when."""

    symbol: str
    ncbi_id: int
    association: str
    source: str
    dated: str


class DiseaseRecordAnswer(Answer):
    """All that the release holds of one disease."""

    id: str
    name: str
    name_en: NameEn = None
    records: list[RecordAnswer]
    annotations: list[AnnotationAnswer]
    inheritance: list[AnnotationAnswer]
    course: list[AnnotationAnswer]
    genes: list[GeneAnswer]
    descriptions: list[DescriptionAnswer] = Field(description="What Orphanet wrote of it.")
    notices: list[NoticeAnswer] | None = Field(default=None, description="On the names, where they are not English.")
    knowledge: KnowledgeAnswer


class LiveAnswer(Answer):
    """The process answers."""

    status: str = "live"


class ReadyAnswer(Answer):
    """The knowledge is open and in place."""

    status: str = "ready"
    knowledge: KnowledgeAnswer
    built: str
    counts: dict[str, int]
    faces: FaceState = Field(description="Whether photos are read; nothing else depends on it.")
