"""What each kind of test sees and cannot see, and what it costs against the others.

`cost` is in arbitrary units, a single gene being 1; `detects` is the share of patients with the lesion whom the test
finds, where the lesion table states none. Both are modelling choices: nobody measured them here. They order the
suggestions and are never shown as facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from types import MappingProxyType

from matching.genetic_tests.proposal import Change, TestSource


@dataclass(frozen=True, slots=True)
class Modality:
    """One kind of test. `source` supports its place as a first test, None where no source was opened."""

    word: str
    sees: tuple[Change, ...]
    cannot_see: tuple[Change, ...]
    cost: float
    detects: float
    source: TestSource | None = None


#: Words opened: "its higher sensitivity for submicroscopic deletions and duplications"; "the first-tier cytogenetic
#: diagnostic test for patients with DD/ID, ASD, or MCA".
MICROARRAY_FIRST = TestSource(
    "Miller et al., consensus statement on chromosomal microarray, Am J Hum Genet 2010, PMC2869000", verified=True
)
#: Words opened: "We strongly recommend that ES/GS be considered as a first- or second-tier test for patients with
#: CA/DD/ID."
EXOME_FIRST = TestSource(
    "Manickam et al., ACMG guideline on exome and genome sequencing, PMID:34211152, doi:10.1038/s41436-021-01242-6",
    verified=True,
)

_AT_ONE_LOCUS = (Change.SEQUENCE_VARIANT, Change.OTHER_LOCUS)
_SHORT_READS_MISS = (
    Change.DEEP_INTRONIC,
    Change.EXON_DELETION,
    Change.COPY_NUMBER,
    Change.REPEAT_EXPANSION,
    Change.METHYLATION,
    Change.MITOCHONDRIAL,
    Change.BALANCED_REARRANGEMENT,
    Change.MOSAICISM,
    Change.HOMOLOGOUS_GENE,
)

_ALL = (
    Modality("methylation", (Change.METHYLATION,), (*_AT_ONE_LOCUS, Change.MOSAICISM), 1.0, 0.85),
    Modality("repeat_pcr", (Change.REPEAT_EXPANSION,), _AT_ONE_LOCUS, 1.0, 0.95),
    Modality("southern", (Change.REPEAT_EXPANSION,), _AT_ONE_LOCUS, 1.5, 0.9),
    Modality(
        "mlpa",
        (Change.EXON_DELETION, Change.COPY_NUMBER),
        (*_AT_ONE_LOCUS, Change.BALANCED_REARRANGEMENT, Change.MOSAICISM),
        1.0,
        0.8,
    ),
    Modality("targeted_variant", (Change.HOMOLOGOUS_GENE, Change.BALANCED_REARRANGEMENT), _AT_ONE_LOCUS, 1.0, 0.5),
    Modality(
        "microarray",
        (Change.COPY_NUMBER,),
        (
            Change.SEQUENCE_VARIANT,
            Change.EXON_DELETION,
            Change.REPEAT_EXPANSION,
            Change.BALANCED_REARRANGEMENT,
            Change.MOSAICISM,
            Change.MITOCHONDRIAL,
        ),
        2.0,
        0.95,
        MICROARRAY_FIRST,
    ),
    Modality(
        "mitochondrial",
        (Change.MITOCHONDRIAL,),
        (Change.SEQUENCE_VARIANT, Change.COPY_NUMBER, Change.REPEAT_EXPANSION, Change.MOSAICISM),
        1.5,
        0.85,
    ),
    Modality(
        "karyotype",
        (Change.BALANCED_REARRANGEMENT, Change.COPY_NUMBER),
        (Change.SEQUENCE_VARIANT, Change.EXON_DELETION, Change.REPEAT_EXPANSION, Change.METHYLATION, Change.MOSAICISM),
        1.0,
        0.95,
    ),
    Modality("enzyme", (), (Change.OTHER_LOCUS,), 1.0, 0.9),
    Modality("functional", (), (Change.OTHER_LOCUS,), 1.0, 0.9),
    Modality("gene_panel", (Change.SEQUENCE_VARIANT,), (*_SHORT_READS_MISS, Change.OTHER_LOCUS), 1.0, 0.85),
    Modality("exome", (Change.SEQUENCE_VARIANT,), _SHORT_READS_MISS, 6.0, 0.8, EXOME_FIRST),
)

#: Every kind of test by its word (`TestSuggestion.modality`).
MODALITIES = MappingProxyType({modality.word: modality for modality in _ALL})


def panel_cost(genes: int) -> float:
    """Relative cost of sequencing `genes` genes: 1 + 0.35 log2(genes); 100 genes cost 3.3, an exome about 6.

    A modelling choice: reading a further gene is cheap, interpreting what it shows is not.
    """
    return 1.0 + 0.35 * log2(max(genes, 1))
