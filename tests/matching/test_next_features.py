"""What to ask next: the measure against its definition, and what is never asked, on the hand-made release."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.bedside import BedsideLine, ComeBy
from matching.lm.query import WEIGHT_OF, Query
from matching.lm.ranker import Ranker
from matching.next_features import Candidates, Questions, credible, entropy, next_features
from matching.posterior import posterior
from matching.report import PhenotypicFeature
from ontology.features import Assertion

ARACHNODACTYLY, LENS, AORTA, SCOLIOSIS = "HP:0001166", "HP:0001083", "HP:0002616", "HP:0002650"
SEIZURE, FOCAL, DELAY, HYPOTONIA, DISABILITY, MACROCEPHALY = (
    "HP:0001250", "HP:0007359", "HP:0001263", "HP:0001252", "HP:0001249", "HP:0000256"
)  # fmt: skip
PHENOTYPES = (ARACHNODACTYLY, LENS, AORTA, SCOLIOSIS, SEIZURE, FOCAL, DELAY, HYPOTONIA, DISABILITY, MACROCEPHALY)


@pytest.fixture(scope="module")
def asked(small_knowledge):
    ranker, questions = Ranker.open(small_knowledge), Questions.of(small_knowledge, ())

    def of(*features, questions=questions, **options):
        scored = ranker.score(features)
        belief = posterior(scored.scores, len(scored.query.present))
        return next_features(small_knowledge, questions, belief, scored.query, **options)

    return of


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


def candidates(belief, expected, unsaid=None):
    """`expected` of each feature in each candidate; NaN where no annotation speaks of it: there `unsaid` holds."""
    belief, expected = np.asarray(belief, np.float64), np.asarray(expected, np.float64)
    features, owners = np.nonzero(~np.isnan(expected))
    return Candidates(
        np.arange(len(belief)),
        belief / belief.sum(),
        np.arange(len(expected), dtype=np.int32),
        features,
        owners,
        expected[features, owners],
        np.zeros(len(expected)) if unsaid is None else np.asarray(unsaid, np.float64),
    )


def test_information_of_three_questions_worked_out_by_hand():
    # Two diseases of even belief. A feature of all patients of one and none of the other decides: ln 2.
    # One as frequent in both tells nothing. One of .75 and .25: H(.5) - H(.25) = .693147 - .562335 = .130812.
    found = candidates([1, 1], [[1.0, 0.0], [0.4, 0.4], [0.75, 0.25]]).information
    assert found == pytest.approx([np.log(2), 0.0, 0.130812], abs=1e-6)


@given(
    arrays(np.float64, 5, elements=st.floats(0.01, 1)),
    arrays(np.float64, (3, 5), elements=st.floats(0.01, 0.99)),
    arrays(np.bool_, (3, 5)),
    arrays(np.float64, 3, elements=st.floats(0.01, 0.99)),
)
def test_information_is_the_expected_divergence_of_the_belief_after_the_answer(belief, said, annotated, unsaid):
    asked = candidates(belief, np.where(annotated, said, np.nan), unsaid)
    expected = np.where(annotated, said, unsaid[:, None])
    for feature in range(3):
        assert asked.expected(feature).tolist() == expected[feature].tolist()

    def divergence(after):
        return float((after * np.log(after / asked.belief)).sum())

    for frequency, chance, information in zip(expected, asked.present, asked.information, strict=True):
        yes, no = asked.belief * frequency / chance, asked.belief * (1 - frequency) / (1 - chance)
        by_definition = chance * divergence(yes) + (1 - chance) * divergence(no)
        assert information == pytest.approx(by_definition, abs=1e-9)
        assert information <= entropy(np.array(chance)) + 1e-9


def test_the_question_that_tells_the_candidates_apart_is_asked_first(asked):
    # Hypotonia: Fit syndrome 2, Fit syndrome (Orphanet) and Fragile X have it. Seizures are in all patients of the
    # Orphanet entry and focal ones in those of Fit syndrome 2; intellectual disability (10/10) is of Fragile X alone.
    first = asked(finding(HYPOTONIA))[0]
    assert first.term in {DISABILITY, DELAY, SEIZURE, FOCAL, "HP:0000252"}
    assert first.speaks_for
    assert first.speaks_against


@given(
    present=st.sets(st.sampled_from(PHENOTYPES), min_size=1, max_size=3),
    excluded=st.sets(st.sampled_from(PHENOTYPES), max_size=3),
)
def test_nothing_is_asked_that_a_finding_answers_and_nothing_twice(asked, small_knowledge, present, excluded):
    terms = small_knowledge.terms
    features = [*map(finding, sorted(present)), *(finding(id, Assertion.EXCLUDED) for id in sorted(excluded))]
    questions = asked(*features)
    assert len(questions) <= 3
    assert [q.nats for q in questions] == sorted((q.nats for q in questions), reverse=True)
    positions = [terms.position(q.term) for q in questions]
    for one in positions:
        for known in map(terms.position, present):
            assert not terms.is_ancestor(one, known)
            assert not terms.is_ancestor(known, one)
        assert not any(terms.is_ancestor(terms.position(id), one) for id in excluded)
        assert not any(terms.is_ancestor(one, other) for other in positions if other != one)


def test_beliefs_after_either_answer_average_to_the_belief_before(asked):
    for question in asked(finding(DELAY)):
        for bearing in (*question.speaks_for, *question.speaks_against):
            average = question.present * bearing.if_present + (1 - question.present) * bearing.if_absent
            assert average == pytest.approx(bearing.belief, abs=1e-9)
        assert all(bearing.if_present > bearing.belief for bearing in question.speaks_for)
        assert all(bearing.if_present < bearing.belief for bearing in question.speaks_against)


def test_an_investigation_is_asked_for_only_where_the_bedside_has_nothing_left(asked, small_knowledge):
    head, nerves = "HP:0000152", "HP:0012638"

    def questions(*ids):
        lines = tuple(BedsideLine(id, "", ComeBy.INVESTIGATION, "x") for id in ids)
        return asked(finding(HYPOTONIA), questions=Questions.of(small_knowledge, lines))

    usual = {question.term: question.bedside for question in questions()}
    assert all(usual.values())
    some = questions(nerves)
    assert [question.bedside for question in some] == sorted((q.bedside for q in some), reverse=True)
    assert {q.term for q in some if q.bedside}.isdisjoint({SEIZURE, FOCAL, DELAY, DISABILITY})
    everything = questions("HP:0000118", head)
    assert everything
    assert not any(question.bedside for question in everything)


def test_what_can_never_be_asked_is_not(asked, small_knowledge):
    never = Questions.of(small_knowledge, (BedsideLine("HP:0000118", "", ComeBy.NEVER, "x"),))
    assert asked(finding(HYPOTONIA), questions=never) == ()


def test_headings_are_not_asked(small_knowledge):
    questions = Questions.of(small_knowledge, ())
    terms = small_knowledge.terms
    for id in (
        "HP:0000478",
        "HP:0000271",
        "HP:0001627",
    ):  # Abnormality of the eye, of the face; Abnormal heart morphology
        assert not questions.bedside[terms.position(id)]
    assert questions.bedside[terms.position(SEIZURE)]


def test_without_a_present_finding_nothing_is_asked(asked):
    assert asked(finding(SEIZURE, Assertion.EXCLUDED)) == ()


def test_the_same_findings_get_the_same_questions_in_any_order(asked):
    features = [finding(HYPOTONIA), finding(MACROCEPHALY), finding(LENS)]
    assert asked(*features) == asked(*reversed(features))


def test_candidates_are_the_likeliest_that_hold_the_credible_share():
    belief = np.array([0.0, 0.5, 0.02, 0.4, 0.08], np.float32)
    assert credible(belief).tolist() == [1, 3, 4]  # .5 + .4 + .08 is the first sum of .95 or more
    assert credible(np.array([0.99, 0.01], np.float32)).tolist() == [0, 1]  # two at least


@pytest.mark.real
def test_questions_on_the_real_release_are_of_the_bedside_and_take_milliseconds(cpu_seconds, real_knowledge):
    ranker, questions = Ranker.open(real_knowledge), Questions.of(real_knowledge)
    query = Query.of([finding(SEIZURE), finding(DELAY), finding(HYPOTONIA)], real_knowledge.terms)
    belief = posterior(ranker.score([finding(SEIZURE), finding(DELAY), finding(HYPOTONIA)]).scores, 3)
    found = next_features(real_knowledge, questions, belief, query)
    assert len(found) == 3
    assert all(question.bedside for question in found)
    assert cpu_seconds(lambda: next_features(real_knowledge, questions, belief, query)) < 0.02
