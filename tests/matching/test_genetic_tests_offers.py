from __future__ import annotations

import statistics

import numpy as np
import pytest

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.known import NOTHING_KNOWN, Known, TestDone
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.offers import Offers
from matching.genetic_tests.plan import PANEL_GENES, plan_tests
from matching.genetic_tests.proposal import DoneKind, Reason

FRAGILE_X, LONG_LIMB, FIT_1, FIT_2, HEART = (
    "OMIM:300624",
    "OMIM:900001",
    "OMIM:900002",
    "OMIM:900003",
    "OMIM:900004",
)
FITS = CatalogueTest("P1", "Epilepsy", "gene_panel", ("FITA", "FITB", "NEW1"))
ALL = CatalogueTest(
    "P2", "Everything", "gene_panel", ("FITA", "FITB", "LIMB1", "HEART1", *(f"G{i}" for i in range(60)))
)
REPEAT = CatalogueTest("R1", "Fragile X (STR testing)", "repeat_pcr", ("FMR1",), "FMR1 STR")
EXOME = CatalogueTest("W1", "Exome", "exome")
ARRAY = CatalogueTest("A1", "Microarray", "microarray", target="Genomewide")


@pytest.fixture(scope="module")
def table(small_knowledge):
    return LesionTable.open(small_knowledge)


def offers(knowledge, table, *tests):
    return Offers.of(knowledge, table, Catalogue("hospital", "7", tests))


def belief(knowledge, shares):
    spread = np.full(len(knowledge.diseases), (1 - sum(shares.values())) / len(knowledge.diseases))
    for id, share in shares.items():
        spread[knowledge.diseases.position(id)] += share
    return spread


def plan(knowledge, table, shares, *tests, known=NOTHING_KNOWN, **more):
    return plan_tests(
        knowledge, belief(knowledge, shares), table, known=known, offers=offers(knowledge, table, *tests), **more
    )


def test_the_panel_that_finds_most_per_cost_is_ordered(small_knowledge, table):
    # both hold all; three genes cost 1 + .35 log2 3 = 1.55, sixty-four 3.1
    found = plan(small_knowledge, table, {FIT_1: 0.6, FIT_2: 0.4}, FITS, ALL, EXOME)
    first = found.tests[0]
    assert (first.code, first.ordered_as, first.offered) == ("gene_panel:P1", FITS, True)
    assert set(first.genes) == {"FITA", "FITB", "NEW1"}
    assert first.genes[0] == "FITA"  # the likeliest
    assert first.mass == pytest.approx(1)
    assert found.catalogue == "hospital 7"


def test_a_price_decides_where_there_is_one(small_knowledge, table):
    dear = CatalogueTest("P3", "Epilepsy", "gene_panel", ("FITA", "FITB"), price=900.0)
    cheap = CatalogueTest("P4", "Epilepsy and more", "gene_panel", ("FITA", "FITB", "LIMB1", "HEART1"), price=300.0)
    first = plan(small_knowledge, table, {FIT_1: 0.6, FIT_2: 0.4}, dear, cheap).tests[0]
    assert first.ordered_as == cheap


def test_sensitivity_of_the_catalogue_counts(small_knowledge, table):
    poor = CatalogueTest("P5", "Fits", "gene_panel", ("FITA", "FITB"), sensitivity=0.3)
    first = plan(small_knowledge, table, {FIT_1: 0.6, FIT_2: 0.4}, poor, FITS).tests[0]
    assert first.ordered_as == FITS


def test_a_panel_that_holds_little_gives_way_to_the_exome_with_a_virtual_panel(small_knowledge, table):
    shares = {FIT_1: 0.3, LONG_LIMB: 0.3, HEART: 0.4}
    first = plan(small_knowledge, table, shares, FITS, EXOME).tests[0]
    assert (first.code, first.ordered_as, first.offered) == ("exome:trio", EXOME, True)
    assert first.reason is Reason.NO_PANEL
    assert first.genes[0] == "HEART1"
    assert {"FITA", "LIMB1"} <= set(first.genes)
    # FITA's panel lends to its other genes, one of them not linked to any disease; after all that have belief
    assert first.genes[-1] == "NEW1"


def test_what_the_catalogue_cannot_do_is_said(small_knowledge, table):
    found = plan(small_knowledge, table, {FRAGILE_X: 0.6, FIT_1: 0.4}, FITS)
    repeat = found.tests[0]
    assert (repeat.code, repeat.ordered_as, repeat.offered) == ("repeat_pcr:FMR1", None, False)
    with_it = plan(small_knowledge, table, {FRAGILE_X: 0.6, FIT_1: 0.4}, FITS, REPEAT).tests[0]
    assert (with_it.ordered_as, with_it.offered) == (REPEAT, True)


def test_without_an_exome_in_the_catalogue_the_exome_is_not_offered(small_knowledge, table):
    first = plan(small_knowledge, table, {LONG_LIMB: 1.0}, FITS).tests[0]
    assert (first.code, first.offered) == ("exome:trio", False)


def test_without_a_catalogue_nothing_is_said_of_one(small_knowledge, table):
    found = plan_tests(small_knowledge, belief(small_knowledge, {FIT_1: 1.0}), table)
    assert [(test.ordered_as, test.offered) for test in found.tests] == [(None, None)] * len(found.tests)


@pytest.mark.parametrize(
    ("test", "does"),
    [
        (REPEAT, True),
        (CatalogueTest("R2", "Repeat PCR", "repeat_pcr", target="fmr1 repeat"), True),
        (CatalogueTest("R3", "Repeat PCR", "repeat_pcr", ("HTT",)), False),
        (CatalogueTest("R4", "FMR1 sequencing", "gene_panel", ("FMR1",)), False),  # it cannot see the repeat
        (CatalogueTest("R5", "Fragile X carrier test", "repeat_pcr", ("FMR1",)), False),  # not for a patient
        (CatalogueTest("R6", "Hypotonia repeats", "repeat_pcr", ("FMR1", *(f"G{i}" for i in range(40)))), False),
    ],
)
def test_a_lesion_test_is_met_by_modality_and_locus(small_knowledge, table, test, does):
    found = offers(small_knowledge, table, test)
    index = next(i for i, kind in enumerate(table.tests) if kind.code == "repeat_pcr:FMR1")
    assert (found.lesion_tests[index] == 0) == does


def test_a_test_called_as_the_disease_goes_before_another_of_the_same_locus(small_knowledge, table):
    other = CatalogueTest("R7", "Ovarian insufficiency", "repeat_pcr", ("FMR1",))
    found = offers(small_knowledge, table, other, REPEAT)
    index = next(i for i, kind in enumerate(table.tests) if kind.code == "repeat_pcr:FMR1")
    assert found.tests[found.lesion_tests[index]] == REPEAT


def test_a_test_done_under_a_code_of_the_catalogue_looked_at_its_genes(small_knowledge, table):
    known = Known(done=(TestDone("gene_panel", code="P1"),))
    found = plan(small_knowledge, table, {FIT_1: 0.5, LONG_LIMB: 0.5}, FITS, EXOME, known=known)
    assert found.done[0].kind is DoneKind.LOWERED
    assert found.done[0].lowered == pytest.approx(0.5 * 0.85)  # FITA's disease, what panels show of it
    assert all(not {"FITA", "FITB"} & set(test.genes) for test in found.tests)


def test_an_acutely_ill_patient_gets_the_fast_exome(small_knowledge, table):
    fast = CatalogueTest("W2", "Rapid exome", "exome", days=7)
    slow = CatalogueTest("W3", "Exome", "exome", days=90)
    tests = {
        ill: plan(small_knowledge, table, {LONG_LIMB: 1.0}, slow, fast, known=Known(acutely_ill=ill))
        .tests[0]
        .ordered_as
        for ill in (False, True)
    }
    assert tests == {False: slow, True: fast}


def test_turnaround_counts_for_an_acutely_ill_patient(small_knowledge, table):
    # two genes for 1.35 in 90 days, three for 1.55 in 7: 1.35 · 7.4 against 1.55 · 1.5
    slow = CatalogueTest("P6", "Fits, slow", "gene_panel", ("FITA", "FITB"), days=90)
    fast = CatalogueTest("P7", "Fits, fast", "gene_panel", ("FITA", "FITB", "LIMB1"), days=7)
    shares = {FIT_1: 0.6, FIT_2: 0.4}
    for ill, expected in ((False, slow), (True, fast)):
        assert (
            plan(small_knowledge, table, shares, slow, fast, known=Known(acutely_ill=ill)).tests[0].ordered_as
            == expected
        )


@pytest.mark.real
def test_plan_with_five_thousand_panels_takes_under_20_ms(cpu_seconds, real_knowledge):
    table = LesionTable.open(real_knowledge)
    dice = np.random.default_rng(618)
    symbols = list(real_knowledge.genes.symbols)
    panels = tuple(
        CatalogueTest(f"P{i}", f"Panel {i}", "gene_panel", tuple(dice.choice(symbols, size, replace=False).tolist()))
        for i, size in enumerate(dice.choice([1, 5, 20, 50, 100, 140, 300], 5000).tolist())
    )
    found = Offers.of(real_knowledge, table, Catalogue("many", "1", (*panels, EXOME, ARRAY)))
    seconds = []
    for _ in range(5):
        shares = dice.dirichlet(np.full(len(real_knowledge.diseases), 0.01))
        made = plan_tests(real_knowledge, shares, table, offers=found)
        assert sum(len(test.genes) for test in made.tests) <= PANEL_GENES
        seconds.append(cpu_seconds(lambda shares=shares: plan_tests(real_knowledge, shares, table, offers=found)))
    assert statistics.median(seconds) < 0.02
