"""How the ranker behaves, on the hand-made release (tests/small_release)."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lm.compile import write_profiles
from matching.lm.model import LanguageModel
from matching.lm.query import WEIGHT_OF, Query
from matching.lm.ranker import Ranker
from matching.lm.score import EXCLUDED_BOUND_NATS, add_up, nats
from matching.lm.workshop import Workshop
from matching.report import Match, PhenotypicFeature
from ontology.errors import InputError, KnowledgeDamaged
from ontology.features import Assertion
from ontology.terms import UnknownTerm

ARACHNODACTYLY, SEIZURE, FOCAL_SEIZURE, HYPOTONIA = "HP:0001166", "HP:0001250", "HP:0007359", "HP:0001252"
SCOLIOSIS, ATRIAL_SEPTAL_DEFECT, VENTRICULAR_SEPTAL_DEFECT = "HP:0002650", "HP:0001631", "HP:0001629"
HYPERTELORISM, MACROCEPHALY, MYOPIA, DELAY = "HP:0000316", "HP:0000256", "HP:0000545", "HP:0001263"
PHENOTYPES = (
    ARACHNODACTYLY, SEIZURE, FOCAL_SEIZURE, HYPOTONIA, SCOLIOSIS, ATRIAL_SEPTAL_DEFECT, VENTRICULAR_SEPTAL_DEFECT,
    HYPERTELORISM, MACROCEPHALY, MYOPIA, DELAY, "HP:0002616", "HP:0000924", "HP:0012638", "HP:0000152",
)  # fmt: skip


@pytest.fixture(scope="module")
def ranker(small_knowledge):
    return Ranker.open(small_knowledge)


def finding(id: str, assertion: Assertion = Assertion.OBSERVED) -> PhenotypicFeature:
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


def absent(id: str) -> PhenotypicFeature:
    return finding(id, Assertion.EXCLUDED)


def of(ranking, id):
    return next(d for d in ranking.diseases if id in (d.id, *d.also))


def met(disease, feature):
    return next(c for c in disease.contributions if c.feature == feature)


def test_a_disease_is_first_on_its_own_findings(ranker):
    ranking = ranker.rank([finding(ARACHNODACTYLY), finding(SCOLIOSIS), finding("HP:0002616")])
    assert ranking.diseases[0].id == "OMIM:900001"
    assert ranking.diseases[0].also == ("ORPHA:900101",)
    assert ranking.diseases[0].rank == 1


@given(
    present=st.lists(st.sampled_from(PHENOTYPES), min_size=1, max_size=6),
    excluded=st.lists(st.sampled_from(PHENOTYPES), max_size=6),
    uncertain=st.lists(st.sampled_from(PHENOTYPES), max_size=3),
)
def test_contributions_sum_to_the_score(ranker, present, excluded, uncertain):
    features = [finding(id) for id in present] + [absent(id) for id in excluded]
    features += [finding(id, Assertion.UNCERTAIN) for id in uncertain]
    for disease in ranker.rank(features, limit=50).diseases:
        assert sum(c.nats for c in disease.contributions) == pytest.approx(disease.score, abs=1e-5)


@given(st.permutations(PHENOTYPES[:6]))
def test_order_of_findings_does_not_matter(ranker, shuffled):
    assert ranker.rank(map(finding, shuffled)) == ranker.rank(map(finding, PHENOTYPES[:6]))


def test_a_finding_said_twice_counts_once(ranker):
    once = [finding(SEIZURE), finding(HYPOTONIA)]
    assert ranker.rank(once * 2) == ranker.rank(once)


def test_uncertain_counts_half_and_a_relatives_a_quarter(ranker):
    whole = of(ranker.rank([finding(SEIZURE)]), "OMIM:900002").score
    assert of(ranker.rank([finding(SEIZURE, Assertion.UNCERTAIN)]), "OMIM:900002").score == pytest.approx(whole / 2)
    assert of(ranker.rank([finding(SEIZURE, Assertion.FAMILY)]), "OMIM:900002").score == pytest.approx(whole / 4)
    assert of(ranker.rank([finding(SEIZURE, Assertion.HISTORICAL)]), "OMIM:900002").score == pytest.approx(whole)


def test_hypothetical_findings_and_other_branches_never_rank(ranker):
    known = ranker.rank([finding(SEIZURE)])
    inheritance, root = "HP:0000006", "HP:0000118"
    others = [finding(HYPOTONIA, Assertion.HYPOTHETICAL), finding(inheritance), finding(root)]
    assert ranker.rank([finding(SEIZURE), *others]) == known


def test_without_a_present_finding_nothing_is_ranked(ranker):
    ranking = ranker.rank([absent(SEIZURE)])
    assert ranking.diseases == ()
    assert (ranking.findings, ranking.too_few_findings) == (0, True)


def test_an_excluded_finding_lowers_the_disease_that_has_it(ranker):
    known = [finding(DELAY)]
    before, after = ranker.rank(known), ranker.rank([*known, absent(SEIZURE)])
    assert of(after, "OMIM:900002").score < of(before, "OMIM:900002").score
    contribution = met(of(after, "OMIM:900002"), SEIZURE)
    assert contribution.match is Match.EXCLUDED_MEETS_PRESENT
    assert contribution.through == SEIZURE
    assert contribution.rows


def test_an_excluded_general_finding_lowers_the_disease_that_has_a_specific_one(ranker):
    known = [finding(HYPOTONIA)]
    lowered = of(ranker.rank([*known, absent(SEIZURE)]), "OMIM:900003")
    assert met(lowered, SEIZURE).nats < 0
    assert lowered.score < of(ranker.rank(known), "OMIM:900003").score


@given(st.lists(st.sampled_from(PHENOTYPES), max_size=8), st.sampled_from(PHENOTYPES))
def test_an_excluded_finding_never_raises_and_never_costs_more_than_the_bound(ranker, excluded, another):
    def scores(absences):
        return ranker.score([finding(MYOPIA), *map(absent, absences)]).scores

    free, before, after = scores([]), scores(excluded), scores([*excluded, another])
    ranked = np.isfinite(free)
    assert (after[ranked] <= before[ranked] + 1e-6).all()
    assert (after[ranked] >= free[ranked] - EXCLUDED_BOUND_NATS - 1e-6).all()


def test_an_excluded_finding_above_a_present_one_takes_no_part(ranker):
    known = [finding(FOCAL_SEIZURE), finding(HYPOTONIA)]
    assert ranker.rank([*known, absent(SEIZURE)]) == ranker.rank(known)


@pytest.mark.parametrize(
    ("given_term", "disease", "match", "through"),
    [
        (SEIZURE, "OMIM:900002", Match.EXACT, SEIZURE),
        (FOCAL_SEIZURE, "OMIM:900002", Match.MORE_SPECIFIC, SEIZURE),
        ("HP:0000271", "OMIM:900004", Match.EXACT, "HP:0000271"),  # Abnormality of the face, lent by ORPHA:900104
        ("HP:0000478", "OMIM:900004", Match.MORE_GENERAL, HYPERTELORISM),  # Abnormality of the eye
        (HYPOTONIA, "DECIPHER:900", Match.SHARED_ANCESTOR, "HP:0012638"),  # with Global developmental delay
        (ARACHNODACTYLY, "OMIM:900002", Match.NONE, None),
    ],
)
def test_how_a_finding_meets_a_disease(ranker, given_term, disease, match, through):
    contribution = met(of(ranker.rank([finding(given_term)], limit=50), disease), given_term)
    assert (contribution.match, contribution.through) == (match, through)
    assert bool(contribution.rows) == (match is not Match.NONE)


def test_rows_behind_a_contribution_are_the_diseases_own(ranker, small_knowledge):
    disease = of(ranker.rank([finding(ARACHNODACTYLY)]), "OMIM:900001")
    rows = [small_knowledge.annotations.row(r) for r in met(disease, ARACHNODACTYLY).rows]
    assert {row.references for row in rows} == {("PMID:9000011",), ("ORPHA:900101",)}
    assert {small_knowledge.terms.id(row.term) for row in rows} == {ARACHNODACTYLY}


def test_what_the_diseases_patients_lacked_is_named_and_adds_nothing(ranker, small_knowledge):
    disease = of(ranker.rank([finding(SCOLIOSIS)], limit=50), "OMIM:900004")
    against = [c for c in disease.contributions if c.match is Match.PRESENT_MEETS_EXCLUDED]
    assert [(c.feature, c.nats) for c in against] == [(SCOLIOSIS, 0.0)]
    assert all(small_knowledge.annotations.row(r).excluded for c in against for r in c.rows)


def test_a_feature_seen_in_none_of_ten_is_named_as_lacked(ranker):
    disease = of(ranker.rank([finding("HP:0001249")], limit=50), "OMIM:900001")  # Intellectual disability, 0/10
    assert Match.PRESENT_MEETS_EXCLUDED in {c.match for c in disease.contributions}


def test_unexplained_findings_are_named(ranker):
    disease = of(ranker.rank([finding(SEIZURE), finding(ARACHNODACTYLY)]), "OMIM:900002")
    assert disease.unexplained == (ARACHNODACTYLY,)


@given(
    st.sets(st.sampled_from(PHENOTYPES), min_size=1, max_size=4),
    st.sampled_from(PHENOTYPES),
    st.sampled_from([Assertion.OBSERVED, Assertion.UNCERTAIN, Assertion.FAMILY]),
)
def test_a_finding_that_a_disease_has_nothing_like_is_named_and_costs_the_floor(ranker, known, another, said):
    known = sorted(known - {another})
    before = ranker.score(map(finding, known)).scores
    after = ranker.rank([*map(finding, known), finding(another, said)], limit=50)
    cost = float(-np.log(ranker.model.floor)) * WEIGHT_OF[said]
    cost *= ranker.model.weights[ranker.knowledge.terms.position(another)]
    for disease in after.diseases:
        if met(disease, another).match is Match.NONE:
            assert another in disease.unexplained
            assert before[disease.position] - disease.score == pytest.approx(cost, abs=1e-4)


def test_level_diseases_share_a_rank(ranker):
    ranking = ranker.rank([finding(VENTRICULAR_SEPTAL_DEFECT), finding(MACROCEPHALY)])
    first, second = ranking.diseases[:2]
    assert {first.id, second.id} == {"OMIM:900005", "OMIM:900006"}
    assert first.score == second.score
    assert (first.rank, second.rank) == (1.5, 1.5)
    assert (first.tied_with, second.tied_with) == (1, 1)


def test_ranked_are_diseases_with_a_phenotype(ranker):
    everything = ranker.rank([finding(SEIZURE)], limit=50)
    assert everything.considered == len(everything.diseases)
    ids = {d.id for d in everything.diseases}
    assert "OMIM:900007" not in ids  # known by inheritance alone
    assert {"DECIPHER:900", "ORPHA:900102"} <= ids
    omim = ranker.rank([finding(SEIZURE)], limit=50, universe="omim")
    assert {d.id for d in omim.diseases} == {id for id in ids if id.startswith("OMIM:")}


def test_the_limit_is_kept(ranker):
    assert len(ranker.rank([finding(SEIZURE)], limit=2).diseases) == 2
    assert ranker.rank([finding(SEIZURE)], limit=0).diseases == ()


def test_faults_of_the_caller(ranker):
    with pytest.raises(InputError):
        ranker.rank([finding(SEIZURE)], universe="orphanet")
    with pytest.raises(UnknownTerm):
        ranker.rank([finding("HP:0099999")])


def test_borrowed_where_all_is_lent_by_a_broader_entry(ranker):
    ranking = ranker.rank([finding(SEIZURE), finding(HYPERTELORISM)], limit=50)
    assert not of(ranking, "OMIM:900004").borrowed  # lent rows beside its own
    assert not of(ranking, "OMIM:900003").borrowed  # lent exactly


def test_few_findings_are_said_to_be_few(ranker):
    assert ranker.rank(map(finding, PHENOTYPES[:5])).too_few_findings
    assert not ranker.rank(map(finding, PHENOTYPES[:6])).too_few_findings


def test_a_disease_weighed_by_itself_scores_as_it_does_among_all(small_knowledge):
    workshop = Workshop.build(small_knowledge)
    query = Query.of(map(finding, PHENOTYPES), small_knowledge.terms)
    addends = add_up(workshop.model, small_knowledge.terms, query).present
    for disease in range(len(small_knowledge.diseases)):
        profile = workshop.anew({disease: workshop.rows.take(workshop.rows.owners == disease)})[disease]
        alone = nats(profile.likelihood_ratios(query.present), workshop.model.floor)
        assert alone * workshop.model.weights[query.present] == pytest.approx(addends[:, disease], abs=1e-5)


def test_what_is_written_is_what_was_built(small_knowledge, tmp_path):
    built = Workshop.build(small_knowledge).model
    write_profiles(small_knowledge, tmp_path)
    read = LanguageModel.open(tmp_path)
    assert read.floor == built.floor
    for name in ("weights", "considered"):
        assert np.array_equal(getattr(read, name), getattr(built, name))
    for name in ("pointers", "diseases", "spread", "own", "highest"):
        assert np.array_equal(getattr(read.postings, name), getattr(built.postings, name))


def test_missing_profiles_are_refused(small_knowledge, tmp_path):
    shutil.copytree(small_knowledge.folder, tmp_path / "release", ignore=shutil.ignore_patterns("ranking"))
    with pytest.raises(KnowledgeDamaged):
        Ranker.open(replace(small_knowledge, folder=tmp_path / "release"))


MARFAN = ("HP:0001166", "HP:0001083", "HP:0002616", "HP:0000098", "HP:0001519", "HP:0000767", "HP:0002650",
          "HP:0000545", "HP:0001382", "HP:0004970")  # fmt: skip


@pytest.mark.real
def test_real_release_knows_marfan_syndrome(real_knowledge):
    ranking = Ranker.open(real_knowledge).rank(map(finding, MARFAN))
    assert "Marfan" in ranking.diseases[0].name
    assert ranking.considered > 10_000


@pytest.mark.real
def test_ten_findings_take_milliseconds(cpu_seconds, real_knowledge):
    ranker = Ranker.open(real_knowledge)
    assert cpu_seconds(lambda: ranker.rank(map(finding, MARFAN))) < 0.008


@pytest.mark.real
def test_real_contributions_sum_to_the_score(real_knowledge):
    excluded = [absent("HP:0001250"), absent("HP:0001249"), absent("HP:0000365")]
    for disease in Ranker.open(real_knowledge).rank([*map(finding, MARFAN), *excluded], limit=100).diseases:
        assert sum(c.nats for c in disease.contributions) == pytest.approx(disease.score, abs=1e-4)


def test_more_findings_than_any_patient_has_are_refused(ranker, monkeypatch):
    monkeypatch.setattr("matching.lm.ranker.MOST_FINDINGS", 2)
    with pytest.raises(InputError):
        ranker.rank(map(finding, PHENOTYPES[:3]))
