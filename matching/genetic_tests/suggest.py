"""A chosen test as a TestSuggestion: what it covers, what it cannot see, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, Modality
from matching.genetic_tests.proposal import CoveredDisease, Reason, SourceKind, TestSource, TestSuggestion
from ontology.arrays import Ints
from ontology.knowledge import Knowledge

#: Covered diseases that are listed; the rest are counted.
LISTED = 10
#: A disease with less belief than this is counted and not listed, unless it is the first.
LISTED_BELIEF = 0.001


def lesion_suggestion(
    knowledge: Knowledge,
    lesions: LesionTable,
    test: int,
    belief: NDArray[np.float64],
    reason: Reason = Reason.USUAL_LESION,
) -> TestSuggestion:
    """The lesion test at index `test`, suggested for `reason`."""
    rows = np.flatnonzero(lesions.test_of == test)
    held = belief[lesions.diseases[rows]]
    order, more = _likeliest(held)
    listed = [lesions.lesions[int(rows[i])] for i in order]
    kind = lesions.tests[test]
    modality = MODALITIES[kind.modality]
    return TestSuggestion(
        code=kind.code,
        modality=kind.modality,
        genes=tuple(dict.fromkeys(gene for lesion in listed for gene in lesion.genes)),
        covers=_covered(knowledge, lesions, lesions.diseases[rows[order]], belief),
        cannot_see=modality.cannot_see,
        reason=reason,
        sources=_sources(modality, (lesion.source for lesion in listed)),
        cost=kind.cost,
        mass=float(held.sum()),
        covers_more=more,
        assay=kind.name,
        lesion=listed[0] if listed else None,
    )


def panel_suggestion(
    knowledge: Knowledge,
    lesions: LesionTable,
    genes: NDArray[np.int64],
    covered: NDArray[np.float64],
    belief: NDArray[np.float64],
    cost: float,
) -> TestSuggestion:
    """A panel of `genes`; `covered` is the belief that it covers per disease, float64 (diseases,)."""
    symbols = tuple(knowledge.genes.symbols[int(g)] for g in genes)
    order, more = _likeliest(covered)
    modality = MODALITIES["gene_panel"]
    return TestSuggestion(
        code="gene_panel:virtual",
        modality=modality.word,
        genes=symbols,
        covers=_covered(knowledge, lesions, order, belief),
        cannot_see=modality.cannot_see,
        reason=Reason.LIKELY_GENES,
        sources=_sources(modality, _link_sources(knowledge)),
        cost=cost,
        mass=float(covered.sum()),
        covers_more=more,
    )


def exome_suggestion(
    knowledge: Knowledge,
    lesions: LesionTable,
    genes: NDArray[np.int64],
    visible: NDArray[np.float64],
    belief: NDArray[np.float64],
    held: float | None,
    spread: Reason = Reason.BELIEF_SPREAD,
) -> TestSuggestion:
    """Trio exome or genome, `genes` to be read first.

    `held` is their share of the belief that lies on diseases with a known gene, where no panel is suggested because of
    `spread`; None where the exome is what follows a negative panel.
    """
    modality = MODALITIES["exome"]
    order, more = _likeliest(visible)
    spread = spread if len(genes) else Reason.NO_KNOWN_GENE
    return TestSuggestion(
        code="exome:trio",
        modality=modality.word,
        genes=tuple(knowledge.genes.symbols[int(g)] for g in genes),
        covers=_covered(knowledge, lesions, order, belief),
        cannot_see=modality.cannot_see,
        reason=Reason.AFTER_NEGATIVE if held is None else spread,
        sources=_sources(modality, _link_sources(knowledge)),
        cost=modality.cost,
        mass=float(visible.sum()),
        covers_more=more,
        held=held,
    )


#: Words read: "A definitive diagnosis was identified for 4 of 40 participants (10%)".
REANALYSIS = TestSource(
    "Wenger et al., systematic reanalysis of clinical exome data, Genet Med 2016, PMID:27441994, "
    "doi:10.1038/gim.2016.88",
    verified=True,
)


def reanalysis_suggestion(
    knowledge: Knowledge,
    lesions: LesionTable,
    genes: NDArray[np.int64],
    again: NDArray[np.float64],
    belief: NDArray[np.float64],
    cost: float,
) -> TestSuggestion:
    """Reading the exome that is there once more, `genes` first; `again` is the belief it may show by disease."""
    first = exome_suggestion(knowledge, lesions, genes, again, belief, None)
    return replace(
        first,
        code="exome:reanalysis",
        reason=Reason.READ_YEARS_AGO,
        sources=(REANALYSIS, *first.sources[1:]),
        cost=cost,
    )


def _covered(
    knowledge: Knowledge, lesions: LesionTable, diseases: NDArray[np.int64] | Ints, belief: NDArray[np.float64]
) -> tuple[CoveredDisease, ...]:
    names, symbols = knowledge.diseases, knowledge.genes.symbols
    return tuple(
        CoveredDisease(
            names.id(int(d)),
            names.name(int(d)),
            float(belief[d]),
            tuple(symbols[int(g)] for g in lesions.genes.genes_of(int(d))),
        )
        for d in diseases
    )


def _likeliest(weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    """Positions of the weights to list, largest first, and how many more are above 0."""
    held = np.flatnonzero(weights > 0)
    top = held if len(held) <= LISTED else held[weights[held] >= np.partition(weights[held], -LISTED)[-LISTED]]
    order = top[np.argsort(-weights[top], kind="stable")][:LISTED]
    shown = order[: max(int((weights[order] >= LISTED_BELIEF).sum()), 1)]
    return shown, len(held) - len(shown)


def _sources(modality: Modality, others: Iterable[TestSource]) -> tuple[TestSource, ...]:
    own = () if modality.source is None else (modality.source,)
    return tuple(dict.fromkeys((*own, *others)))


def _link_sources(knowledge: Knowledge) -> Iterator[TestSource]:
    """The files that the gene links come from; a link is taken as the file states it, its paper unread."""
    for name in knowledge.genes.source_names:
        file, _, dated = name.partition("|")
        yield TestSource(file, False, SourceKind.GENE_LINKS, dated)
