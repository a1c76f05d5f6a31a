"""What a suggestion says beside its genes: what to send, to talk about, whose samples help, and what comes next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.orders import Concern, consent, if_negative, relatives, samples, with_orders
from matching.genetic_tests.plan import plan_tests
from matching.genetic_tests.proposal import (
    ConsentPoint,
    CoveredDisease,
    NextStep,
    Reason,
    Relatives,
    Sample,
    TestPlan,
    TestSuggestion,
    VirtualPanel,
)
from matching.genetic_tests.rows import packaged_lesions, packaged_sequenced
from matching.onset import Onsets
from ontology.features import PatientSex
from service.wording import Wording
from service.wording_orders import OrderWording
from service.wording_tests import PlanWording

NOTHING = Concern()
LESION = next(lesion for lesion in packaged_lesions() if lesion.disease_id == "OMIM:300624")


def suggestion(modality, code="", assay="", mass=0.5, reason=Reason.USUAL_LESION, lesion=None, posterior=0.5):
    covers = (CoveredDisease("OMIM:1", "a disease", posterior, ()),)
    return TestSuggestion(code or modality, modality, (), covers, (), reason, mass=mass, assay=assay, lesion=lesion)


def plan(*tests):
    return TestPlan(tests, VirtualPanel((), 0.0), 0.0)


@pytest.mark.parametrize(
    ("modality", "assay", "expected"),
    [
        ("repeat_pcr", "", [Sample.BLOOD_EDTA]),
        ("karyotype", "", [Sample.BLOOD_HEPARIN]),
        ("mitochondrial", "", [Sample.BLOOD_EDTA, Sample.URINE, Sample.MUSCLE]),
        ("functional", "Chromosome breakage test (diepoxybutane)", [Sample.BLOOD_HEPARIN]),
        ("enzyme", "Glucocerebrosidase activity in leucocytes or dried blood", ["dried_blood_spot", "blood_edta"]),
        ("enzyme", "Acid sphingomyelinase activity", [Sample.DRIED_BLOOD_SPOT]),
        ("enzyme", "Plasma very long chain fatty acids", [Sample.PLASMA]),
        ("enzyme", "Urine organic acids with plasma acylcarnitines and amino acids", ["plasma", "urine"]),
        ("enzyme", "Sweat chloride", [Sample.SWEAT]),
    ],
)
def test_what_is_sent_follows_the_assay(modality, assay, expected):
    assert list(samples(suggestion(modality, assay=assay), NOTHING)) == expected


def test_what_is_mosaic_is_looked_for_in_another_tissue_first():
    sent = samples(suggestion("karyotype"), Concern(mosaic=True))
    assert sent == (Sample.SKIN_FIBROBLASTS, Sample.SECOND_TISSUE, Sample.BLOOD_HEPARIN)


def test_data_that_are_there_need_no_sample():
    assert samples(suggestion("exome", "exome:reanalysis"), NOTHING) == ()


def test_a_trio_tells_of_what_nobody_looked_for_and_of_parentage():
    trio = suggestion("exome", "exome:trio")
    assert consent(trio, NOTHING) == (
        ConsentPoint.UNCERTAIN_VARIANTS,
        ConsentPoint.SECONDARY_FINDINGS,
        ConsentPoint.PARENTAGE,
        ConsentPoint.CARRIER_STATUS,
    )
    assert relatives(trio, Concern(x_linked=True, recessive=True), PatientSex.MALE) == (Relatives.PARENTS_TRIO,)


def test_a_test_at_one_locus_finds_nothing_else():
    assert consent(suggestion("repeat_pcr"), NOTHING) == ()


@pytest.mark.parametrize(
    ("concern", "sex", "expected"),
    [
        (Concern(recessive=True), PatientSex.MALE, [Relatives.PARENTS_CARRIERS]),
        (Concern(x_linked=True), PatientSex.MALE, [Relatives.MOTHER_CARRIER]),
        (Concern(x_linked=True), PatientSex.UNKNOWN, [Relatives.MOTHER_CARRIER]),
        # a girl may have it from either parent
        (Concern(x_linked=True), PatientSex.FEMALE, [Relatives.PARENTS_ORIGIN]),
        (Concern(mitochondrial=True), PatientSex.FEMALE, [Relatives.MATERNAL_LINE]),
        (Concern(dominant=True), PatientSex.MALE, [Relatives.PARENTS_ORIGIN]),
        (Concern(imprinted=True), PatientSex.MALE, [Relatives.PARENTS_ORIGIN]),
        (NOTHING, PatientSex.MALE, []),
    ],
)
def test_whose_samples_help_follows_inheritance_and_sex(concern, sex, expected):
    assert list(relatives(suggestion("mlpa"), concern, sex)) == expected


def test_parents_tell_whether_a_copy_number_is_new():
    assert relatives(suggestion("microarray"), NOTHING, PatientSex.MALE) == (Relatives.PARENTS_ORIGIN,)


def test_after_a_negative_lesion_test_comes_what_holds_more_belief():
    # The assay finds all but .05 of it: .5 * .05 = .025 of the belief is left of its disease.
    lesion_test = suggestion("repeat_pcr", lesion=LESION, posterior=0.5)
    assert LESION.detects == pytest.approx(0.95)
    for mass, expected in ((0.03, NextStep.NEXT_SUGGESTION), (0.02, NextStep.SECOND_LINE)):
        behind = suggestion("exome", "exome:trio", mass=mass, reason=Reason.AFTER_NEGATIVE)
        assert if_negative(plan(lesion_test, behind), 0) is expected
    assert if_negative(plan(lesion_test), 0) is NextStep.SECOND_LINE


@pytest.mark.parametrize(
    ("modality", "code", "reason", "expected"),
    [
        ("gene_panel", "gene_panel:virtual", Reason.LIKELY_GENES, NextStep.EXOME),
        ("exome", "exome:trio", Reason.BELIEF_SPREAD, NextStep.REANALYSE),
        ("exome", "exome:reanalysis", Reason.READ_YEARS_AGO, NextStep.GENOME),
        ("microarray", "microarray:genome", Reason.BESIDE_EXOME, NextStep.GENOME),
    ],
)
def test_behind_the_last_test_stands_what_reads_more(modality, code, reason, expected):
    last = suggestion(modality, code, reason=reason)
    assert if_negative(plan(last), 0) is expected
    assert if_negative(plan(last, last), 0) is NextStep.NEXT_SUGGESTION


@given(
    st.sampled_from(sorted(MODALITIES)),
    st.builds(Concern, *(st.booleans() for _ in Concern.__dataclass_fields__)),
    st.sampled_from(PatientSex),
)
def test_nothing_is_said_twice_and_dna_tests_have_a_sample(modality, concern, sex):
    test = suggestion(modality, code=f"{modality}:x")
    for said in (samples(test, concern), consent(test, concern), relatives(test, concern, sex)):
        assert len(set(said)) == len(said)
    if modality not in ("enzyme", "functional"):
        assert samples(test, concern)


def ordered(knowledge, disease, sex=PatientSex.MALE):
    """The first test of a plan where `disease` holds all of the belief."""
    belief = np.zeros(len(knowledge.diseases), np.float32)
    belief[knowledge.diseases.position(disease)] = 1
    lesions = LesionTable.open(knowledge)
    made = plan_tests(knowledge, belief, lesions)
    return with_orders(made, knowledge, lesions, Onsets.of(knowledge), sex).tests[0]


SEQUENCED = next(row for row in packaged_sequenced() if row.disease_id == "OMIM:154700")  # Marfan: MLPA of the gene


def adding(knowledge, second_line, shares, **options):
    """The tests of a plan where Long-limb syndrome is a disease that sequencing shows, with `second_line` to add."""
    row = replace(SEQUENCED, disease_id="OMIM:900001", disease="Long-limb syndrome", second_line=second_line)
    belief = np.zeros(len(knowledge.diseases), np.float32)
    for id, share in shares.items():
        belief[knowledge.diseases.position(id)] = share
    lesions = LesionTable.of(knowledge, packaged_lesions(), [row])
    made = plan_tests(knowledge, belief, lesions, **options)
    return with_orders(made, knowledge, lesions, Onsets.of(knowledge), PatientSex.MALE).tests


def test_what_to_add_to_sequencing_is_that_of_its_likeliest_disease(small_knowledge):
    panel = adding(small_knowledge, "MLPA of the gene", {"OMIM:900001": 0.6, "OMIM:900002": 0.4})[0]
    assert (panel.modality, panel.adds.second_line) == ("gene_panel", "MLPA of the gene")
    assert SEQUENCED.source in panel.sources
    wording = OrderWording(PlanWording(Wording.of(small_knowledge)))
    assert wording.if_negative(panel, None).endswith("Where Long-limb syndrome stays suspected: MLPA of the gene.")


def test_what_to_add_for_a_disease_that_does_not_lead_is_not_said(small_knowledge):
    panel = adding(small_knowledge, "MLPA of the gene", {"OMIM:900001": 0.4, "OMIM:900002": 0.6})[0]
    assert panel.adds is None


@pytest.mark.parametrize(
    ("second_line", "added"),
    [("trio exome", False), ("skeletal dysplasia gene panel", False), ("microarray", True)],
)
def test_an_exome_is_not_followed_by_the_same_genes(small_knowledge, second_line, added):
    # no panel may have a gene, so the exome comes first
    exome = adding(small_knowledge, second_line, {"OMIM:900001": 0.6, "OMIM:900002": 0.4}, panel_genes=0)[0]
    assert exome.code == "exome:trio"
    assert (exome.adds is not None) is added


def test_fragile_x_concerns_the_mother(small_knowledge):
    test = ordered(small_knowledge, "OMIM:300624")
    assert test.code == "repeat_pcr:FMR1"
    assert test.samples == (Sample.BLOOD_EDTA,)
    assert test.relatives == (Relatives.MOTHER_CARRIER,)
    assert test.consent == (ConsentPoint.CARRIER_STATUS, ConsentPoint.RELATIVES_CONCERNED)


@pytest.mark.real
@pytest.mark.parametrize(
    ("disease", "point"),
    [
        ("OMIM:143100", True),  # Huntington disease
        ("OMIM:183090", True),  # spinocerebellar ataxia 2
        ("OMIM:160900", True),  # myotonic dystrophy 1
        ("OMIM:209880", False),  # congenital central hypoventilation, a dominant repeat expansion of newborns
        ("OMIM:229300", False),  # Friedreich ataxia, recessive
        ("OMIM:300624", False),  # fragile X syndrome
    ],
)
def test_relatives_who_are_well_are_thought_of_where_it_begins_late(real_knowledge, disease, point):
    assert (ConsentPoint.PRESYMPTOMATIC in ordered(real_knowledge, disease).consent) is point


@pytest.mark.real
@pytest.mark.parametrize(
    ("disease", "sample", "whose"),
    [
        ("OMIM:540000", Sample.URINE, Relatives.MATERNAL_LINE),  # MELAS
        ("OMIM:601803", Sample.SKIN_FIBROBLASTS, Relatives.PARENTS_ORIGIN),  # Pallister-Killian syndrome
        ("OMIM:253300", Sample.BLOOD_EDTA, Relatives.PARENTS_CARRIERS),  # spinal muscular atrophy
        ("OMIM:310200", Sample.BLOOD_EDTA, Relatives.MOTHER_CARRIER),  # Duchenne muscular dystrophy
        ("OMIM:176270", Sample.BLOOD_EDTA, Relatives.PARENTS_ORIGIN),  # Prader-Willi syndrome
        ("OMIM:192430", Sample.BLOOD_EDTA, Relatives.PARENTS_ORIGIN),  # 22q11.2 deletion
        ("OMIM:227650", Sample.BLOOD_HEPARIN, Relatives.PARENTS_CARRIERS),  # Fanconi anaemia
    ],
)
def test_the_well_known_orders_of_the_real_release(real_knowledge, disease, sample, whose):
    test = ordered(real_knowledge, disease)
    assert sample in test.samples
    assert whose in test.relatives


def test_every_biochemical_assay_of_the_table_has_a_sample():
    without = {
        lesion.test
        for lesion in packaged_lesions()
        if lesion.modality in ("enzyme", "functional")
        and not samples(suggestion(lesion.modality, assay=lesion.test), NOTHING)
    }
    assert without == set()
