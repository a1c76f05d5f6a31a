"""What a plan of tests says, as values: the tests, the lesions they look for, what they cannot see, and why.

Words are put to them at the edge, in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Reason(StrEnum):
    """Why a test is suggested."""

    USUAL_LESION = "usual_lesion"  # it looks for the usual lesion of likely diseases
    BESIDE_EXOME = "beside_exome"  # belief is flat, and short reads may miss what it shows
    LIKELY_GENES = "likely_genes"  # they hold enough of the belief for a panel
    AFTER_NEGATIVE = "after_negative"  # the tests before it leave every other gene unread
    NO_KNOWN_GENE = "no_known_gene"  # no likely disease has one that sequencing could show
    BELIEF_SPREAD = "belief_spread"  # the likeliest genes hold too little of the belief for a panel


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
    that `genes` hold of the belief on diseases with a known gene, where the reason is BELIEF_SPREAD.
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


@dataclass(frozen=True, slots=True)
class VirtualPanel:
    """Genes that together hold `mass` of the belief among diseases with a known gene."""

    genes: tuple[str, ...]
    mass: float


@dataclass(frozen=True, slots=True)
class TestPlan:
    """Tests in the order to send them, and the smallest panel that holds most of the belief."""

    tests: tuple[TestSuggestion, ...]
    panel: VirtualPanel
    without_gene: float
