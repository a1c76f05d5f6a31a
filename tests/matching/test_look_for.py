"""What is left unsaid of a disease, and what contradicts it, on the hand-made release."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lm.query import WEIGHT_OF
from matching.lm.ranker import Ranker
from matching.lm.score import EXCLUDED_BOUND_NATS
from matching.look_for import FREQUENT, MOST_LISTED, completed
from matching.report import Frequency, Match, PhenotypicFeature
from ontology.annotations import Aspect
from ontology.features import Assertion

ARACHNODACTYLY, LENS, AORTA, SCOLIOSIS, MYOPIA = "HP:0001166", "HP:0001083", "HP:0002616", "HP:0002650", "HP:0000545"
SEIZURE, FOCAL, DELAY, HYPOTONIA, EYE, SKELETON = (
    "HP:0001250", "HP:0007359", "HP:0001263", "HP:0001252", "HP:0000478", "HP:0000924"
)  # fmt: skip
LIMB = "OMIM:900001"
PHENOTYPES = (ARACHNODACTYLY, LENS, AORTA, SCOLIOSIS, MYOPIA, SEIZURE, FOCAL, DELAY, HYPOTONIA, EYE, SKELETON)


@pytest.fixture(scope="module")
def ranker(small_knowledge):
    return Ranker.open(small_knowledge)


@pytest.fixture(scope="module")
def told(ranker, small_knowledge):
    def of(*features, limit=50):
        scored = ranker.score(features)
        ranking = completed(small_knowledge, ranker.best(scored, limit), scored.query)
        return {disease.id: disease for disease in ranking.diseases}

    return of


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


def absent(id):
    return finding(id, Assertion.EXCLUDED)


def looked_for(disease):
    return [feature.term for feature in disease.look_for]


def test_frequent_features_that_nobody_mentioned_are_listed_the_most_informative_first(told, small_knowledge):
    disease = told(finding(ARACHNODACTYLY))[LIMB]
    # Of the disease: lens 6/10, aorta 8/10, scoliosis and myopia frequent; pectus has no frequency.
    assert set(looked_for(disease)) == {LENS, AORTA, SCOLIOSIS, MYOPIA}
    content = [feature.content for feature in disease.look_for]
    assert content == sorted(content, reverse=True)
    aorta = next(feature for feature in disease.look_for if feature.term == AORTA)
    assert aorta.frequency == Frequency(0.8, 8, 10)
    assert [small_knowledge.annotations.row(row).references for row in aorta.rows] == [("PMID:9000012",)]


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        (finding(LENS), {LENS}),
        (absent(LENS), {LENS}),
        (finding(EYE), {LENS, MYOPIA}),  # a general finding may be either of them
        (absent(EYE), {LENS, MYOPIA}),  # nothing of the eye: neither of them
        (finding(HYPOTONIA), set()),
    ],
)
def test_what_a_finding_speaks_of_is_not_looked_for(told, said, gone):
    before = set(looked_for(told(finding(ARACHNODACTYLY))[LIMB]))
    assert before - set(looked_for(told(finding(ARACHNODACTYLY), said)[LIMB])) == gone


def test_an_excluded_specific_feature_leaves_the_general_one_to_look_for(told):
    assert SEIZURE in looked_for(told(finding(DELAY), absent(FOCAL))["OMIM:900002"])


def test_the_list_is_bounded_and_the_rest_is_counted(told, monkeypatch):
    monkeypatch.setattr("matching.look_for.MOST_LISTED", 1)
    disease = told(finding(ARACHNODACTYLY))[LIMB]
    assert (len(disease.look_for), disease.look_for_more) == (1, 3)


def test_no_listed_feature_implies_another(told, small_knowledge):
    for disease in told(finding(HYPOTONIA)).values():
        listed = [small_knowledge.terms.position(id) for id in looked_for(disease)]
        for one in listed:
            assert not [other for other in listed if other != one and small_knowledge.terms.is_ancestor(one, other)]


def test_the_frequency_of_what_was_met_is_told(told):
    disease = told(finding(LENS), finding(EYE), finding(MYOPIA), absent(SCOLIOSIS), finding("HP:0001249"))[LIMB]
    met = {(part.feature, part.match): part.frequency for part in disease.contributions}
    assert met[LENS, Match.EXACT] == Frequency(0.6, 6, 10)
    assert met[EYE, Match.MORE_GENERAL].share == pytest.approx(0.6)  # of the lens, the more frequent of the two
    assert met[SCOLIOSIS, Match.EXCLUDED_MEETS_PRESENT].share == pytest.approx(0.545)
    assert met["HP:0001249", Match.PRESENT_MEETS_EXCLUDED] == Frequency(0.0, 0, 10)


def test_contradictions_are_always_shown(told):
    disease = told(finding(LENS), absent(SCOLIOSIS), absent(AORTA), finding("HP:0001249"))[LIMB]
    assert {(part.feature, part.match) for part in disease.contradictions} == {
        (SCOLIOSIS, Match.EXCLUDED_MEETS_PRESENT),
        (AORTA, Match.EXCLUDED_MEETS_PRESENT),
        ("HP:0001249", Match.PRESENT_MEETS_EXCLUDED),
    }


@given(st.sets(st.sampled_from(PHENOTYPES), min_size=1, max_size=4), st.sets(st.sampled_from(PHENOTYPES), max_size=5))
def test_an_excluded_feature_lowers_only_what_it_contradicts_and_by_no_more_than_its_frequency(
    told, small_knowledge, present, excluded
):
    terms, annotations = small_knowledge.terms, small_knowledge.annotations
    with_them = told(*map(finding, sorted(present)), *map(absent, sorted(excluded)))
    without = told(*map(finding, sorted(present)))
    for id, disease in with_them.items():
        cost = {c.feature: -c.nats for c in disease.contributions if c.match is Match.EXCLUDED_MEETS_PRESENT}
        assert without[id].score - disease.score == pytest.approx(sum(cost.values()), abs=1e-5)
        assert sum(cost.values()) <= EXCLUDED_BOUND_NATS + 1e-6
        rows = [row for row in annotations.of_disease(disease.position) if row.aspect is Aspect.PHENOTYPE]
        seen = [row for row in rows if not row.excluded and row.frequency != 0]
        for feature in excluded - set(cost):  # what costs nothing is not annotated, or the patient has it
            below = {terms.id(row.term) for row in seen if terms.is_ancestor(terms.position(feature), row.term)}
            has = any(terms.is_ancestor(terms.position(feature), terms.position(other)) for other in present)
            assert has or not below
        for feature, nats in cost.items():
            below = [row for row in seen if terms.is_ancestor(terms.position(feature), row.term)]
            assert below
            named = any(c.by_name for c in disease.contributions if c.feature == feature)
            most = 1.0 if named else max(0.3 if row.frequency is None else row.frequency for row in below)
            # A patient without it is seen with the chance 1 - f: what that justifies is -ln(1 - f).
            assert 0 < nats <= -np.log1p(-min(most, 0.999)) + 1e-6


def test_what_is_shown_is_complete_on_nothing(ranker, small_knowledge):
    scored = ranker.score([absent(SEIZURE)])
    assert completed(small_knowledge, ranker.best(scored, 10), scored.query).diseases == ()


@pytest.mark.real
def test_on_the_real_release_what_to_look_for_is_frequent_and_unsaid(real_knowledge):
    ranker = Ranker.open(real_knowledge)
    present = (ARACHNODACTYLY, LENS, SCOLIOSIS, AORTA)
    scored = ranker.score(list(map(finding, present)))
    terms = real_knowledge.terms
    for disease in completed(real_knowledge, ranker.best(scored, 20), scored.query).diseases:
        assert len(disease.look_for) <= MOST_LISTED
        for feature in disease.look_for:
            assert feature.frequency.share >= FREQUENT
            assert feature.rows
            assert not any(terms.is_ancestor(terms.position(feature.term), terms.position(id)) for id in present)
