from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.plan import PANEL_SHARE, plan_tests
from matching.genetic_tests.proposal import Change, Reason
from ontology.arrays import Rows, StringPool
from ontology.diseases import Diseases
from ontology.errors import InputError
from ontology.knowledge import Knowledge

FRAGILE_X, LONG_LIMB, FIT_1, FIT_2, HEART = (
    "OMIM:300624",
    "OMIM:900001",
    "OMIM:900002",
    "OMIM:900003",
    "OMIM:900004",
)
DELETION = "DECIPHER:900"

reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@pytest.fixture(scope="module")
def table(small_knowledge: Knowledge) -> LesionTable:
    return LesionTable.open(small_knowledge)


def belief(knowledge: Knowledge, shares: dict[str, float]) -> np.ndarray:
    """The given shares; what is left is spread over every disease."""
    spread = np.full(len(knowledge.diseases), (1 - sum(shares.values())) / len(knowledge.diseases))
    for id, share in shares.items():
        spread[knowledge.diseases.position(id)] += share
    return spread.astype(np.float32)


def codes(plan) -> list[str]:
    return [test.code for test in plan.tests]


def test_fragile_x_asks_for_repeat_pcr_before_sequencing(small_knowledge, table):
    plan = plan_tests(small_knowledge, belief(small_knowledge, {FRAGILE_X: 0.5, FIT_1: 0.4}), table)
    assert codes(plan)[:2] == ["repeat_pcr:FMR1", "gene_panel:virtual"]
    repeat, panel = plan.tests[:2]
    assert repeat.genes == ("FMR1",)
    assert "FMR1" not in panel.genes  # an exome does not show the repeat, so its gene is no use in a panel
    assert Change.SEQUENCE_VARIANT in repeat.cannot_see
    assert Change.REPEAT_EXPANSION in panel.cannot_see


def test_little_belief_in_fragile_x_leaves_sequencing_first(small_knowledge, table):
    # .015 · .95 found for the cost of one, against .9 · .85 for one gene; and under LESION_FIRST
    plan = plan_tests(small_knowledge, belief(small_knowledge, {FRAGILE_X: 0.015, FIT_1: 0.965}), table)
    assert codes(plan)[0] == "gene_panel:virtual"
    assert "repeat_pcr:FMR1" in codes(plan)


def test_one_likely_gene_is_sequenced_by_name(small_knowledge, table):
    plan = plan_tests(small_knowledge, belief(small_knowledge, {LONG_LIMB: 1.0}), table)
    first = plan.tests[0]
    assert (first.reason, first.genes, first.cost) == (Reason.LIKELY_GENES, ("LIMB1",), 1.0)
    assert first.covers[0].disease == LONG_LIMB
    assert first.covers[0].genes == ("LIMB1",)


def test_panel_lists_genes_from_the_likeliest_on(small_knowledge, table):
    shares = {FIT_2: 0.5, LONG_LIMB: 0.3, HEART: 0.2}
    assert plan_tests(small_knowledge, belief(small_knowledge, shares), table).tests[0].genes == (
        "FITB",
        "LIMB1",
        "HEART1",
    )


def test_flat_posterior_falls_back_to_trio_exome_and_microarray(small_knowledge, table):
    # Spread evenly over the diseases, two genes hold far less than half of what is left.
    plan = plan_tests(small_knowledge, belief(small_knowledge, {}), table, panel_genes=2)
    assert {"exome:trio", "microarray:genome"} <= set(codes(plan))
    assert "gene_panel:virtual" not in codes(plan)
    exome = next(test for test in plan.tests if test.code == "exome:trio")
    # To be read first: one of two, FMR1 is the other, of the repeat test. Each gene holds as much as its diseases: less
    # than half of what sequencing can show.
    assert len(exome.genes) == 1
    assert exome.reason is Reason.BELIEF_SPREAD
    assert 0 < exome.held < 0.5
    assert any("34211152" in source.citation and source.verified for source in exome.sources)


def test_flat_posterior_asks_for_microarray_though_no_deletion_is_believed(small_knowledge, table):
    shares = dict.fromkeys((LONG_LIMB, FIT_1, FIT_2, HEART), 0.25)
    plan = plan_tests(small_knowledge, belief(small_knowledge, shares), table, panel_genes=1)
    assert codes(plan) == ["exome:trio", "microarray:genome"]
    assert plan.tests[1].covers == ()
    assert (plan.tests[1].reason, plan.tests[1].lesion) == (Reason.BESIDE_EXOME, None)


def test_disease_without_a_gene_is_told_and_asks_for_the_exome(small_knowledge, table):
    # One gene is worth reading first; for the other seven tenths only an exome can find a gene not linked yet.
    plan = plan_tests(small_knowledge, belief(small_knowledge, {"OMIM:900007": 0.7, FIT_1: 0.3}), table)
    assert plan.without_gene == pytest.approx(0.7)
    assert codes(plan) == ["gene_panel:virtual", "exome:trio"]
    assert plan.tests[0].genes == ("FITA",)
    assert plan.tests[1].reason is Reason.AFTER_NEGATIVE


def test_orphanet_entry_borrows_the_genes_of_the_records_below_it(small_knowledge, table):
    # Orphanet's Fit syndrome has no link; Fit syndromes 1 and 2 below it have one each
    plan = plan_tests(small_knowledge, belief(small_knowledge, {"ORPHA:900102": 1.0}), table)
    assert plan.without_gene == 0
    assert plan.tests[0].genes == ("FITA", "FITB")
    assert plan.tests[0].covers[0].genes == ("FITA", "FITB")


def test_deletion_named_by_the_release_asks_for_microarray(small_knowledge, table):
    first = plan_tests(small_knowledge, belief(small_knowledge, {DELETION: 0.9}), table).tests[0]
    assert first.code == "microarray:genome"
    assert first.covers[0].disease == DELETION
    assert [source.verified for source in first.sources] == [True, False]  # the method's was opened, the name's was not


def test_virtual_panel_is_the_smallest_that_holds_nine_tenths(small_knowledge, table):
    # .5 + .3 = .8 is too little, with .15 it is .95
    shares = {LONG_LIMB: 0.5, FIT_1: 0.3, FIT_2: 0.15, HEART: 0.05}
    panel = plan_tests(small_knowledge, belief(small_knowledge, shares), table).panel
    assert panel.genes == ("LIMB1", "FITA", "FITB")
    assert panel.mass == pytest.approx(0.95, abs=1e-6)


def test_polygenic_links_are_not_sequenced(small_knowledge):
    names = StringPool.of("POLYGENIC" for _ in small_knowledge.genes.association_names)
    knowledge = replace(small_knowledge, genes=replace(small_knowledge.genes, association_names=names))
    plan = plan_tests(knowledge, belief(knowledge, {LONG_LIMB: 1.0}), LesionTable.open(knowledge))
    assert plan.panel.genes == ()
    assert all("LIMB1" not in test.genes for test in plan.tests)


def test_reason_of_a_lesion_test_is_made_of_its_row(small_knowledge, table):
    row = next(lesion for lesion in table.lesions if lesion.disease_id == FRAGILE_X)
    test = plan_tests(small_knowledge, belief(small_knowledge, {FRAGILE_X: 1.0}), table).tests[0]
    assert (test.reason, test.assay, test.lesion) == (Reason.USUAL_LESION, row.test, row)


def test_resolved_posterior_suggests_no_needless_sequencing(small_knowledge, table):
    # repeat PCR finds .95 of it; under a tenth is left
    plan = plan_tests(small_knowledge, belief(small_knowledge, {FRAGILE_X: 1.0}), table)
    assert codes(plan) == ["repeat_pcr:FMR1"]


@pytest.mark.parametrize(
    "spoil", [lambda even: even[:3], lambda even: even * 0, lambda even: even - 1, lambda even: even * np.nan]
)
def test_what_is_no_distribution_is_refused(small_knowledge, table, spoil):
    with pytest.raises(InputError):
        plan_tests(small_knowledge, spoil(belief(small_knowledge, {})), table)


def test_no_place_no_tests(small_knowledge, table):
    assert plan_tests(small_knowledge, belief(small_knowledge, {}), table, limit=0).tests == ()


@reuse
@given(
    weights=st.lists(st.floats(0, 1), min_size=11, max_size=11).filter(lambda w: sum(w) > 0.01), limit=st.integers(1, 6)
)
def test_no_plan_claims_more_than_there_is(small_knowledge, table, weights, limit):
    assert len(small_knowledge.diseases) == 11
    posterior = np.array(weights) / sum(weights)
    plan = plan_tests(small_knowledge, posterior.astype(np.float32), table, limit)
    assert len(plan.tests) <= limit
    assert len(set(codes(plan))) == len(plan.tests)
    for test in plan.tests:
        assert 0 <= test.mass <= 1 + 1e-5
        assert sum(covered.posterior for covered in test.covers) <= 1 + 1e-5
        assert all(covered.posterior > 0 for covered in test.covers)
        assert len(test.genes) == len(set(test.genes))
        assert test.reason
        assert test.cannot_see
    assert 0 <= plan.without_gene <= 1 + 1e-6
    assert plan.panel.mass == 0 or PANEL_SHARE - 1e-6 <= plan.panel.mass <= 1 + 1e-6


@reuse
@given(order=st.permutations(range(11)), ranks=st.permutations(range(11)))
def test_order_of_diseases_does_not_matter(small_knowledge, table, order, ranks):
    posterior = (3.0 ** -np.array(ranks)) / sum(3.0**-r for r in range(11))  # no two equal, nor one half of another
    shuffled = in_order(small_knowledge, order)
    here = plan_tests(small_knowledge, posterior.astype(np.float32), table)
    there = plan_tests(shuffled, posterior[list(order)].astype(np.float32), LesionTable.open(shuffled))
    assert codes(here) == codes(there)
    for one, other in itertools.zip_longest(here.tests, there.tests):
        assert one.genes == other.genes
        assert [c.disease for c in one.covers] == [c.disease for c in other.covers]
        assert one.mass == pytest.approx(other.mass)
    assert here.panel.genes == there.panel.genes


def in_order(knowledge: Knowledge, order) -> Knowledge:
    """The same release with its diseases in another order: what a plan reads of it."""
    old, rows = knowledge.diseases, knowledge.annotations
    place = np.argsort(order)
    diseases = Diseases(
        old.record_ids,
        old.record_names,
        place[old.record_owner].astype(np.int32),
        Rows.of([old.records[d] for d in order]),
    )
    taken = [np.array(rows.rows_of(d), np.int64) for d in order]
    annotations = replace(
        rows,
        pointers=np.cumsum([0, *map(len, taken)]),
        records=rows.records[np.concatenate(taken)],
        relations=rows.relations[np.concatenate(taken)],
    )
    links = replace(knowledge.genes, of_disease=Rows.of([knowledge.genes.of_disease[d] for d in order]))
    return replace(knowledge, diseases=diseases, annotations=annotations, genes=links)
