"""Tests already done: what a negative one takes from the belief, and what is not suggested again.

A negative result multiplies the belief in a disease by 1 - sensitivity * share of its patients whom the test could
show; what the test is blind to keeps its belief, and gains what the others lose. Panels and exomes read the same genes
with the same limits, so of several the one that saw most counts; other tests multiply.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.known import Known, TestDone, TestResult
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import DoneEffect, DoneKind, Lesion, Mechanism, Unread
from ontology.arrays import Bools
from ontology.knowledge import Knowledge

#: After so many years the reads of an exome are worth reading again: where that was measured (REANALYSIS_YIELD of
#: bench.py), the literature that solved the cases was 1 to 3 years old (Wenger et al. 2016, PMID:27441994, its
#: abstract). The ACMG sets no number of years, on purpose (an author's words on doi:10.1038/s41436-019-0478-1 in
#: Clinical Laboratory News, April 2020).
REANALYSE_YEARS = 2
#: Share of the patients whose disease has no gene linked in this release that an exome would show all the same.
UNKNOWN_GENE = 0.1
#: No negative test takes more than this share of the belief in a disease: samples are mixed up, too.
CERTAIN = 0.99

SEQUENCING = ("gene_panel", "exome")
#: Tests of the whole genome of their kind: they need no locus.
_EVERYWHERE = ("microarray", "karyotype", "mitochondrial")
#: Lesions that a test shows beside those of its own rows in the lesion table.
_ALSO_SHOWS = {
    "microarray": (Mechanism.MICRODELETION, Mechanism.MICRODUPLICATION, Mechanism.ANEUPLOIDY),
    "southern": (Mechanism.REPEAT_EXPANSION, Mechanism.REPEAT_CONTRACTION),
    "mlpa": (Mechanism.MICRODELETION, Mechanism.MICRODUPLICATION),
}


@dataclass(frozen=True, slots=True)
class AfterDone:
    """What tests already done leave.

    belief        float64 (diseases,)  summing to 1
    read          bool (genes,)        genes that a panel or an exome has read
    exome         every gene has been read
    lesion_tests  indices of LesionTable.tests that were done
    reanalyse     an exome was read long enough ago to be read again
    """

    belief: NDArray[np.float64]
    read: Bools
    exome: bool = False
    lesion_tests: frozenset[int] = frozenset()
    reanalyse: bool = False
    effects: tuple[DoneEffect, ...] = ()


def after_done(knowledge: Knowledge, lesions: LesionTable, belief: NDArray[np.float64], known: Known) -> AfterDone:
    """The belief after `known.done`, and what need not be done again; `belief` sums to 1 and comes back if none was."""
    state = AfterDone(belief, np.zeros(len(knowledge.genes.symbols), bool))
    sequenced = np.zeros(len(belief))
    for test in known.done:
        shown = _shown(knowledge, lesions, test)
        state = _not_again(knowledge, lesions, state, test)
        kind, why, lowered = DoneKind.ANSWERED, None, 0.0
        if test.result is TestResult.UNCERTAIN:
            kind, why = DoneKind.UNREAD, Unread.UNCERTAIN
        elif test.result is TestResult.NEGATIVE and shown is None:
            kind, why = DoneKind.UNREAD, Unread.NO_GENES if test.modality in SEQUENCING else Unread.NO_LOCUS
        elif test.result is TestResult.NEGATIVE and shown is not None:
            before = sequenced if test.modality in SEQUENCING else np.zeros(len(belief))
            left = (1 - np.maximum(np.minimum(shown, CERTAIN), before)) / (1 - before)
            lowered = float((state.belief * (1 - left)).sum())
            rest = state.belief * left
            state = replace(state, belief=rest / rest.sum())
            kind = DoneKind.LOWERED
            if test.modality in SEQUENCING:
                sequenced = np.maximum(sequenced, np.minimum(shown, CERTAIN))
        years = known.year - test.year if known.year is not None and test.year is not None else None
        if _old_exome(test, years):
            state = replace(state, reanalyse=True)
            kind = DoneKind.REANALYSE
        state = replace(state, effects=(*state.effects, DoneEffect(test, kind, lowered, years, why)))
    return state


def _old_exome(test: TestDone, years: int | None) -> bool:
    unsolved = test.modality == "exome" and test.result is not TestResult.POSITIVE
    return unsolved and years is not None and years >= REANALYSE_YEARS


def _shown(knowledge: Knowledge, lesions: LesionTable, test: TestDone) -> NDArray[np.float64] | None:
    """Share of each disease's patients whom the test shows, float64 (diseases,); None where what it saw is not told."""
    if test.modality not in SEQUENCING:
        return _lesions_shown(lesions, test)
    genes = lesions.genes
    if test.modality == "exome" and not test.genes:
        every = genes.covered(np.ones(len(knowledge.genes.symbols), bool), len(lesions.exome_sees))
        share = np.where(genes.linked, every, UNKNOWN_GENE)
    else:
        chosen = _marked(knowledge, test.genes)
        if not chosen.any():
            return None
        share = genes.covered(chosen, len(lesions.exome_sees))
    shown: NDArray[np.float64] = MODALITIES[test.modality].detects * lesions.exome_sees * share
    return shown


def _lesions_shown(lesions: LesionTable, test: TestDone) -> NDArray[np.float64] | None:
    found = [row for row, lesion in enumerate(lesions.lesions) if looks_for(test, lesion)]
    if not found:
        return None
    shown = np.zeros(len(lesions.exome_sees))
    for row in found:
        own = lesions.lesions[row].modality == test.modality
        detects = lesions.detects[row] if own else MODALITIES[test.modality].detects
        shown[lesions.diseases[row]] = detects
    return shown


def looks_for(test: TestDone, lesion: Lesion) -> bool:
    """Whether the test, of one locus or of the whole genome, looks for the lesion of this disease."""
    kind = lesion.modality == test.modality or lesion.mechanism in _ALSO_SHOWS.get(test.modality, ())
    if not kind:
        return False
    if test.modality in _EVERYWHERE and not test.genes:
        return True
    return test.target.casefold() == lesion.target.casefold() or bool({*test.genes, test.target} & set(lesion.genes))


def _not_again(knowledge: Knowledge, lesions: LesionTable, state: AfterDone, test: TestDone) -> AfterDone:
    if test.modality in SEQUENCING:
        whole = test.modality == "exome" and not test.genes
        return replace(state, read=state.read | _marked(knowledge, test.genes), exome=state.exome or whole)
    same = [
        index
        for index, kind in enumerate(lesions.tests)
        if kind.modality == test.modality
        and all(looks_for(test, lesions.lesions[int(row)]) for row in np.flatnonzero(lesions.test_of == index))
    ]
    return replace(state, lesion_tests=state.lesion_tests | frozenset(same))


def _marked(knowledge: Knowledge, symbols: tuple[str, ...]) -> Bools:
    """Genes by symbol: bool (genes,); those that the release does not know are passed over."""
    named = set(symbols)
    return np.array([symbol in named for symbol in knowledge.genes.symbols], bool)
