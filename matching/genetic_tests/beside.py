"""Which assay is ordered in one with sequencing: it reads a gene, or the part of one, that short reads miss.

A laboratory's answer to "which of these genes" is the list of genes *and* the assay of the one that the list cannot
answer for: exon ORF15 of RPGR beside the retinal genes, PMS2 clear of its pseudogenes beside those of Lynch syndrome,
the copies of STRC beside those of deafness ("GJB2 and STRC currently require additional assays to capture all
pathogenic copy number variants": the abstract of "Utility of droplet digital PCR and NGS-based CNV clinical assays in
hearing loss diagnostics", its last part). Sent one after the other, the second waits for the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.lesions import LesionTable

#: The assay goes with the sequencing where it would resolve this much of the belief that sequencing would not: what any
#: lesion test must hold to be suggested at all (LESION_FLOOR of bench.py).
#: Measured on typical patients (benchmarks/typical.py): all 390 diseases whose lesion short reads miss get it first, or
#: beside the first, up to .013, 388 at .015; of 500 found by sequencing, .032, .024, .018, .018 and .010 get an assay
#: beside that they do not need at .005, .0075, .010, .013 and .015.
BESIDE = 0.01
#: Or, where belief is so flat that nothing holds that much, this share of what sequencing can show in its likeliest
#: gene: deafness alone is a feature of hundreds of diseases. Measured as above: 390 of 390 up to .45, 388 at .5, which
#: lacks both of deafness alone; .022, .018, .018, .018 and .008 of 500 at .2, .3, .4, .45 and .5.
OF_LIKELIEST_GENE = 0.3


def assay_beside(lesions: LesionTable, left: NDArray[np.float64], likeliest_gene: float, taken: set[int]) -> int:
    """The lesion test that goes with sequencing now, an index into LesionTable.tests; -1 where none does.

    `left` is the belief that is not resolved yet, float64 (diseases,); `likeliest_gene` what sequencing can show of it
    in one gene. It is the assay that would resolve most of what sequencing would not, of those not yet `taken`.
    """
    missed = np.where(lesions.in_genes, lesions.missed(left), 0.0)
    missed[list(taken)] = 0.0
    best = int(np.argmax(missed)) if len(missed) else -1
    if best < 0 or missed[best] <= 0 or missed[best] < min(BESIDE, OF_LIKELIEST_GENE * likeliest_gene):
        return -1
    return best
