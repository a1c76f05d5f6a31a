from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.genetic_tests.done import UNKNOWN_GENE, after_done
from matching.genetic_tests.known import NOTHING_KNOWN, Known, TestDone, TestResult
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.plan import plan_tests
from matching.genetic_tests.proposal import DoneKind, Reason, Unread

FRAGILE_X, LONG_LIMB, FIT_1, NO_GENE, DELETION = (
    "OMIM:300624",
    "OMIM:900001",
    "OMIM:900002",
    "OMIM:900007",
    "DECIPHER:900",
)
REPEAT = TestDone("repeat_pcr", genes=("FMR1",))
EXOME = TestDone("exome", year=2023)
PANEL = TestDone("gene_panel", genes=("FITA",))
ARRAY = TestDone("microarray")


@pytest.fixture(scope="module")
def table(small_knowledge):
    return LesionTable.open(small_knowledge)


def belief(knowledge, shares):
    given = np.zeros(len(knowledge.diseases))
    for id, share in shares.items():
        given[knowledge.diseases.position(id)] = share
    return given


def after(knowledge, table, shares, *done, year=None):
    state = after_done(knowledge, table, belief(knowledge, shares), Known(done=done, year=year))
    return state, {id: state.belief[knowledge.diseases.position(id)] for id in shares}


def test_negative_repeat_test_lowers_its_disease_by_its_sensitivity(small_knowledge, table):
    # .5 · (1 - .95) = .025 against .5 untouched: .025/.525 and .5/.525
    detects = table.lesions[[lesion.disease_id for lesion in table.lesions].index(FRAGILE_X)].detects
    state, now = after(small_knowledge, table, {FRAGILE_X: 0.5, FIT_1: 0.5}, REPEAT)
    left = 0.5 * (1 - detects)
    assert now[FRAGILE_X] == pytest.approx(left / (left + 0.5))
    assert now[FIT_1] == pytest.approx(0.5 / (left + 0.5))
    (effect,) = state.effects
    assert (effect.kind, effect.lowered) == (DoneKind.LOWERED, pytest.approx(0.5 * detects))


def test_negative_exome_leaves_what_it_is_blind_to(small_knowledge, table):
    # fragile X: exome sees none of it; Fit syndrome 1 has one gene, all read: .5 · (1 - .8) = .1
    _, now = after(small_knowledge, table, {FRAGILE_X: 0.5, FIT_1: 0.5}, EXOME)
    assert now[FRAGILE_X] == pytest.approx(0.5 / 0.6)
    assert now[FIT_1] == pytest.approx(0.1 / 0.6)


def test_negative_exome_hardly_lowers_a_disease_without_a_known_gene(small_knowledge, table):
    state, _ = after(small_knowledge, table, {NO_GENE: 1.0}, EXOME)
    assert state.effects[0].lowered == pytest.approx(MODALITIES["exome"].detects * UNKNOWN_GENE)


def test_negative_panel_lowers_the_genes_it_read_alone(small_knowledge, table):
    # .5 · (1 - .85) = .075
    _, now = after(small_knowledge, table, {LONG_LIMB: 0.5, FIT_1: 0.5}, PANEL)
    assert now[FIT_1] == pytest.approx(0.075 / 0.575)


def test_exome_after_a_panel_is_counted_once(small_knowledge, table):
    # what sequencing of a gene misses it misses twice: .15 is left, as after the panel alone
    _, twice = after(small_knowledge, table, {FRAGILE_X: 0.5, FIT_1: 0.5}, PANEL, EXOME)
    assert twice[FIT_1] == pytest.approx(0.075 / 0.575)


def test_negative_microarray_lowers_deletions(small_knowledge, table):
    _, now = after(small_knowledge, table, {DELETION: 0.5, FIT_1: 0.5}, ARRAY)
    assert now[DELETION] == pytest.approx(0.5 * 0.05 / (0.5 * 0.05 + 0.5))


@pytest.mark.parametrize(
    ("done", "kind", "why"),
    [
        (TestDone("exome", TestResult.UNCERTAIN), DoneKind.UNREAD, Unread.UNCERTAIN),
        (TestDone("gene_panel"), DoneKind.UNREAD, Unread.NO_GENES),
        (TestDone("gene_panel", genes=("NOWHERE",)), DoneKind.UNREAD, Unread.NO_GENES),
        (TestDone("repeat_pcr"), DoneKind.UNREAD, Unread.NO_LOCUS),
        (TestDone("exome", TestResult.POSITIVE), DoneKind.ANSWERED, None),
    ],
)
def test_what_a_test_cannot_tell_leaves_the_belief_and_is_said(small_knowledge, table, done, kind, why):
    shares = {FRAGILE_X: 0.3, FIT_1: 0.7}
    state, now = after(small_knowledge, table, shares, done)
    assert now == pytest.approx(shares)
    assert (state.effects[0].kind, state.effects[0].why, state.effects[0].lowered) == (kind, why, 0.0)


@pytest.mark.parametrize(("year", "again"), [(2024, False), (2025, True), (None, False)])
def test_exome_is_read_again_after_two_years(small_knowledge, table, year, again):
    shares = belief(small_knowledge, {FIT_1: 0.6, LONG_LIMB: 0.4})
    plan = plan_tests(small_knowledge, shares, table, known=Known(done=(EXOME,), year=year))
    assert ("exome:reanalysis" in [test.code for test in plan.tests]) == again
    assert (plan.done[0].kind is DoneKind.REANALYSE) == again
    assert plan.done[0].lowered > 0
    if again:
        suggested = next(test for test in plan.tests if test.code == "exome:reanalysis")
        assert suggested.reason is Reason.READ_YEARS_AGO
        assert suggested.genes[0] == "FITA"
        assert any("27441994" in source.citation and source.verified for source in suggested.sources)


def test_what_was_done_is_not_suggested_again(small_knowledge, table):
    shares = belief(small_knowledge, {FRAGILE_X: 0.4, FIT_1: 0.3, DELETION: 0.3})
    known = Known(done=(REPEAT, ARRAY, EXOME), year=2023)
    codes = [test.code for test in plan_tests(small_knowledge, shares, table, limit=6, known=known).tests]
    assert not {"repeat_pcr:FMR1", "microarray:genome", "exome:trio", "gene_panel:virtual"} & set(codes)


def test_genes_of_a_panel_are_not_read_again(small_knowledge, table):
    shares = belief(small_knowledge, {FIT_1: 0.5, LONG_LIMB: 0.5})
    tests = plan_tests(small_knowledge, shares, table, known=Known(done=(PANEL,))).tests
    assert tests[0].genes == ("LIMB1",)
    assert all("FITA" not in test.genes for test in tests)


def test_fragile_x_after_a_negative_exome_is_tested_first(small_knowledge, table):
    shares = belief(small_knowledge, {FRAGILE_X: 0.015, FIT_1: 0.985})
    assert plan_tests(small_knowledge, shares, table).tests[0].code == "gene_panel:virtual"
    after_exome = plan_tests(small_knowledge, shares, table, known=Known(done=(EXOME,)))
    assert after_exome.tests[0].code == "repeat_pcr:FMR1"  # .015 against .985 · .15 or .2


def test_nothing_known_changes_nothing(small_knowledge, table):
    shares = belief(small_knowledge, {FRAGILE_X: 0.2, FIT_1: 0.5, LONG_LIMB: 0.3})
    here, there = (
        plan_tests(small_knowledge, shares, table),
        plan_tests(small_knowledge, shares, table, known=NOTHING_KNOWN),
    )
    assert here == there
    assert (here.done, here.family, here.catalogue) == ((), (), "")


tests_done = st.builds(
    TestDone,
    modality=st.sampled_from(sorted(MODALITIES)),
    result=st.sampled_from(TestResult),
    genes=st.lists(st.sampled_from(["FMR1", "FITA", "LIMB1", "NOWHERE"]), unique=True, max_size=3).map(tuple),
    target=st.sampled_from(["", "FMR1", "genome"]),
    year=st.none() | st.integers(2000, 2030),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(
    weights=st.lists(st.floats(0.001, 1), min_size=11, max_size=11),
    done=st.lists(tests_done, max_size=5),
    year=st.none() | st.just(2026),
)
def test_belief_stays_a_distribution_and_every_test_is_told(small_knowledge, table, weights, done, year):
    shares = np.array(weights) / sum(weights)
    state = after_done(small_knowledge, table, shares, Known(done=tuple(done), year=year))
    assert state.belief.sum() == pytest.approx(1)
    assert (state.belief > 0).all()
    assert [effect.test for effect in state.effects] == done
    assert all(0 <= effect.lowered < 1 for effect in state.effects)
    plan = plan_tests(small_knowledge, shares, table, known=Known(done=tuple(done), year=year))
    assert len({test.code for test in plan.tests}) == len(plan.tests) <= 3
