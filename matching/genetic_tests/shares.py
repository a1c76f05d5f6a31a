"""Which genes stand for which disease, and for how much of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontology.annotations import Relation
from ontology.arrays import Bools, Ints
from ontology.knowledge import Knowledge

#: Symbols of genes of the mitochondrial genome, which nuclear sequencing leaves out, begin so (HGNC).
MITOCHONDRIAL = "MT-"

#: Which links of a disease count: those of the first class it has. A polygenic association is no gene to sequence for.
_CLASS = {"MENDELIAN": 0, "POLYGENIC": 2}
_OTHER_CLASS = 1
_DROPPED_CLASS = 2


@dataclass(frozen=True, slots=True)
class GeneShares:
    """Links between diseases and nuclear genes, each with the share of the disease that the gene stands for.

    A disease with k genes gives each 1/k: the sources do not say how often each is the cause. A disease without a link
    of its own borrows the genes of the records that Orphanet maps its entry to: Marfan syndrome as Orphanet has it has
    no link, the two OMIM records below it have.

    diseases  int32   (links,)     disease positions, ascending
    genes     int32   (links,)     indices into GeneLinks.symbols
    shares    float64 (links,)
    linked    bool    (diseases,)  the disease has a link of any kind, own or borrowed
    """

    diseases: Ints
    genes: Ints
    shares: NDArray[np.float64]
    linked: Bools

    @classmethod
    def of(cls, knowledge: Knowledge) -> GeneShares:
        """Pick MENDELIAN links where a disease has any, else links of unknown or unstated kind."""
        links = knowledge.genes
        width = len(knowledge.diseases)
        owner = np.repeat(np.arange(width, dtype=np.int32), np.diff(links.of_disease.pointers))
        index = np.asarray(links.of_disease.values)
        classes = np.array([_CLASS.get(name, _OTHER_CLASS) for name in links.association_names], np.int8)
        rank = classes[links.associations[index]] if len(index) else np.zeros(0, np.int8)
        best = np.full(width, _DROPPED_CLASS, np.int8)
        np.minimum.at(best, owner, rank)
        nuclear = np.array([not symbol.startswith(MITOCHONDRIAL) for symbol in links.symbols], bool)
        gene = np.asarray(links.genes)[index]
        keep = (rank == best[owner]) & (rank < _DROPPED_CLASS)
        keep &= nuclear[gene] if len(gene) else True
        linked = np.bincount(owner, minlength=width) > 0
        own = np.stack([owner[keep], gene[keep]], axis=1)
        pairs = np.unique(np.concatenate([own, _borrowed(knowledge, own, linked)]), axis=0).astype(np.int32)
        diseases, genes = pairs[:, 0], pairs[:, 1]
        counts = np.bincount(diseases, minlength=width)
        return cls(diseases, genes, 1.0 / counts[diseases], linked | (counts > 0))

    def genes_of(self, disease: int) -> Ints:
        """Genes of the disease at position `disease`: indices into GeneLinks.symbols."""
        start, stop = np.searchsorted(self.diseases, [disease, disease + 1])
        return self.genes[start:stop]

    def mass(self, visible: NDArray[np.float64], width: int) -> NDArray[np.float64]:
        """Belief per gene: float64 (width,), from the belief per disease that sequencing can show."""
        return np.asarray(
            np.bincount(self.genes, weights=visible[self.diseases] * self.shares, minlength=width), np.float64
        )

    def covered(self, chosen: Bools, diseases: int) -> NDArray[np.float64]:
        """Share of each disease that the genes marked in `chosen` stand for: float64 (diseases,), from 0 to 1."""
        weights = self.shares * chosen[self.genes]
        shares = np.bincount(self.diseases, weights=weights, minlength=diseases)
        return np.minimum(np.asarray(shares, np.float64), 1.0)


def _borrowed(knowledge: Knowledge, own: NDArray[np.int32], linked: Bools) -> NDArray[np.int32]:
    """(disease, gene) pairs for diseases not `linked`, from the diseases that their records lend annotations to."""
    annotations = knowledge.annotations
    receiver = np.repeat(np.arange(len(linked), dtype=np.int32), np.diff(annotations.pointers))
    lender = np.asarray(knowledge.diseases.record_owner)[np.asarray(annotations.records)]
    lent = (np.asarray(annotations.relations) != Relation.OWN) & ~linked[lender]
    pairs = np.unique(np.stack([lender[lent], receiver[lent]], axis=1), axis=0)
    borrowed = [(int(a), int(gene)) for a, b in pairs for gene in own[own[:, 0] == b, 1]]
    return np.array(borrowed, np.int32).reshape(-1, 2)
