"""An assay ordered in one with sequencing, because short reads miss a gene that fits as well as its siblings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.typical import Typical
from matching.genetic_tests.beside import BESIDE, OF_LIKELIEST_GENE, assay_beside
from matching.genetic_tests.known import Known, TestDone
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.orders import with_orders
from matching.genetic_tests.plan import plan_tests
from matching.genetic_tests.proposal import NextStep, Reason, Sample, assays
from matching.genetic_tests.rows import packaged_lesions, read_lesions
from matching.onset import Onsets
from ontology.features import PatientSex
from service.wording import Wording
from service.wording_tests import PlanWording

LONG_LIMB, FIT_1, FIT_2, HEART = "OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900004"
HEAD = (
    "disease_id\tdisease\tgene_or_locus\tgenes\tmechanism\tmodality\ttarget\ttest\tsecond_line\texome_misses\t"
    "exome_sees\tdetects\tsource\turl\twords\tverified"
)


def hard(mechanism: str = "hard_to_read", exome_sees: str = "none", disease: str = FIT_2, gene: str = "FITB") -> str:
    return (
        f"{disease}\tFit syndrome 2\t{gene} repeat\t{gene}\t{mechanism}\ttargeted_variant\t{gene}\t"
        f"{gene} by long reads\ta genome\tthe repeat\t{exome_sees}\t1.0\ta page\thttps://example.org\t{gene}\tyes"
    )


def table_of(knowledge, *rows: str) -> LesionTable:
    return LesionTable.of(knowledge, read_lesions("\n".join((HEAD, *rows))))


@pytest.fixture(scope="module")
def table(small_knowledge):
    return table_of(small_knowledge, hard())


def belief(knowledge, shares):
    held = np.zeros(len(knowledge.diseases), np.float32)
    for id, share in shares.items():
        held[knowledge.diseases.position(id)] = share
    return held


def first(knowledge, table, shares, **options):
    return plan_tests(knowledge, belief(knowledge, shares), table, **options).tests[0]


def test_sequencing_goes_in_one_with_the_assay_of_a_gene_that_it_misses(small_knowledge, table):
    # .015 of the belief is what the assay alone finds: above BESIDE, and below what puts a lesion test first
    test = first(small_knowledge, table, {FIT_1: 0.985, FIT_2: 0.015})
    assert (test.modality, test.genes) == ("gene_panel", ("FITA",))
    assert (test.beside.code, test.beside.reason) == ("targeted_variant:FITB", Reason.WITH_SEQUENCING)
    assert test.beside.mass == pytest.approx(0.015)
    assert test.beside.beside is None


def test_what_the_assay_alone_finds_has_to_count(small_knowledge, table):
    # .008 is below BESIDE, and below a third of .992 in the likeliest gene
    assert first(small_knowledge, table, {FIT_1: 0.992, FIT_2: 0.008}).beside is None
    # of a gene that an exome reads in part (.3), .7 of .015 counts: .0105; and of .013, .0091
    part = table_of(small_knowledge, hard(exome_sees="part"))
    assert first(small_knowledge, part, {FIT_1: 0.985, FIT_2: 0.015}).beside is not None
    assert first(small_knowledge, part, {FIT_1: 0.987, FIT_2: 0.013}).beside is None


def test_where_belief_is_flat_a_share_of_the_likeliest_gene_is_enough(small_knowledge, table):
    left = belief(small_knowledge, {FIT_2: 0.004}).astype(np.float64)
    hard_one = table.having({"targeted_variant:FITB"}).pop()
    assert assay_beside(table, left, 0.013, set()) == hard_one  # .004 is more than .3 · .013 = .0039
    assert assay_beside(table, left, 0.014, set()) == -1  # and less than .3 · .014 = .0042
    assert assay_beside(table, left, 0.013, {hard_one}) == -1


@pytest.mark.parametrize(
    ("mechanism", "goes"),
    [("gene_deletion", True), ("exon_deletion", True), ("inversion", True), ("repeat_expansion", False)],
)
def test_lesions_outside_what_a_list_of_genes_reads_stay_tests_of_their_own(small_knowledge, mechanism, goes):
    table = table_of(small_knowledge, hard(mechanism))
    assert (first(small_knowledge, table, {FIT_1: 0.985, FIT_2: 0.015}).beside is not None) is goes


def test_an_assay_that_was_done_does_not_go_beside(small_knowledge, table):
    done = Known(done=(TestDone("targeted_variant", target="FITB"),))
    # a negative one: what is left of the belief in FITB is a hundredth of .015
    assert first(small_knowledge, table, {FIT_1: 0.985, FIT_2: 0.015}, known=done).beside is None


def test_the_assay_beside_counts_among_the_tests_of_a_plan(small_knowledge, table):
    shares = {FIT_1: 0.5, LONG_LIMB: 0.285, HEART: 0.2, FIT_2: 0.015}
    for limit in range(5):
        plan = plan_tests(small_knowledge, belief(small_knowledge, shares), table, limit)
        assert len(list(assays(plan.tests))) <= limit
    assert first(small_knowledge, table, shares, limit=1).beside is None


def test_a_lesion_test_first_leaves_sequencing_alone(small_knowledge):
    table = table_of(small_knowledge, hard(), hard(disease=HEART, gene="HEART1"))
    shares = {FIT_1: 0.785, HEART: 0.2, FIT_2: 0.015}
    tests = plan_tests(small_knowledge, belief(small_knowledge, shares), table).tests
    assert tests[0].code == "targeted_variant:HEART1"
    assert [test.beside for test in tests] == [None] * len(tests)


def test_the_assay_beside_has_its_sample_and_its_second_line(small_knowledge, table):
    plan = plan_tests(small_knowledge, belief(small_knowledge, {FIT_1: 0.985, FIT_2: 0.015}), table)
    told = with_orders(plan, small_knowledge, table, Onsets.of(small_knowledge), PatientSex.UNKNOWN).tests[0]
    assert told.beside.samples == (Sample.BLOOD_EDTA,)
    assert told.beside.if_negative is NextStep.SECOND_LINE


def test_name_and_reason_of_the_order_tell_both(small_knowledge, table):
    test = first(small_knowledge, table, {FIT_1: 0.985, FIT_2: 0.015})
    english = PlanWording(Wording.of(small_knowledge))
    assert english.name(test) == "Sequencing of FITA, in one order with FITB by long reads"
    assert "sent with the sequencing" in english.reason(test)
    assert english.reason(test).endswith("Short-read exome cannot be relied on to show the repeat.")
    chinese = PlanWording(Wording.of(small_knowledge).into("zh"))
    assert chinese.name(test) == "FITA 基因测序，同时送检：FITB by long reads"


def test_an_assay_beside_that_is_not_needed_counts_against_the_plan(small_knowledge, table):
    plan = plan_tests(small_knowledge, belief(small_knowledge, {FIT_1: 0.985, FIT_2: 0.015}), table)
    (lesion,) = (each for each in table.lesions if each.disease_id == FIT_2)
    other = next(row for row in packaged_lesions() if row.modality == "targeted_variant")
    assert Typical(0, lesion, 0.0, plan).right()
    assert not Typical(0, other, 0.0, plan).right()  # of the same modality, at another locus
    assert not Typical(0, None, 0.0, plan).right()
    alone = plan_tests(small_knowledge, belief(small_knowledge, {FIT_1: 1.0}), table)
    assert Typical(0, None, 0.0, alone).right()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(weights=st.lists(st.floats(0, 1), min_size=11, max_size=11).filter(lambda w: sum(w) > 0.01))
def test_what_goes_beside_is_worth_it_and_alone_in_its_plan(small_knowledge, table, weights):
    posterior = np.array(weights) / sum(weights)
    plan = plan_tests(small_knowledge, posterior.astype(np.float32), table)
    codes = [test.code for test in assays(plan.tests)]
    assert len(set(codes)) == len(codes)
    assert all(test.beside is None for test in plan.tests[1:])
    genes = table.genes.mass(posterior * table.exome_sees, len(small_knowledge.genes.symbols))
    for test in plan.tests[:1]:
        if test.beside is not None:  # all of its mass is missed: short reads show none of it, and the assay all
            assert test.modality in ("gene_panel", "exome")
            assert test.beside.mass >= min(BESIDE, OF_LIKELIEST_GENE * genes.max()) - 1e-6


@pytest.mark.real
def test_deafness_alone_asks_for_its_genes_with_the_copies_of_strc(real_knowledge):
    from benchmarks.evaluate import Bench
    from benchmarks.typical import missed_by_short_reads

    lesions = LesionTable.open(real_knowledge)
    only = LesionTable.of(real_knowledge, [row for row in packaged_lesions() if row.code == "mlpa:hearing"])
    bench = Bench(real_knowledge, "lm", "all", None)
    found = list(missed_by_short_reads(bench, only, lambda held: plan_tests(real_knowledge, held, lesions)))
    assert len(found) == 3
    assert all(patient.right() for patient in found)
