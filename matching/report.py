"""A Report: what was found, which diseases resemble it and why, which tests to order; all as values.

Words are put to it at the edge, in the reader's language; every sentence there comes from an object here: a span, an
annotation row, a reference, a row of the test table. A Report is a draft until a clinician signs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matching.genetic_tests.proposal import TestPlan
from ontology.annotations import Relation
from ontology.features import Abstention, Assertion, Mention, PatientSex
from ontology.terms import NoTerm


@dataclass(frozen=True, slots=True)
class PhenotypicFeature:
    """One finding, reconciled from every mention of its term.

    `assertion` is the reconciled one; `excluded` as Phenopackets has it. `weight` is its share in ranking: 1 observed
    or historical, .5 uncertain, .25 a relative's, 0 excluded or hypothetical. `implied_by` holds the ids of more
    specific findings of this case under which this one is shown (it still counts). `conflicts` are mentions that say
    otherwise, shown and never settled in silence. `replaces` is the obsolete or alternative id it was given as.
    """

    type: str
    label: str
    assertion: Assertion
    weight: float
    mentions: tuple[Mention, ...]
    conflicts: tuple[Mention, ...] = ()
    implied_by: tuple[str, ...] = ()
    onset: str | None = None
    severity: str | None = None
    replaces: str | None = None

    @property
    def excluded(self) -> bool:
        """Whether the finding was looked for and is absent."""
        return self.assertion is Assertion.EXCLUDED


class Match(StrEnum):
    """How a finding of the patient meets the annotations of a disease (after LIRICAL's LrMatchType)."""

    EXACT = "exact"
    MORE_SPECIFIC = "more_specific"  # the patient's term lies below an annotated one
    MORE_GENERAL = "more_general"  # the patient's term lies above an annotated one
    SHARED_ANCESTOR = "shared_ancestor"  # they meet only in a common superterm
    NONE = "none"  # nothing in common below Phenotypic abnormality
    PRESENT_MEETS_EXCLUDED = "present_meets_excluded"  # the patient has what the disease's patients lacked
    EXCLUDED_MEETS_PRESENT = "excluded_meets_present"  # the patient lacks what the disease's patients had


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a disease's patients show a feature: `affected` of `examined` where patients were counted.

    `share` is n/m, or the fraction that the rows give, None where they give none.
    """

    share: float | None
    affected: int | None = None
    examined: int | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """An Orphanet entry whose words speak of a feature: its definition, or one of its names alone.

    `relation` is how the entry lies to the disease: a broader one describes other diseases too.
    """

    id: str
    name: str
    in_definition: bool
    relation: Relation = Relation.OWN


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one finding adds to one disease's score.

    `through` is the annotated term or shared superterm that it met (None for Match.NONE); `rows` are the annotation
    rows behind it (row numbers in Annotations; their references are the papers); `nats` is the addend, in nats.
    `by_name` says that the disease is named for the feature, alone or beside the rows; `described` are the Orphanet
    entries whose words speak of it. `kin` are the ids of related diseases where nothing is said of the disease itself,
    `kin_more` counts those beyond them: `rows` are then theirs, of all. `frequency` is that of the annotated feature
    that it met, of the most frequent where it met several; None where no row of the disease itself is behind it.
    """

    feature: str
    match: Match
    through: str | None
    rows: tuple[int, ...]
    nats: float
    by_name: bool = False
    frequency: Frequency | None = None
    described: tuple[Described, ...] = ()
    kin: tuple[str, ...] = ()
    kin_more: int = 0


@dataclass(frozen=True, slots=True)
class UnmentionedFeature:
    """A frequent feature of a disease that nothing is said of in the patient: to look for.

    `content` is the term's information in nats; `rows` are the annotation rows that say how frequent it is.
    """

    term: str
    content: float
    frequency: Frequency
    rows: tuple[int, ...]


#: What contradicts a disease: the patient lacks what it brings, or has what its patients were found to lack.
CONTRADICTING = frozenset({Match.EXCLUDED_MEETS_PRESENT, Match.PRESENT_MEETS_EXCLUDED})


@dataclass(frozen=True, slots=True)
class PriorAddend:
    """What a disease's prevalence adds to its score: `nats`.

    `people` is the share of people who have it, None where unknown; `stated` is the statement in Orphanet's words.
    """

    nats: float
    people: float | None
    stated: str


class Circumstance(StrEnum):
    """What of the patient, beside findings, contradicts a disease."""

    ONSET = "onset"  # the patient is younger than it begins
    INHERITANCE = "inheritance"  # the way it is inherited spares the patient's sex
    FEATURE = "feature"  # a finding is stated of the other sex alone


@dataclass(frozen=True, slots=True)
class CircumstanceAddend:
    """What the patient's age or sex takes from a disease's score: `nats`, below 0.

    `terms` are the HPO ids that are stated of the disease (onset, mode of inheritance, feature), `rows` the annotation
    rows and `entries` the ids of the Orphanet entries that state it; either may be empty. `onset_from` is the first day
    of life on which the disease begins at the earliest.
    """

    kind: Circumstance
    nats: float
    terms: tuple[str, ...]
    rows: tuple[int, ...]
    entries: tuple[str, ...]
    onset_from: int | None = None
    age_days: int | None = None
    sex: PatientSex | None = None


@dataclass(frozen=True, slots=True)
class LikenessAddend:
    """What the patient's face adds to a disease's score, by the cases of it in the hospital's gallery: `nats`.

    `rank` is that among the diseases of the gallery; it holds `cases` of this one. `photos` were compared, and
    `evaluated` is the day (ISO) on which likeness to this disease was found to help.
    """

    nats: float
    rank: int
    cases: int
    photos: int
    evaluated: str | None


@dataclass(frozen=True, slots=True)
class RankedDisease:
    """A disease at its rank. `score` (nats) is the sum of its contributions; `rank` is 1 + better + (tied others)/2.

    What the patient's age and sex take from the score are `circumstances`, none where they contradict nothing. What
    the face adds is `likeness`, None where nothing of it weighs. Where a prior was asked for, `prior` is the last
    addend.

    `also` are its other ids. `probability` is a calibrated share of belief, None where it was not asked for. `borrowed`
    says that every annotation behind it is lent by a broader or narrower Orphanet entry. `look_for` are frequent
    features that were not mentioned, the most informative first; `look_for_more` counts those beyond them.
    """

    position: int
    id: str
    also: tuple[str, ...]
    name: str
    score: float
    rank: float
    tied_with: int
    probability: float | None
    contributions: tuple[Contribution, ...]
    unexplained: tuple[str, ...] = ()
    borrowed: bool = False
    look_for: tuple[UnmentionedFeature, ...] = ()
    look_for_more: int = 0
    prior: PriorAddend | None = None
    circumstances: tuple[CircumstanceAddend, ...] = ()
    likeness: LikenessAddend | None = None

    @property
    def addends(self) -> tuple[float, ...]:
        """Every addend of the score, nats: the contributions, the circumstances, the likeness, the prior."""
        last = tuple(part for part in (self.likeness, self.prior) if part is not None)
        return tuple(part.nats for part in (*self.contributions, *self.circumstances, *last))

    @property
    def from_kin(self) -> float:
        """Share of what speaks for it, of the nats above 0, that is known of related diseases alone; 0 to 1.

        What is said of the disease itself as well counts as its own. Where nothing speaks for it, 1 if all that the
        findings met is known of related diseases alone.
        """
        whole = sum(part.nats for part in self.contributions if part.nats > 0)
        if whole:
            return sum(part.nats for part in self.contributions if part.nats > 0 and part.kin) / whole
        met = [part for part in self.contributions if part.match is not Match.NONE and part.match not in CONTRADICTING]
        return float(bool(met) and all(part.kin for part in met))

    @property
    def contradictions(self) -> tuple[Contribution, ...]:
        """The contributions that contradict it, those of the more frequent features first."""
        found = (part for part in self.contributions if part.match in CONTRADICTING)
        return tuple(sorted(found, key=lambda part: (part.nats, part.feature)))


@dataclass(frozen=True, slots=True)
class Bearing:
    """What the answer to a question does to one disease.

    `frequency` is how often its patients are expected to show the feature. Beliefs are shares among the candidates
    that the question was chosen for: as they are, if the feature is there, if it is not.
    """

    disease: str
    name: str
    frequency: float
    belief: float
    if_present: float
    if_absent: float


@dataclass(frozen=True, slots=True)
class NextFeature:
    """A feature to ask about next. `nats` is the information expected of the answer; `present` the chance of a yes.

    `speaks_for` are the likeliest candidates that a yes raises, `speaks_against` those that it lowers. `bedside` is
    False where finding out takes more than history, a look or hands (see bedside.tsv).
    """

    term: str
    nats: float
    present: float
    speaks_for: tuple[Bearing, ...]
    speaks_against: tuple[Bearing, ...]
    bedside: bool


@dataclass(frozen=True, slots=True)
class GeneDisease:
    """One disease behind a gene. `association`, `source` and `dated` are the release's own words for the link.

    `inheritance` are row numbers of the disease's annotations of aspect I: the release has none for the pair itself.
    """

    disease: str
    name: str
    belief: float
    association: str
    source: str
    dated: str
    inheritance: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImpliedGene:
    """A gene at its rank. `belief` is the sum over its diseases, so the sum over genes may pass 1; ties share a rank.

    `diseases` are its likeliest ones; `diseases_more` counts the rest.
    """

    symbol: str
    ncbi_id: int
    belief: float
    rank: float
    tied_with: int
    diseases: tuple[GeneDisease, ...]
    diseases_more: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best diseases, at most `limit`; `considered` diseases were scored; `too_few_findings` warns below six.

    `next_features` are what to ask next, the most telling first; `genes` are those that the diseases imply.
    `confidence` is the calibrated belief that the first disease is the right one, None where the ranker has no belief;
    `stands_out` says whether it is enough to name the disease as more than the first of a list.
    """

    diseases: tuple[RankedDisease, ...]
    considered: int
    findings: int
    too_few_findings: bool
    ranker: str = "lm"
    next_features: tuple[NextFeature, ...] = ()
    genes: tuple[ImpliedGene, ...] = ()
    confidence: float | None = None
    stands_out: bool = False


class NoticeKind(StrEnum):
    """What the reader must know beside the answer."""

    TERM_MAPPED = "term_mapped"  # an obsolete or alternative id was read as its current term
    CONTRADICTION = "contradiction"  # mentions disagree
    TOO_FEW_FINDINGS = "too_few_findings"
    NONE_STANDS_OUT = "none_stands_out"  # belief is flat: the first disease is hardly likelier than those behind it
    NOT_RANKED = "not_ranked"  # a finding that takes no part (hypothetical, excluded-only, not a phenotype)
    READER_ABSTAINED = "reader_abstained"
    NO_PROBABILITY = "no_probability"  # ranked by a measure that gives none
    NAMES_IN_ENGLISH = "names_in_english"  # the answer is in another language, some names in it are not
    NAMES_UNCHECKED = "names_unchecked"  # names in the answer's language that no clinician has checked


class NoPart(StrEnum):
    """Why a finding that is a term takes no part in the ranking."""

    POSSIBILITY = "possibility"  # it is hypothetical
    NO_PHENOTYPE = "no_phenotype"  # the term is no phenotypic abnormality


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing not to be overlooked; `terms` are the HPO ids it speaks of.

    `why` is of NOT_RANKED, whose first term it speaks of; `count` of TOO_FEW_FINDINGS: those present.
    """

    kind: NoticeKind
    terms: tuple[str, ...] = ()
    why: NoTerm | NoPart | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The draft answer to a Case. `knowledge` is the release it was made with.

    `dismissed` are findings of notes and photos that a clinician has struck out: shown, and taking no part.
    """

    case: str
    knowledge: str
    features: tuple[PhenotypicFeature, ...]
    ranking: Ranking
    tests: TestPlan
    abstentions: tuple[Abstention, ...]
    notices: tuple[Notice, ...]
    dismissed: tuple[PhenotypicFeature, ...] = ()
