"""What a plan of tests says, as values: the tests, the lesions they look for, what they cannot see, and why.

Words are put to them at the edge, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.known import TestDone


class Change(StrEnum):
    """A kind of genetic change that a test sees, or cannot see."""

    SEQUENCE_VARIANT = "sequence_variant"  # single letters and small insertions or deletions, in coding sequence
    DEEP_INTRONIC = "deep_intronic"  # and in regulatory sequence
    EXON_DELETION = "exon_deletion"  # or duplication, of single exons
    COPY_NUMBER = "copy_number"  # of chromosome segments
    REPEAT_EXPANSION = "repeat_expansion"
    METHYLATION = "methylation"  # and uniparental disomy
    MITOCHONDRIAL = "mitochondrial"
    BALANCED_REARRANGEMENT = "balanced_rearrangement"
    MOSAICISM = "mosaicism"  # of a low level
    HOMOLOGOUS_GENE = "homologous_gene"  # in a gene with a near-identical copy or pseudogene
    OTHER_LOCUS = "other_locus"  # anything outside the locus that is tested


class Mechanism(StrEnum):
    """What is usually wrong in a disease, as column `mechanism` of the lesion table names it."""

    IMPRINTING = "imprinting"
    REPEAT_EXPANSION = "repeat_expansion"
    REPEAT_CONTRACTION = "repeat_contraction"
    EXON_DELETION = "exon_deletion"
    GENE_DELETION = "gene_deletion"
    GENE_DUPLICATION = "gene_duplication"
    MICRODELETION = "microdeletion"
    MICRODUPLICATION = "microduplication"
    ANEUPLOIDY = "aneuploidy"
    MOSAIC_ANEUPLOIDY = "mosaic_aneuploidy"
    MTDNA_VARIANT = "mtdna_variant"
    MTDNA_REARRANGEMENT = "mtdna_rearrangement"
    INVERSION = "inversion"
    PSEUDOGENE = "pseudogene"
    ENZYME_DEFICIENCY = "enzyme_deficiency"
    METABOLITE = "metabolite"
    REPAIR_DEFECT = "repair_defect"
    TRANSLOCATION = "translocation"
    HARD_TO_READ = "hard_to_read"  # sequence that short reads cannot place, or read: homologous genes, long repeats
    MOSAIC_VARIANT = "mosaic_variant"  # in some cells alone
    SEQUENCE_VARIANT = "sequence_variant"  # what sequencing shows


class Reason(StrEnum):
    """Why a test is suggested."""

    USUAL_LESION = "usual_lesion"  # it looks for the usual lesion of likely diseases
    WITH_SEQUENCING = "with_sequencing"  # ordered in one with sequencing, it reads what short reads miss of a gene
    BESIDE_EXOME = "beside_exome"  # belief is flat, and short reads may miss what it shows
    LIKELY_GENES = "likely_genes"  # they hold enough of the belief for a panel
    AFTER_NEGATIVE = "after_negative"  # the tests before it leave every other gene unread
    NO_KNOWN_GENE = "no_known_gene"  # no likely disease has one that sequencing could show
    BELIEF_SPREAD = "belief_spread"  # the likeliest genes hold too little of the belief for a panel
    NO_PANEL = "no_panel"  # no panel of the catalogue holds enough of it, or as much for its cost as the exome
    READ_YEARS_AGO = "read_years_ago"  # the reads of an exome that was negative years ago may show more today


class Sample(StrEnum):
    """What is sent to the laboratory."""

    BLOOD_EDTA = "blood_edta"
    BLOOD_HEPARIN = "blood_heparin"  # living cells, for chromosomes and function
    DRIED_BLOOD_SPOT = "dried_blood_spot"
    PLASMA = "plasma"
    SERUM = "serum"
    URINE = "urine"
    CEREBROSPINAL_FLUID = "cerebrospinal_fluid"
    SWEAT = "sweat"
    SKIN_FIBROBLASTS = "skin_fibroblasts"
    MUSCLE = "muscle"
    SECOND_TISSUE = "second_tissue"  # skin, buccal cells or urine, where a change may be in some cells alone


class ConsentPoint(StrEnum):
    """What to talk about before a test is sent."""

    UNCERTAIN_VARIANTS = "uncertain_variants"
    SECONDARY_FINDINGS = "secondary_findings"
    CARRIER_STATUS = "carrier_status"
    RELATIVES_CONCERNED = "relatives_concerned"
    PARENTAGE = "parentage"
    PRESYMPTOMATIC = "presymptomatic"  # of relatives who are well: Huntington disease and its like


class Relatives(StrEnum):
    """Whose samples help, and for what."""

    PARENTS_TRIO = "parents_trio"  # beside the patient's, from the beginning
    PARENTS_ORIGIN = "parents_origin"  # whether a change found is new or inherited
    PARENTS_CARRIERS = "parents_carriers"  # both, of a recessive disease
    MOTHER_CARRIER = "mother_carrier"  # of an X-linked disease
    MATERNAL_LINE = "maternal_line"  # of a mitochondrial disease


class NextStep(StrEnum):
    """What to do where a test shows nothing."""

    SECOND_LINE = "second_line"  # in the words of `Lesion.second_line`
    NEXT_SUGGESTION = "next_suggestion"  # the test behind it in the plan
    EXOME = "exome"
    GENOME = "genome"
    REANALYSE = "reanalyse"  # the reads that are there, after years


class SourceKind(StrEnum):
    """What a statement about a test rests on."""

    CITED = "cited"  # `citation` is the work, in its own words, or what the lesion table says in its place
    DISEASE_NAME = "disease_name"  # `citation` is the id of the record whose name tells the lesion; nothing was opened
    DISEASE_GENES = "disease_genes"  # of the record whose genes are all mitochondrial
    GENE_LINKS = "gene_links"  # `citation` is the file of gene-disease links, its papers unread


@dataclass(frozen=True, slots=True)
class TestSource:
    """Where a statement about a test comes from; `verified` only if it was opened and read. `dated` is of a file."""

    citation: str
    verified: bool
    kind: SourceKind = SourceKind.CITED
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Lesion:
    """The usual lesion of one disease. `exome_sees` and `detects` are fractions; `words` are the opened words.

    `locus`, `test`, `second_line` and `exome_misses` are words of the lesion table, a closed list; `disease` is the
    published name.
    """

    disease_id: str
    disease: str
    locus: str
    genes: tuple[str, ...]
    mechanism: Mechanism
    modality: str
    target: str
    test: str
    second_line: str
    exome_misses: str
    exome_sees: float
    detects: float
    source: TestSource
    url: str = ""
    words: str = ""

    @property
    def code(self) -> str:
        """Stable code of the first test, such as `repeat_pcr:FMR1`."""
        return f"{self.modality}:{self.target}"


@dataclass(frozen=True, slots=True)
class CoveredDisease:
    """A disease whose lesion a test looks for, and the share of belief that it holds."""

    disease: str
    name: str
    posterior: float
    genes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestSuggestion:
    """A test to order: what it looks at, which of the suspected diseases it covers, and what it cannot see.

    `modality` is one of: methylation, repeat_pcr, southern, mlpa, targeted_variant, microarray, mitochondrial,
    karyotype, enzyme, functional, gene_panel, exome. `genes` of an exome are those to read first. `cost` is relative
    (a single gene is 1), None where unknown. `mass` is the share of belief of every covered disease; `covers` lists
    the likeliest of them, `covers_more` counts the rest.

    `assay` names the test in words of the lesion table, and `lesion` is that of the likeliest disease it looks for;
    None where it looks for the lesion of none, and for a panel or exome, whose `assay` is empty. `held` is the share
    that `genes` hold of the belief on diseases with a known gene, where the reason is BELIEF_SPREAD or NO_PANEL.

    `beside` is the assay that a panel or an exome is ordered in one with, None where it goes alone: it reads a gene, or
    a part of one, that short reads miss (see beside.py). It counts among the tests of a plan, and has none beside it.

    `adds` is the row of its likeliest disease in the table of sequenced diseases, whose second line is what to add to a
    panel or an exome that shows nothing; None where that has none, or is too unlikely.

    `ordered_as` is the test of the catalogue in use that does this; `offered` is False where there is a catalogue and
    none of it does, None where there is no catalogue.
    """

    code: str
    modality: str
    genes: tuple[str, ...]
    covers: tuple[CoveredDisease, ...]
    cannot_see: tuple[Change, ...]
    reason: Reason
    sources: tuple[TestSource, ...] = ()
    cost: float | None = None
    mass: float = 0.0
    covers_more: int = 0
    assay: str = ""
    lesion: Lesion | None = None
    held: float | None = None
    beside: TestSuggestion | None = None
    ordered_as: CatalogueTest | None = None
    offered: bool | None = None
    samples: tuple[Sample, ...] = ()
    consent: tuple[ConsentPoint, ...] = ()
    relatives: tuple[Relatives, ...] = ()
    if_negative: NextStep | None = None
    adds: Lesion | None = None


def assays(tests: Iterable[TestSuggestion]) -> Iterator[TestSuggestion]:
    """Every assay that `tests` order, what goes beside a test behind it."""
    for test in tests:
        yield test
        if test.beside is not None:
            yield test.beside


@dataclass(frozen=True, slots=True)
class VirtualPanel:
    """Genes that together hold `mass` of the belief among diseases with a known gene."""

    genes: tuple[str, ...]
    mass: float


class DoneKind(StrEnum):
    """What became of a test that was already done."""

    LOWERED = "lowered"  # a negative one took belief from what it would have seen
    UNREAD = "unread"  # it says nothing that this release can use: why is in `DoneEffect.why`
    ANSWERED = "answered"  # a positive one: the plan goes on for what it leaves open
    REANALYSE = "reanalyse"  # read so long ago that reading the data again may show more


class Unread(StrEnum):
    """Why a test that was done says nothing that this release can use."""

    UNCERTAIN = "uncertain"  # a variant of uncertain significance neither explains the patient nor excludes a disease
    NO_GENES = "no_genes"  # a panel whose genes are not told, or none of which this release knows
    NO_LOCUS = "no_locus"  # a test at one locus that is not told, or of which this release knows no disease


@dataclass(frozen=True, slots=True)
class DoneEffect:
    """What one test that was done changes. `lowered` is the share of belief that it took.

    `years` since it was read are told where both years are known; `why` of a test that is UNREAD.
    """

    test: TestDone
    kind: DoneKind
    lowered: float = 0.0
    years: int | None = None
    why: Unread | None = None


class FamilyKind(StrEnum):
    """What the family or the sex says about how a disease is inherited."""

    RECESSIVE_LIKELIER = "recessive_likelier"  # parents are related, or siblings alone are affected
    DOMINANT_LIKELIER = "dominant_likelier"  # a parent or a child is affected
    X_LINKED_LIKELIER = "x_linked_likelier"  # males through the mother's line
    X_LINKED_LESS = "x_linked_less"  # a girl, and a disease that is recessive on the X
    MITOCHONDRIAL_LIKELIER = "mitochondrial_likelier"  # the mother's line


@dataclass(frozen=True, slots=True)
class FamilyEffect:
    """How much the family moved the belief: `share` of it now lies on diseases so inherited, `before` until then."""

    kind: FamilyKind
    share: float
    before: float


@dataclass(frozen=True, slots=True)
class BiochemicalTest:
    """A fast test of a treatable disorder, to be sent before or beside any genetic one.

    `words` and `source` as of a Lesion; `test`, `treatment` and `turnaround` are words of the table of treatable
    disorders, a closed list.
    """

    code: str
    test: str
    samples: tuple[Sample, ...]
    covers: tuple[CoveredDisease, ...]
    mass: float
    treatment: str
    turnaround: str
    source: TestSource
    url: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class TestPlan:
    """Tests in the order to send them, and the smallest panel that holds most of the belief.

    `biochemical` are fast tests of treatable disorders that go before them; `done` and `family` tell what the tests
    already done and the family have changed; `catalogue` names the catalogue in use, empty where there is none, and
    `currency` is that of its prices.
    """

    tests: tuple[TestSuggestion, ...]
    panel: VirtualPanel
    without_gene: float
    biochemical: tuple[BiochemicalTest, ...] = ()
    done: tuple[DoneEffect, ...] = ()
    family: tuple[FamilyEffect, ...] = ()
    catalogue: str = ""
    currency: str = ""
