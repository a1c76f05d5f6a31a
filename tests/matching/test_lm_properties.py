"""What the score promises whatever the findings, on the hand-made release and on patients drawn from the real one."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.lm.profile import StatedRows
from matching.lm.query import WEIGHT_OF, Query
from matching.lm.ranker import Ranker
from matching.lm.score import nats
from matching.lm.workshop import Workshop
from matching.report import Match, PhenotypicFeature
from ontology.annotations import Relation
from ontology.features import Assertion
from ontology.terms import PHENOTYPIC_ABNORMALITY

SAID = (Assertion.OBSERVED, Assertion.UNCERTAIN, Assertion.FAMILY, Assertion.HISTORICAL)
EVERY_DISEASE = 50
#: Scores are sums in 32 bits of at most some forty addends.
SAME = 1e-4


@pytest.fixture(scope="module")
def ranker(small_knowledge):
    return Ranker.open(small_knowledge)


@pytest.fixture(scope="module")
def workshop(small_knowledge):
    return Workshop.build(small_knowledge)


def phenotypes(terms) -> list[str]:
    found = [terms.id(term) for term in range(len(terms)) if terms.is_phenotype[term]]
    return [id for id in found if id != PHENOTYPIC_ABNORMALITY]


def features(ids, assertion=Assertion.OBSERVED):
    return [PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ()) for id in ids]


_SMALL_IDS = (
    "HP:0000152", "HP:0000252", "HP:0000256", "HP:0000271", "HP:0000316", "HP:0000369", "HP:0000478", "HP:0000545",
    "HP:0000707", "HP:0000767", "HP:0000924", "HP:0001083", "HP:0001166", "HP:0001249", "HP:0001250", "HP:0001252",
    "HP:0001263", "HP:0001626", "HP:0001627", "HP:0001629", "HP:0001631", "HP:0002197", "HP:0002616", "HP:0002650",
    "HP:0007359", "HP:0012372", "HP:0012638", "HP:0012758",
)  # fmt: skip
SMALL = st.sampled_from(_SMALL_IDS)
PATIENTS = st.dictionaries(SMALL, st.sampled_from((*SAID, Assertion.EXCLUDED)), min_size=1, max_size=9)


def of_patient(patient):
    return [one for id, said in patient.items() for one in features([id], said)]


def scores(ranker, given_features):
    return {d.id: d for d in ranker.rank(given_features, limit=EVERY_DISEASE).diseases}


def test_the_terms_drawn_are_those_of_the_release(small_knowledge):
    assert sorted(_SMALL_IDS) == sorted(phenotypes(small_knowledge.terms))


@given(PATIENTS)
def test_contributions_sum_to_the_score(ranker, patient):
    for disease in scores(ranker, of_patient(patient)).values():
        assert sum(part.nats for part in disease.contributions) == pytest.approx(disease.score, abs=SAME)


@given(PATIENTS, st.randoms())
def test_order_does_not_matter(ranker, patient, dice):
    shuffled = of_patient(patient)
    dice.shuffle(shuffled)
    assert ranker.rank(shuffled, EVERY_DISEASE) == ranker.rank(of_patient(patient), EVERY_DISEASE)


@given(PATIENTS, st.integers(2, 4))
def test_a_duplicate_changes_nothing(ranker, patient, times):
    assert ranker.rank(of_patient(patient) * times, EVERY_DISEASE) == ranker.rank(of_patient(patient), EVERY_DISEASE)


@given(PATIENTS, SMALL)
def test_an_excluded_feature_never_helps_what_it_contradicts(ranker, patient, another):
    known = of_patient({id: said for id, said in patient.items() if id != another})
    before, after = scores(ranker, known), scores(ranker, [*known, *features([another], Assertion.EXCLUDED)])
    assert before.keys() == after.keys()
    for id, disease in after.items():
        assert disease.score <= before[id].score + SAME
        if not any(part.feature == another for part in disease.contributions):  # not contradicted by it
            assert disease.score == before[id].score


@given(PATIENTS, SMALL, st.sampled_from(SAID))
def test_an_unmatched_feature_never_changes_the_order_of_two_diseases_that_lack_it(ranker, patient, another, said):
    known = of_patient({id: said for id, said in patient.items() if id != another})
    before, after = scores(ranker, known), scores(ranker, [*known, *features([another], said)])
    lacking = [id for id, disease in after.items() if another in disease.unexplained]
    parts = [part for id in lacking for part in after[id].contributions if part.feature == another]
    costs = {part.nats for part in parts if part.match is Match.NONE}
    assert len(costs) <= 1  # the same to the last bit
    # An excluded finding above the new one takes part no more, so that only diseases without one are compared.
    level = [id for id in lacking if id in before and _untouched(before[id], after[id])]
    for one in level:
        for other in level:
            if before[one].score > before[other].score + SAME:
                assert after[one].score > after[other].score


def _untouched(before, after):
    absences = (Match.EXCLUDED_MEETS_PRESENT,)
    return [c for c in before.contributions if c.match in absences] == [
        c for c in after.contributions if c.match in absences
    ]


@settings(max_examples=300)
@given(data=st.data(), share=st.sampled_from([0.02, 0.3, 0.9, 1.0]), examined=st.sampled_from([-1, 1, 10, 40]))
def test_an_exact_match_never_scores_below_a_match_to_its_ancestor(small_knowledge, workshop, data, share, examined):
    """Of two records that differ in one row, that of the term itself is no worse than that of an ancestor."""
    terms = small_knowledge.terms
    term = terms.position(data.draw(SMALL))
    above = [t for t in terms.ancestors[term].tolist() if terms.is_phenotype[t] and t != term]
    ancestor = data.draw(st.sampled_from(above))  # Phenotypic abnormality too: a row that says hardly anything
    others = data.draw(st.lists(SMALL.map(terms.position), max_size=5))
    others = [other for other in others if other not in (term, ancestor)]
    asked = Query.at({term: 1.0}, (), terms).present

    def score(annotated):
        rows = _rows([annotated, *others], share, examined)
        profile = workshop.anew({0: rows})[0]
        return float(nats(profile.likelihood_ratios(asked), workshop.model.floor)[0])

    assert score(term) >= score(ancestor) - 1e-6


@given(data=st.data())
def test_a_finding_that_is_annotated_counts_no_less_than_a_vaguer_one(small_knowledge, workshop, data):
    """Of a record with one row, the patient who has exactly that is placed no lower than one with an ancestor of it."""
    terms = small_knowledge.terms
    term = terms.position(data.draw(SMALL))
    above = [t for t in terms.ancestors[term].tolist() if terms.is_phenotype[t]]
    vaguer = data.draw(st.sampled_from([t for t in above if terms.id(t) != PHENOTYPIC_ABNORMALITY]))
    profile = workshop.anew({0: _rows([term], 0.5, -1)})[0]
    exact, general = profile.likelihood_ratios(np.array([term, vaguer], np.int32))
    assert exact >= general - 1e-6


def _rows(annotated, share, examined):
    count = len(annotated)
    return StatedRows(
        numbers=np.arange(count, dtype=np.int64),
        owners=np.zeros(count, np.int32),
        terms=np.array(annotated, np.int32),
        affected=np.full(count, round(share * examined) if examined > 0 else -1, np.int32),
        examined=np.full(count, examined, np.int32),
        frequency=np.full(count, share, np.float32),
        relations=np.full(count, Relation.OWN, np.int8),
        excluded=np.zeros(count, np.bool_),
    )


@pytest.mark.real
def test_real_patients_keep_the_promises(real_knowledge):
    ranker, dice = Ranker.open(real_knowledge), random.Random(618)
    ids = phenotypes(real_knowledge.terms)
    unmatched = 0
    for _ in range(12):
        present, absent = dice.sample(ids, dice.randint(1, 20)), dice.sample(ids, 4)
        known = [*features(present), *features([id for id in absent if id not in present], Assertion.EXCLUDED)]
        ranking = ranker.rank(known, limit=40)
        assert ranker.rank(dice.sample(known, len(known)) + known[:3], limit=40) == ranking
        costs = defaultdict(set)
        for disease in ranking.diseases:
            assert sum(part.nats for part in disease.contributions) == pytest.approx(disease.score, abs=SAME)
            for part in disease.contributions:
                if part.match is Match.NONE:
                    costs[part.feature].add(part.nats)
        assert all(len(worth) == 1 for worth in costs.values())
        unmatched += len(costs)
    assert unmatched > 20
