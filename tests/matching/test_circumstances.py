"""Age and sex in the ranking: they take a little from what they contradict, show it, and give nothing."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.assess import Assessor
from matching.case import Case
from matching.circumstances import NOT_GIVEN, Circumstances, Contradictions
from matching.lm.query import Query
from matching.lm.ranker import Ranker
from matching.onset import LEAST_NATS, ONSET_BOUND_NATS, Onsets
from matching.prevalence import Prior
from matching.report import Circumstance
from matching.sex import SEX_BOUND_NATS, Spared
from ontology.features import Assertion, Mention, PatientSex, Statement
from ontology.natural_histories import DAYS_A_YEAR

ARACHNODACTYLY, SEIZURE, FOCAL, HYPOTONIA = "HP:0001166", "HP:0001250", "HP:0007359", "HP:0001252"
LENS, DELAY, MACROCEPHALY = "HP:0001083", "HP:0001263", "HP:0000256"
FEMALE, MALE = Circumstances(PatientSex.FEMALE), Circumstances(PatientSex.MALE)

patients = st.builds(
    Circumstances,
    st.sampled_from(tuple(PatientSex)),
    st.none() | st.integers(0, 40_000),
)
asked = st.lists(st.sampled_from([ARACHNODACTYLY, SEIZURE, FOCAL, HYPOTONIA, LENS, DELAY, MACROCEPHALY]), min_size=1)


def years(count):
    return round(count * DAYS_A_YEAR)


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture(scope="module")
def contradictions(assessor):
    return assessor.contradictions


def findings(assessor, *types):
    return assessor.reconcile([Mention(type, Assertion.OBSERVED, Statement("dr.li")) for type in types]).features


def query(knowledge, *types):
    return Query.at({knowledge.terms.position(type): 1.0 for type in types}, (), knowledge.terms)


def at(knowledge, id):
    return knowledge.diseases.position(id)


def changed_onsets(knowledge, days):
    return replace(knowledge, histories=replace(knowledge.histories, onset_from=np.array(days, np.int32)))


def test_the_earliest_statement_is_the_onset(small_knowledge):
    # OMIM:900001: ORPHA:900101 says from 12 years on, a row Childhood onset, from 1 year: 365.2425 days.
    # OMIM:900003: ORPHA:900102 maps to it exactly and says childhood, from 2 years. OMIM:900005: nobody says.
    earliest = Onsets.of(small_knowledge).earliest
    assert earliest[at(small_knowledge, "OMIM:900001")] == 365
    assert earliest[at(small_knowledge, "OMIM:900003")] == 730
    assert np.isinf(earliest[at(small_knowledge, "OMIM:900005")])


def test_a_row_left_out_is_not_a_statement(small_knowledge):
    left_out = np.ones(len(small_knowledge.annotations), np.bool_)
    assert Onsets.of(small_knowledge, left_out).earliest[at(small_knowledge, "OMIM:900001")] == 4383


def test_rows_alone_do_not_tell_of_an_onset_in_childhood(small_knowledge):
    without = changed_onsets(small_knowledge, [-1, -1, -1])
    assert np.isinf(Onsets.of(without).earliest).all()


def test_a_younger_patient_costs_by_the_ratio_of_ages(small_knowledge):
    # ORPHA:900104, the broader of OMIM:900004, says from 19 years on: 6940 days. At 9 years: ln(20 / 10).
    nats = Onsets.of(small_knowledge).nats(years(9))
    assert nats[at(small_knowledge, "OMIM:900004")] == pytest.approx(-log(20 / 10), abs=1e-3)


def test_a_newborn_costs_the_bound_and_a_near_miss_nothing(small_knowledge):
    onsets = Onsets.of(small_knowledge)
    disease = at(small_knowledge, "OMIM:900004")
    assert onsets.nats(0)[disease] == -ONSET_BOUND_NATS
    # ln(20 / 19) is .05, less than LEAST_NATS.
    assert log(20 / 19) < LEAST_NATS
    assert onsets.nats(years(18))[disease] == 0


def test_an_old_patient_contradicts_no_onset(small_knowledge):
    assert (Onsets.of(small_knowledge).nats(years(80)) == 0).all()


def test_inheritance_spares_a_sex_where_nothing_else_is_stated(contradictions, small_knowledge):
    # ORPHA:900102 is X-linked recessive and exactly both OMIM:900002, of which a row says autosomal recessive, and
    # OMIM:900003, of which none does. Of Fragile X "X-linked inheritance" is stated, which tells nothing.
    # ORPHA:900104 is X-linked recessive, but only the broader of OMIM:900004.
    inherited = contradictions.spared[PatientSex.FEMALE].inherited
    spared = {
        id for id in ("OMIM:900002", "OMIM:900003", "OMIM:300624", "OMIM:900004") if inherited[at(small_knowledge, id)]
    }
    assert spared == {"OMIM:900003"}
    assert not contradictions.spared[PatientSex.MALE].inherited.any()


def test_a_feature_of_males_alone_is_not_met_by_a_female(contradictions, small_knowledge):
    # Of Fragile X syndrome a seizure is stated of males alone; a focal one is a form of it, hypotonia is none.
    def taken(patient, finding):
        return contradictions.nats(patient, query(small_knowledge, finding))[at(small_knowledge, "OMIM:300624")]

    assert taken(FEMALE, SEIZURE) == taken(FEMALE, FOCAL) == -SEX_BOUND_NATS
    assert taken(FEMALE, HYPOTONIA) == 0
    assert taken(MALE, SEIZURE) == 0


def test_an_uncertain_or_a_relatives_finding_is_of_no_sex(contradictions, small_knowledge):
    unsure = Query.at({small_knowledge.terms.position(SEIZURE): 0.5}, (), small_knowledge.terms)
    assert contradictions.nats(FEMALE, unsure)[at(small_knowledge, "OMIM:300624")] == 0


def test_a_feature_that_a_definition_speaks_of_is_of_both_sexes(small_knowledge, assessor):
    told = assessor.ranker.model.told
    disease, seizure = at(small_knowledge, "OMIM:300624"), small_knowledge.terms.position(SEIZURE)
    rows = [list(told.terms[d]) + ([seizure] if d == disease else []) for d in range(len(small_knowledge.diseases))]
    spoken = replace(told, terms=type(told.terms).of(rows))
    assert len(Spared.of(small_knowledge, told, PatientSex.FEMALE).rows) == 1
    assert len(Spared.of(small_knowledge, spoken, PatientSex.FEMALE).rows) == 0


@pytest.mark.parametrize("patient", [NOT_GIVEN, Circumstances(PatientSex.OTHER), Circumstances(PatientSex.UNKNOWN)])
def test_what_is_not_given_changes_nothing(assessor, patient):
    given_findings = findings(assessor, SEIZURE, ARACHNODACTYLY)
    assert assessor.rank(given_findings, 50, patient=patient) == assessor.rank(given_findings, 50)


@given(patient=patients, types=asked)
@settings(max_examples=60, deadline=None)
def test_no_disease_is_raised_and_none_lowered_beyond_the_bounds(contradictions, small_knowledge, patient, types):
    nats = contradictions.nats(patient, query(small_knowledge, *types))
    if nats is not None:
        assert (nats <= 0).all()
        assert (nats >= -ONSET_BOUND_NATS - SEX_BOUND_NATS).all()
    else:
        assert patient.age_days is None
        assert patient.sex not in (PatientSex.FEMALE, PatientSex.MALE)


@given(patient=patients, types=asked, prior=st.sampled_from(tuple(Prior)))
@settings(max_examples=60, deadline=None)
def test_the_parts_sum_to_the_score(assessor, patient, types, prior):
    ranking = assessor.rank(findings(assessor, *types), 50, prior=prior, patient=patient)
    plain = {disease.id: disease for disease in assessor.rank(findings(assessor, *types), 50, prior=prior).diseases}
    assert len(plain) == len(ranking.diseases)
    for disease in ranking.diseases:
        assert disease.score == pytest.approx(sum(disease.addends), abs=1e-4)
        assert disease.score <= plain[disease.id].score
        assert all(part.nats < 0 for part in disease.circumstances)


@given(younger=st.integers(0, 40_000), days=st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_growing_older_never_lowers_a_disease(small_knowledge, younger, days):
    onsets = Onsets.of(small_knowledge)
    assert (onsets.nats(younger) <= onsets.nats(younger + days)).all()


def test_a_report_says_what_contradicts_and_who_states_it(assessor):
    stated = tuple(Mention(type, Assertion.OBSERVED, Statement("dr.li")) for type in (ARACHNODACTYLY, FOCAL))
    report = assessor.assess(Case("c", stated=stated, sex=PatientSex.FEMALE, age_days=40), limit=50)
    shown = {disease.id: disease.circumstances for disease in report.ranking.diseases}
    # At 40 days, .11 years: a disease from 1 year on loses ln(2 / 1.11) = .59, one from 2 years on ln(3 / 1.11) = .99.
    (onset,) = shown["OMIM:900001"]
    assert (onset.kind, onset.onset_from, onset.terms) == (Circumstance.ONSET, 365, ("HP:0011463",))
    assert onset.nats == pytest.approx(-log(1.99932 / 1.10952), abs=1e-3)
    assert onset.entries == ()
    onset, inheritance = shown["OMIM:900003"]
    assert (onset.entries, onset.rows, onset.onset_from) == (("ORPHA:900102",), (), 730)
    assert (inheritance.kind, inheritance.entries) == (Circumstance.INHERITANCE, ("ORPHA:900102",))
    (feature,) = (part for part in shown["OMIM:300624"] if part.kind is Circumstance.FEATURE)
    assert feature.terms == (SEIZURE,)
    assert len(feature.rows) == 1


def test_the_shortlist_gives_the_same_as_every_disease_scored(assessor, small_knowledge):
    whole = replace(assessor, ranker=Ranker(small_knowledge, assessor.ranker.model))
    patient = Circumstances(PatientSex.FEMALE, 40)
    given_findings = findings(assessor, ARACHNODACTYLY, FOCAL)
    assert assessor.rank(given_findings, 3, patient=patient) == whole.rank(given_findings, 3, patient=patient)


def test_belief_follows_the_circumstances(assessor):
    given_findings = findings(assessor, FOCAL)

    def belief(patient):
        ranking = assessor.rank(given_findings, 50, patient=patient)
        return {disease.id: disease.probability for disease in ranking.diseases}["OMIM:900003"]

    assert belief(FEMALE) < belief(MALE)


@pytest.mark.real
def test_adult_onset_is_lowered_in_an_infant_of_the_real_release(real_knowledge):
    if not (real_knowledge.histories.onset_from >= 0).any():
        pytest.skip("compiled before Orphanet's ages were")
    told = Ranker.open(real_knowledge).model.told
    contradictions = Contradictions.of(real_knowledge, told)
    nats = contradictions.nats(Circumstances(PatientSex.FEMALE, 300), query(real_knowledge, SEIZURE))
    kennedy = at(real_knowledge, "OMIM:313200")  # spinal and bulbar muscular atrophy, X-linked 1: of adult men
    assert nats[kennedy] == pytest.approx(-2)
    assert nats[at(real_knowledge, "OMIM:607208")] == 0  # Dravet syndrome, of infants


@pytest.mark.real
def test_few_first_diseases_are_exact_on_the_real_release(real_knowledge):
    assessor_ranker = Ranker.open(real_knowledge)
    contradictions = Contradictions.of(real_knowledge, assessor_ranker.model.told)
    given_query = query(real_knowledge, SEIZURE, HYPOTONIA, DELAY)
    nats = contradictions.nats(Circumstances(PatientSex.FEMALE, 300), given_query)
    considered = assessor_ranker.universe(None)
    scored = assessor_ranker.shortlist.score(given_query, considered, 10)
    quick = assessor_ranker.shifted(scored, nats, 10).first(10)
    whole = Ranker(real_knowledge, assessor_ranker.model)
    exact = whole.shifted(whole._scored(given_query, considered, 10), nats, 10).first(10)
    assert quick == exact
