"""How a ranking explains itself: what each finding met, what to look for, what to ask next, which genes it implies.

A field with a default may be missing from a report that an earlier version kept.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matching.report import Circumstance, Match


class Answer(BaseModel):
    """What all answers share."""

    model_config = ConfigDict(frozen=True)


LabelEn = Annotated[str | None, Field(description="The English label, where `label` is in another language.")]
NameEn = Annotated[str | None, Field(description="The English name, where `name` is in another language.")]


class AbstentionAnswer(Answer):
    """A reader declines: which one, why, and what would let it read."""

    reader: str
    reason: str
    mend: str


class RelatedAnswer(Answer):
    """A disease of the same numbered series, the same gene, or the same Orphanet entry."""

    id: str
    name: str
    name_en: NameEn = None


class DescribedAnswer(Answer):
    """An Orphanet entry whose words speak of a feature."""

    id: str
    name: str
    name_en: NameEn = None
    in_definition: bool = Field(description="Its definition does; else one of its names alone.")
    relation: str = Field(description="How the entry lies to the disease: own, exact, broader or narrower.")


class AnnotationAnswer(Answer):
    """One published statement about a disease: a row of its annotations."""

    id: str = Field(description="The annotated term.")
    label: str
    label_en: LabelEn = None
    excluded: bool = Field(description="The statement is that patients lack the feature.")
    frequency: float | None = Field(default=None, description="Share of patients, 0 to 1.")
    affected: int | None = None
    examined: int | None = None
    frequency_words: str | None = Field(default=None, description="As published: counts, a share, or an HPO class.")
    onset: str | None = None
    sex: str | None = Field(default=None, description="`female` or `male` where the statement is for one sex.")
    evidence: str = Field(description="PCS (published clinical study), TAS (author statement) or IEA (inferred).")
    references: list[str]
    record: str = Field(description="The database record that the statement was published under.")
    relation: str = Field(description="How that record lies to the disease: own, exact, broader or narrower.")
    related: RelatedAnswer | None = Field(default=None, description="Whose statement it is, where it is a relative's.")


class FrequencyAnswer(Answer):
    """How often the disease's patients show a feature, over all statements about it."""

    share: float | None = Field(default=None, description="0 to 1; left out where no statement gives it.")
    affected: int | None = Field(default=None, description="The n of n/m, where patients were counted.")
    examined: int | None = None
    words: str


class ContributionAnswer(Answer):
    """What one finding adds to a disease's score, and by which statements."""

    feature: str
    label: str
    label_en: LabelEn = None
    match: Match
    through: str | None = None
    through_label: str | None = None
    through_label_en: LabelEn = None
    nats: float
    shown: float | None = Field(
        default=None, description="`nats` to a hundredth, so that those of one disease sum to its shown score."
    )
    by_name: bool = Field(default=False, description="The disease is named for it; then `rows` may be empty.")
    described: list[DescribedAnswer] = Field(default=[], description="Orphanet entries whose words speak of it.")
    kin: list[RelatedAnswer] = Field(
        default=[], description="Related diseases that have it, where nothing is stated of the disease itself."
    )
    kin_more: int = Field(default=0, description="Further related diseases that have it; `rows` are those of all.")
    frequency: FrequencyAnswer | None = Field(default=None, description="Of the annotated feature that it met.")
    words: str
    rows_total: int = Field(description="Statements behind it; the most telling of them are in `rows`.")
    rows: list[AnnotationAnswer]


class LookForAnswer(Answer):
    """A frequent feature of the disease that nothing is said of in the patient."""

    id: str
    label: str
    label_en: LabelEn = None
    information: float = Field(description="How few diseases have it, in nats: the rarer, the more telling.")
    frequency: FrequencyAnswer
    rows: list[AnnotationAnswer]


class ContradictionAnswer(Answer):
    """A finding that contradicts the disease: absent where its patients had it, or present where they lacked it."""

    feature: str
    label: str
    label_en: LabelEn = None
    match: Match
    through: str
    through_label: str
    through_label_en: LabelEn = None
    frequent: bool = Field(description="Half of the disease's patients or more had what this patient lacks.")
    nats: float
    words: str


class CircumstanceAnswer(Answer):
    """What the patient's age or sex takes from a disease's score, and what says so."""

    kind: Circumstance
    nats: float = Field(description="Below 0, and no lower than -1.")
    shown: float = Field(description="To a hundredth, as the contributions are shown.")
    words: str
    terms: list[str] = Field(description="HPO ids of what is stated: onset, mode of inheritance, or feature.")
    entries: list[str] = Field(description="Orphanet entries that state it.")
    rows: list[AnnotationAnswer] = Field(description="Annotations that state it.")


class LikenessAnswer(Answer):
    """What the face adds to a disease's score, by the cases of it in the hospital's gallery."""

    nats: float = Field(description="From -1 to 2.")
    shown: float = Field(description="To a hundredth, as the contributions are shown.")
    words: str
    rank: int = Field(description="Among the diseases of the gallery.")
    cases: int
    photos: int = Field(description="How many of the patient's were compared; together they count once.")
    evaluated: str | None = Field(default=None, description="Day on which likeness to the disease was found to help.")


class PriorAnswer(Answer):
    """What the disease's prevalence adds to its score, where a prior was asked for."""

    nats: float
    shown: float = Field(description="To a hundredth, as the contributions are shown.")
    people: float | None = Field(default=None, description="Share of people who have it; left out where unknown.")
    stated: str | None = Field(default=None, description="Orphanet's statement of the prevalence.")


class DiseaseAnswer(Answer):
    """A disease at its rank. `score` is the sum of the nats of its contributions, circumstances, likeness and prior."""

    id: str
    also: list[str]
    name: str
    name_en: NameEn = None
    score: float
    shown: float | None = Field(
        default=None, description="The score to a hundredth: the sum of what the contributions show."
    )
    rank: float = Field(description="1 + those better + half of those level.")
    tied_with: int = Field(description="Diseases of the same score, listed or not.")
    probability: float | None = None
    confidence: str | None = Field(default=None, description="The probability in words.")
    borrowed: bool = Field(description="Every statement behind it is lent by a broader or narrower Orphanet entry.")
    from_kin: float = Field(
        default=0.0,
        description="Share of what speaks for it, of the nats above 0, that is known of related diseases alone; where "
        "nothing speaks for it, 1 if all that the findings met is.",
    )
    from_kin_words: str | None = Field(default=None, description="The same as a sentence, left out below a tenth.")
    contributions: list[ContributionAnswer]
    unexplained: list[str] = Field(description="Findings that it has nothing like.")
    contradictions: list[ContradictionAnswer] = []
    look_for: list[LookForAnswer] = Field(
        default=[], description="Frequent features that nothing is said of, the most informative first."
    )
    look_for_more: int = Field(default=0, description="Further frequent features that nothing is said of.")
    circumstances: list[CircumstanceAnswer] = Field(
        default=[], description="What age and sex take from the score; none where they contradict nothing."
    )
    likeness: LikenessAnswer | None = Field(
        default=None, description="What the face adds; left out where nothing of it weighs."
    )
    prior: PriorAnswer | None = None


class BearingAnswer(Answer):
    """What the answer to a question does to one disease; beliefs are shares among the candidates."""

    disease: str
    name: str
    name_en: NameEn = None
    frequency: float = Field(description="How often its patients are expected to show the feature.")
    belief: float
    if_present: float
    if_absent: float


class NextFeatureAnswer(Answer):
    """A feature to ask about next, and what the answer would tell."""

    id: str
    label: str
    label_en: LabelEn = None
    question: str
    definition: str | None = None
    nats: float = Field(description="Information expected of the answer: the mutual information of it and the disease.")
    bits: float = Field(description="The same in bits.")
    present: float = Field(description="The chance that the feature is there.")
    bedside: bool = Field(description="Found by asking, looking or touching; else it takes an investigation.")
    speaks_for: list[BearingAnswer] = Field(description="Candidates that a yes raises.")
    speaks_against: list[BearingAnswer] = Field(description="Candidates that a yes lowers.")


class InheritanceAnswer(Answer):
    """One mode of inheritance, as annotated."""

    id: str
    label: str
    label_en: LabelEn = None
    references: list[str]


class GeneDiseaseAnswer(Answer):
    """One disease behind a gene, and what the release says of the pair."""

    disease: str
    name: str
    name_en: NameEn = None
    belief: float
    association: str = Field(description="The source's own word; NOT_STATED where it has none.")
    source: str
    dated: str
    inheritance: list[InheritanceAnswer]
    inheritance_of: str = Field(description="`disease`: annotated to the disease, as no source states it for the pair.")


class ImpliedGeneAnswer(Answer):
    """A gene at its rank. A disease with several genes lends its belief to each, so the sum may pass 1."""

    symbol: str
    ncbi_id: int
    belief: float
    rank: float
    tied_with: int
    diseases: list[GeneDiseaseAnswer]
    diseases_more: int
