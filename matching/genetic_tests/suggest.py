"""A chosen test as a TestSuggestion: what it covers, what it cannot see, and why, in sentences of stored facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, Modality
from matching.genetic_tests.rows import MECHANISMS, Lesion
from matching.report import CoveredDisease, TestSource, TestSuggestion
from ontology.arrays import Ints
from ontology.knowledge import Knowledge

#: Covered diseases that are listed; the rest are counted.
LISTED = 10
#: A disease with less belief than this is counted and not listed, unless it is the first.
LISTED_BELIEF = 0.001


def lesion_suggestion(
    knowledge: Knowledge, lesions: LesionTable, test: int, belief: NDArray[np.float64], flat: bool = False
) -> TestSuggestion:
    """The lesion test at index `test`; `flat` where it goes with the exome because the posterior is flat."""
    rows = np.flatnonzero(lesions.test_of == test)
    held = belief[lesions.diseases[rows]]
    order, more = _likeliest(held)
    listed = [lesions.lesions[int(rows[i])] for i in order]
    kind = lesions.tests[test]
    modality = MODALITIES[kind.modality]
    mass = float(held.sum())
    return TestSuggestion(
        code=kind.code,
        name=kind.name,
        modality=kind.modality,
        genes=tuple(dict.fromkeys(gene for lesion in listed for gene in lesion.genes)),
        covers=_covered(knowledge, lesions, lesions.diseases[rows[order]], belief),
        cannot_see=_cannot_see(modality),
        reason=_lesion_reason(listed, mass, flat),
        sources=_sources(modality, (lesion.source for lesion in listed)),
        cost=kind.cost,
        mass=mass,
        covers_more=more,
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
    mass = float(covered.sum())
    lead = f"{knowledge.diseases.name(int(order[0]))} leads with {_percent(belief[order[0]])}." if len(order) else ""
    many = len(symbols) > 1
    stand = "These genes stand" if many else "This gene stands"
    return TestSuggestion(
        code="gene_panel:virtual",
        name=f"Virtual gene panel of {len(symbols)} genes" if many else f"Sequencing of {symbols[0]}",
        modality="gene_panel",
        genes=symbols,
        covers=_covered(knowledge, lesions, order, belief),
        cannot_see=_cannot_see(MODALITIES["gene_panel"]),
        reason=f"{stand} for {_percent(mass)} of the belief. {lead}".strip(),
        sources=_sources(MODALITIES["gene_panel"], _link_sources(knowledge)),
        cost=cost,
        mass=mass,
        covers_more=more,
    )


def exome_suggestion(
    knowledge: Knowledge,
    lesions: LesionTable,
    genes: NDArray[np.int64],
    visible: NDArray[np.float64],
    belief: NDArray[np.float64],
    held: float | None,
) -> TestSuggestion:
    """Trio exome or genome, `genes` to be read first.

    `held` is their share of the belief that lies on diseases with a known gene, where that is too little for a panel;
    None where the exome is what follows a negative panel.
    """
    modality = MODALITIES["exome"]
    order, more = _likeliest(visible)
    if held is None:
        reason = "If the tests before it are negative, the exome of child and both parents reads every other gene too."
    elif not len(genes):
        reason = "No likely disease has a known gene that sequencing could show."
    else:
        likeliest = "the likeliest gene holds" if len(genes) == 1 else f"the {len(genes)} likeliest genes hold"
        reason = (
            f"{_percent(float(visible.sum()))} of the belief lies on diseases with a known gene, and {likeliest} "
            f"{_percent(held)} of that: too little to limit the search to a panel."
        )
    return TestSuggestion(
        code="exome:trio",
        name="Trio exome or genome sequencing",
        modality=modality.word,
        genes=tuple(knowledge.genes.symbols[int(g)] for g in genes),
        covers=_covered(knowledge, lesions, order, belief),
        cannot_see=_cannot_see(modality),
        reason=reason,
        sources=_sources(modality, _link_sources(knowledge)),
        cost=modality.cost,
        mass=float(visible.sum()),
        covers_more=more,
    )


def _lesion_reason(lesions: list[Lesion], mass: float, flat: bool) -> str:
    wide = "Belief is spread widely, and short-read sequencing may miss deletions and duplications." if flat else ""
    if not lesions:
        return wide
    first = lesions[0]
    who = first.disease if len(lesions) == 1 else f"{first.disease} and others"
    sees = {0.0: "cannot be relied on to show", 1.0: "can leave open"}.get(first.exome_sees, "may miss")
    return (
        f"{wide} {who}: {_percent(mass)} of the belief. The usual lesion of {first.disease} is "
        f"{MECHANISMS[first.mechanism]} ({first.locus}). Short-read exome {sees} {first.exome_misses}. "
        f"If normal: {first.second_line}."
    ).strip()


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


def _cannot_see(modality: Modality) -> tuple[str, ...]:
    return tuple(change.value for change in modality.cannot_see)


def _sources(modality: Modality, others: Iterable[TestSource]) -> tuple[TestSource, ...]:
    own = () if modality.source is None else (modality.source,)
    return tuple(dict.fromkeys((*own, *others)))


def _link_sources(knowledge: Knowledge) -> Iterator[TestSource]:
    """The files that the gene links come from; a link is taken as the file states it, its paper unread."""
    for name in knowledge.genes.source_names:
        file, _, dated = name.partition("|")
        yield TestSource(f"gene-disease links: {file}, {dated}" if dated else f"gene-disease links: {file}", False)


def _percent(share: float) -> str:
    """Never certain, never impossible: the belief is an estimate."""
    percent = 100 * share
    if percent > 99:
        return "above 99 %"
    return "under 1 %" if percent < 1 else f"{percent:.0f} %"
