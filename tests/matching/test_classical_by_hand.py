"""The classical measures against numbers worked out by hand, on the hand-made release (tests/small_release)."""

from __future__ import annotations

import numpy as np
import pytest

from matching.classical.average import addends
from matching.classical.best_match import BestMatch
from matching.classical.similarity import Columns, Measure, TermSimilarity, content_among_phenotypes
from matching.lm.query import Query

# Ten diseases have a phenotype. At or below: Seizure 4, Global developmental delay 3, Ventricular septal defect 3,
# Abnormal nervous system physiology 5 of them, Phenotypic abnormality all.
SEIZURE, DELAY, DEFECT, PHYSIOLOGY = "HP:0001250", "HP:0001263", "HP:0001629", "HP:0012638"
IC_SEIZURE, IC_DELAY, IC_DEFECT, IC_PHYSIOLOGY = 0.916291, 1.203973, 1.203973, 0.693147  # ln of 10/4, 10/3, 10/3, 10/5


def similarity(knowledge, measure, one, other):
    term_similarity = TermSimilarity.of(knowledge.terms, measure)
    position = knowledge.terms.position
    columns = Columns.of(term_similarity.lattice, np.array([position(other)], np.int32))
    return float(term_similarity.row(position(one), columns)[0])


def test_information_content(small_knowledge):
    terms = small_knowledge.terms
    content = content_among_phenotypes(terms)
    found = [content[terms.position(id)] for id in (SEIZURE, DELAY, DEFECT, PHYSIOLOGY, "HP:0000118")]
    assert found == pytest.approx([IC_SEIZURE, IC_DELAY, IC_DEFECT, IC_PHYSIOLOGY, 0], abs=1e-5)
    # A term that no disease has is as informative as one that a single disease has.
    assert content[terms.position("HP:0002197")] == pytest.approx(np.log(10), abs=1e-5)


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (Measure.RESNIK, 0.693147),  # they meet in Abnormal nervous system physiology
        (Measure.LIN, 0.653830),  # 2 * .693147 / (.916291 + 1.203973)
        # Superterms: Seizure has 4 (itself, 0012638, 0000707, 0000118), delay 5; 3 are shared by both and 6 held by
        # either: sqrt(.693147 * 3/6)
        (Measure.PHENODIGM, 0.588705),
    ],
)
def test_two_terms(small_knowledge, measure, expected):
    assert similarity(small_knowledge, measure, SEIZURE, DELAY) == pytest.approx(expected, abs=1e-5)
    assert similarity(small_knowledge, measure, DELAY, SEIZURE) == pytest.approx(expected, abs=1e-5)
    assert similarity(small_knowledge, measure, SEIZURE, DEFECT) == 0


@pytest.mark.parametrize(
    ("measure", "expected"), [(Measure.RESNIK, 0.916291), (Measure.LIN, 1.0), (Measure.PHENODIGM, 0.957231)]
)
def test_a_term_and_itself(small_knowledge, measure, expected):
    # IC; 1; sqrt(IC * 4/4)
    assert similarity(small_knowledge, measure, SEIZURE, SEIZURE) == pytest.approx(expected, abs=1e-5)


# DECIPHER:900 has Global developmental delay and Ventricular septal defect.
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # There: .693147. Back: delay .693147 and defect 0, mean .346574. Half of the sum.
        (Measure.RESNIK, 0.519860),
        (Measure.LIN, 0.490373),  # (.653830 + .653830 / 2) / 2
        (Measure.PHENODIGM, 0.441529),  # (.588705 + .588705 / 2) / 2
    ],
)
def test_one_finding_and_a_disease_of_two_features(small_knowledge, measure, expected):
    assert _score(small_knowledge, measure, {SEIZURE: 1.0}) == pytest.approx(expected, abs=1e-5)


def test_an_uncertain_finding_weighs_half(small_knowledge):
    # There: (.5 * .693147 + 1 * 1.203973) / 1.5 = 1.033698. Back: delay .5 * .693147, defect 1.203973: mean .775273.
    found = _score(small_knowledge, Measure.RESNIK, {SEIZURE: 0.5, DEFECT: 1.0})
    assert found == pytest.approx(0.904486, abs=1e-5)


def test_addends_belong_to_the_nearest_finding_and_are_shared_where_level():
    # Findings 0 and 1, features x, y, z. There: best .6 and .8, each halved by two findings and halved again.
    # Back: x belongs to 0 (.6), y to 1 (.8), z to both (.2 each way): (.6 + .1) / 3 and (.8 + .1) / 3, halved.
    table = np.array([[0.6, 0.4, 0.2], [0.3, 0.8, 0.2]], np.float32)
    found = addends(table, np.ones(2, np.float32))
    assert found == pytest.approx([0.6 / 4 + 0.7 / 6, 0.8 / 4 + 0.9 / 6])


def test_without_features_there_are_no_addends():
    assert addends(np.zeros((2, 0), np.float32), np.ones(2, np.float32)).tolist() == [0, 0]


def test_a_feature_seen_in_no_patient_is_none_of_the_diseases(small_knowledge):
    # Intellectual disability is annotated to OMIM:900001 as seen in 0 of 10.
    measure = BestMatch.of(small_knowledge, Measure.RESNIK)
    features = measure.columns.terms[measure.features_of(small_knowledge.diseases.position("OMIM:900001"))]
    assert small_knowledge.terms.position("HP:0001249") not in features
    assert len(features) == 6  # five of its own, and Myopia of its Orphanet record


def _score(knowledge, measure, present):
    query = Query.at({knowledge.terms.position(id): weight for id, weight in present.items()}, (), knowledge.terms)
    scores = BestMatch.of(knowledge, measure).answer(query).scores
    return float(scores[knowledge.diseases.position("DECIPHER:900")])
