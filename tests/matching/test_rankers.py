"""What holds of every ranker behind the seam, on the hand-made release (tests/small_release)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evaluate import RANKERS as MEASURES
from benchmarks.evaluate import measure_named
from matching.lm.profile import StatedRows, stated_rows
from matching.lm.query import WEIGHT_OF, Query
from matching.rankers import RANKERS, NamedRanker, classical
from matching.report import Match, PhenotypicFeature
from ontology.errors import InputError
from ontology.features import Assertion

PHENOTYPES = (
    "HP:0001166", "HP:0001250", "HP:0007359", "HP:0001252", "HP:0002650", "HP:0001631", "HP:0001629", "HP:0000316",
    "HP:0000256", "HP:0000545", "HP:0001263", "HP:0002616", "HP:0000924", "HP:0012638", "HP:0000152", "HP:0002197",
)  # fmt: skip
SEIZURE, ARACHNODACTYLY, VENTRICULAR_SEPTAL_DEFECT, MACROCEPHALY = (
    PHENOTYPES[1],
    PHENOTYPES[0],
    "HP:0001629",
    "HP:0000256",
)
CLASSICAL = tuple(name for name in RANKERS if name != "lm")
some_terms = st.lists(st.sampled_from(PHENOTYPES), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def measures(small_knowledge):
    return {name: measure_named(small_knowledge, name) for name in MEASURES}


@pytest.fixture(params=MEASURES)
def measure(request, measures):
    return measures[request.param]


@pytest.fixture
def ask(small_knowledge):
    terms = small_knowledge.terms

    def query(present, excluded=(), weight=1.0):
        return Query.at({terms.position(id): weight for id in present}, map(terms.position, excluded), terms)

    return query


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


def rows_saying(terms) -> StatedRows:
    """Annotation rows of disease 0 that state the terms and nothing else."""
    n = len(terms)
    return StatedRows(
        np.arange(n), np.zeros(n, np.int32), np.array(terms, np.int32), np.full(n, -1, np.int32),
        np.full(n, -1, np.int32), np.full(n, np.nan, np.float32), np.zeros(n, np.int8), np.zeros(n, np.bool_),
    )  # fmt: skip


def test_every_ranker_that_can_be_chosen_is_tested():
    assert set(RANKERS) <= set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
@given(present=some_terms, uncertain=st.lists(st.sampled_from(PHENOTYPES), max_size=3))
def test_addends_sum_to_the_score(measures, small_knowledge, name, present, uncertain):
    features = [finding(id) for id in present] + [finding(id, Assertion.UNCERTAIN) for id in uncertain]
    answers = measures[name].answer(Query.of(features, small_knowledge.terms))
    for disease in np.flatnonzero(measures[name].considered).tolist():
        contributions, _ = answers.explain(disease)
        assert sum(c.nats for c in contributions) == pytest.approx(float(answers.scores[disease]), abs=1e-5)
        assert {c.feature for c in contributions} == {f.type for f in features}


@pytest.mark.parametrize("name", MEASURES)
@given(st.permutations(PHENOTYPES[:6]))
def test_neither_order_nor_saying_it_twice_matters(measures, small_knowledge, name, shuffled):
    def scores(ids):
        return measures[name].answer(Query.of(map(finding, ids), small_knowledge.terms)).scores

    assert np.array_equal(scores([*shuffled, shuffled[0]]), scores(PHENOTYPES[:6]))


@pytest.mark.parametrize("name", MEASURES)
@given(
    term=st.sampled_from(PHENOTYPES),
    others=st.lists(st.sampled_from(PHENOTYPES), max_size=4),
    at=st.integers(min_value=0, max_value=9),
)
def test_a_feature_scores_no_less_than_its_superterm_in_its_place(measures, small_knowledge, name, term, others, at):
    terms = small_knowledge.terms
    exact = terms.position(term)
    above = [t for t in terms.ancestors[exact].tolist() if terms.is_phenotype[t] and t != exact]
    beside = [t for t in map(terms.position, others) if t not in (exact, *above)]
    query = Query.at({exact: 1.0}, (), terms)
    met, general = (
        measures[name].anew({0: rows_saying([feature, *beside])})[0].score(query)
        for feature in (exact, above[at % len(above)])
    )
    assert met >= general - 1e-6


def test_a_disease_weighed_anew_from_the_same_rows_scores_the_same(measure, small_knowledge, ask):
    rows = stated_rows(small_knowledge.annotations, small_knowledge.terms.is_phenotype)
    query = ask(PHENOTYPES)
    scores = measure.answer(query).scores
    for disease in range(len(small_knowledge.diseases)):
        alone = measure.anew({disease: rows.take(rows.owners == disease)})[disease]
        if measure.considered[disease]:
            assert alone.score(query) == pytest.approx(float(scores[disease]), abs=1e-5)


def test_a_disease_left_with_nothing_scores_lowest(measure, ask):
    query = ask([ARACHNODACTYLY])
    disease = 2  # OMIM:900002, Fit syndrome 1: named for nothing here
    left = measure.anew({disease: rows_saying([])})[disease]
    assert left.score(query) <= measure.answer(query).scores[measure.considered].min()


@pytest.mark.parametrize("name", CLASSICAL)
def test_an_unmatched_finding_adds_nothing(measures, small_knowledge, ask, name):
    disease = small_knowledge.diseases.position("OMIM:900002")
    contributions, _ = measures[name].answer(ask([SEIZURE, ARACHNODACTYLY])).explain(disease)
    assert [(c.feature, c.nats) for c in contributions if c.match is Match.NONE] == [(ARACHNODACTYLY, 0.0)]


@pytest.mark.parametrize("name", CLASSICAL)
@pytest.mark.parametrize(
    ("given_term", "disease", "match", "through"),
    [
        (SEIZURE, "OMIM:900002", Match.EXACT, SEIZURE),
        ("HP:0007359", "OMIM:900002", Match.MORE_SPECIFIC, SEIZURE),  # Focal-onset seizure
        ("HP:0000924", "OMIM:900001", Match.MORE_GENERAL, "HP:0000767"),  # three features below it: the first position
        ("HP:0001252", "DECIPHER:900", Match.SHARED_ANCESTOR, "HP:0012638"),  # Hypotonia, with developmental delay
    ],
)
def test_how_a_finding_meets_a_disease(measures, small_knowledge, ask, name, given_term, disease, match, through):
    position = small_knowledge.diseases.position(disease)
    (contribution,), _ = measures[name].answer(ask([given_term])).explain(position)
    assert (contribution.match, contribution.through) == (match, through)
    own = small_knowledge.annotations.rows_of(position)
    assert contribution.rows
    assert set(contribution.rows) <= set(own)


@pytest.mark.parametrize("name", CLASSICAL)
def test_conflicts_are_shown_and_add_nothing(measures, small_knowledge, ask, name):
    measure = measures[name]
    query, without = ask([SEIZURE, "HP:0002650"], excluded=["HP:0000316"]), ask([SEIZURE, "HP:0002650"])
    assert np.array_equal(measure.answer(query).scores, measure.answer(without).scores)
    contributions, _ = measure.answer(query).explain(small_knowledge.diseases.position("OMIM:900004"))
    conflicts = {c.match: (c.feature, c.nats) for c in contributions if "excluded" in c.match}
    assert conflicts == {
        Match.EXCLUDED_MEETS_PRESENT: ("HP:0000316", 0.0),  # Hypertelorism, 7/8
        Match.PRESENT_MEETS_EXCLUDED: ("HP:0002650", 0.0),  # NOT Scoliosis
    }


@pytest.mark.parametrize("name", CLASSICAL)
def test_a_named_ranker_lists_reasons_ties_and_no_probability(small_knowledge, name):
    ranker = NamedRanker(small_knowledge, classical(small_knowledge, name))
    findings = [finding(VENTRICULAR_SEPTAL_DEFECT), finding(MACROCEPHALY)]
    ranking = ranker.rank(findings, limit=3)
    assert (ranking.ranker, ranking.findings, ranking.considered) == (name, 2, 10)
    assert [(d.id, d.rank, d.tied_with) for d in ranking.diseases[:2]] == [
        ("OMIM:900005", 1.5, 1),
        ("OMIM:900006", 1.5, 1),
    ]
    assert {d.probability for d in ranking.diseases} == {None}
    standings = ranker.standings(findings, limit=3)
    assert [(s.position, s.score, s.rank) for s in standings] == [
        (d.position, d.score, d.rank) for d in ranking.diseases
    ]


def test_without_a_present_finding_a_named_ranker_lists_nothing(small_knowledge):
    ranker = NamedRanker(small_knowledge, classical(small_knowledge, "resnik"))
    assert ranker.rank([finding(SEIZURE, Assertion.EXCLUDED)]).diseases == ()
    assert ranker.standings([], limit=5) == ()


def test_faults_of_the_caller(small_knowledge, monkeypatch):
    with pytest.raises(InputError) as unknown:
        classical(small_knowledge, "jaccard")
    assert unknown.value.field == "ranker"
    assert "resnik" in unknown.value.mend
    ranker = NamedRanker(small_knowledge, classical(small_knowledge, "lin"))
    with pytest.raises(InputError):
        ranker.rank([finding(SEIZURE)], universe="orphanet")
    monkeypatch.setattr("matching.rankers.MOST_FINDINGS", 1)
    with pytest.raises(InputError):
        ranker.rank([finding(SEIZURE), finding(ARACHNODACTYLY)])
