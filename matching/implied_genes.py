"""The genes that a ranking implies: each gene at the sum of the belief in its diseases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.frequency import Doubles
from matching.lm.profile import weighed
from matching.report import GeneDisease, ImpliedGene
from ontology.annotations import Aspect
from ontology.arrays import Floats, Longs, Rows
from ontology.knowledge import Knowledge

GENES = 10
#: Diseases listed of one gene; the rest are counted.
MOST_DISEASES = 3
#: A gene below this share of belief is not listed.
LEAST_BELIEF = 0.001


@dataclass(frozen=True, slots=True)
class GeneIndex:
    """Every pair of a gene and a disease, once; opened once per release.

    genes        int64 (pairs,)     index into the symbols of GeneLinks, ascending
    diseases     int64 (pairs,)     position
    inheritance  rows  (diseases,)  the annotation rows that state a mode of inheritance
    """

    genes: Longs
    diseases: Longs
    inheritance: Rows

    @classmethod
    def of(cls, knowledge: Knowledge) -> GeneIndex:
        """Pair genes with diseases; several links of one pair count once."""
        links = knowledge.genes.of_disease
        owner = np.repeat(np.arange(len(links), dtype=np.int64), np.diff(links.pointers))
        pairs = np.unique(knowledge.genes.genes[links.values].astype(np.int64) * len(links) + owner)
        stating = np.flatnonzero(knowledge.annotations.aspects == Aspect.INHERITANCE).astype(np.int32)
        pointers = np.searchsorted(stating, knowledge.annotations.pointers).astype(np.int64)
        return cls(pairs // len(links), pairs % len(links), Rows(pointers, stating))


def implied_genes(
    knowledge: Knowledge, index: GeneIndex, belief: Floats, limit: int = GENES
) -> tuple[ImpliedGene, ...]:
    """The genes of most belief, at most `limit`, and those level with the last; `belief` float32 (diseases,).

    A disease with several genes lends its whole belief to each, so the sum over genes may pass 1.
    """
    sums = weighed(index.genes, belief[index.diseases], len(knowledge.genes.symbols))
    held: Doubles = np.round(sums, 9)  # equal sums in another order stay equal
    listed = np.flatnonzero(held >= LEAST_BELIEF)
    listed = listed[np.lexsort((listed, -held[listed]))][:limit]
    return tuple(_value(knowledge, index, belief, held, int(gene)) for gene in listed)


def _value(
    knowledge: Knowledge,
    index: GeneIndex,
    belief: Floats,
    held: Doubles,
    gene: int,
) -> ImpliedGene:
    level = int(np.count_nonzero(held == held[gene])) - 1
    start, stop = np.searchsorted(index.genes, [gene, gene + 1])
    diseases = index.diseases[start:stop]
    diseases = diseases[belief[diseases] > 0]
    diseases = diseases[np.lexsort((diseases, -belief[diseases]))]
    return ImpliedGene(
        symbol=knowledge.genes.symbols[gene],
        ncbi_id=int(knowledge.genes.ncbi_ids[gene]),
        belief=float(held[gene]),
        rank=1 + int(np.count_nonzero(held > held[gene])) + level / 2,
        tied_with=level,
        diseases=tuple(_of_disease(knowledge, index, int(d), gene, belief) for d in diseases[:MOST_DISEASES]),
        diseases_more=max(0, len(diseases) - MOST_DISEASES),
    )


def _of_disease(knowledge: Knowledge, index: GeneIndex, disease: int, gene: int, belief: Floats) -> GeneDisease:
    links = knowledge.genes.links(disease, gene)
    # Of several links the one that says of what kind it is.
    link = next((each for each in links if each.association not in {"", "UNKNOWN"}), links[0])
    return GeneDisease(
        disease=knowledge.diseases.id(disease),
        name=knowledge.diseases.name(disease),
        belief=float(belief[disease]),
        association=link.association,
        source=link.source,
        dated=link.dated,
        inheritance=tuple(index.inheritance[disease].tolist()),
    )
