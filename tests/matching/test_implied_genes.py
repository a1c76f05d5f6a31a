"""Genes at the sum of the belief in their diseases, on the hand-made release."""

from __future__ import annotations

import numpy as np
import pytest

from matching.implied_genes import GeneIndex, implied_genes

LIMB, FIT_1, FIT_2, LEVEL_1, LEVEL_2 = "OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900005", "OMIM:900006"


@pytest.fixture(scope="module")
def implied(small_knowledge):
    index = GeneIndex.of(small_knowledge)

    def genes(shares, limit=10):
        belief = np.zeros(len(small_knowledge.diseases), np.float32)
        for id, share in shares.items():
            belief[small_knowledge.diseases.position(id)] = share
        return implied_genes(small_knowledge, index, belief, limit)

    return genes


def test_a_gene_stands_at_the_belief_in_its_disease_though_two_records_link_it(implied):
    # LIMB1 is linked to OMIM:900001 and to ORPHA:900101, which are one disease: it counts once.
    first, second = implied({LIMB: 0.6, FIT_1: 0.4})
    assert (first.symbol, first.rank, second.symbol, second.rank) == ("LIMB1", 1, "FITA", 2)
    assert first.belief == pytest.approx(0.6)
    assert len(first.diseases) == 1


def test_a_gene_says_its_inheritance_association_and_source(implied, small_knowledge):
    disease = implied({LIMB: 0.6})[0].diseases[0]
    assert (disease.association, disease.source) == ("MENDELIAN", "genes_to_disease.txt")
    rows = [small_knowledge.annotations.row(row) for row in disease.inheritance]
    assert [small_knowledge.terms.label(row.term) for row in rows] == ["Autosomal dominant inheritance"]
    assert rows[0].references == ("PMID:9000011",)


def test_level_genes_share_a_rank(implied):
    genes = implied({LEVEL_1: 0.3, LEVEL_2: 0.3, FIT_2: 0.4})
    assert [(gene.symbol, gene.rank, gene.tied_with) for gene in genes] == [
        ("FITB", 1, 0), ("LEV1", 2.5, 1), ("LEV2", 2.5, 1)
    ]  # fmt: skip


def test_a_tie_is_told_where_the_list_ends_too(implied):
    assert [gene.tied_with for gene in implied({LEVEL_1: 0.3, LEVEL_2: 0.3}, limit=1)] == [1]


def test_what_has_next_to_no_belief_is_not_listed(implied):
    assert implied({LIMB: 0.0005}) == ()
    assert implied({}) == ()


@pytest.mark.real
def test_a_gene_of_several_diseases_gathers_their_belief(real_knowledge):
    index = GeneIndex.of(real_knowledge)
    belief = np.zeros(len(real_knowledge.diseases), np.float32)
    fbn1 = [d for d in range(len(belief)) if any(g.symbol == "FBN1" for g in real_knowledge.genes.links(d))]
    assert len(fbn1) > 5
    belief[fbn1] = 1 / len(fbn1)
    first = implied_genes(real_knowledge, index, belief)[0]
    assert (first.symbol, first.diseases_more) == ("FBN1", len(fbn1) - 3)
    assert first.belief == pytest.approx(1, abs=1e-5)
