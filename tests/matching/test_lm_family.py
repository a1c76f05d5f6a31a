"""What the kin of a disease lets expect of it, and how that is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.lm.family import Families, expected_of_kin, series_of
from matching.lm.profile import stated_rows
from matching.lm.query import WEIGHT_OF, Query
from matching.lm.ranker import Ranker
from matching.lm.settings import SETTINGS, Settings
from matching.lm.workshop import Workshop
from matching.report import Contribution, Match, PhenotypicFeature, RankedDisease
from ontology.arrays import Rows, StringPool
from ontology.features import Assertion

SEIZURE, DELAY, MICROCEPHALY, ATRIAL_DEFECT = "HP:0001250", "HP:0001263", "HP:0000252", "HP:0001631"
FIT_1, FIT_2, WIDE_EYED = "OMIM:900002", "OMIM:900003", "OMIM:900004"


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


@pytest.fixture(scope="module")
def workshop(small_knowledge):
    return Workshop.build(small_knowledge)


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("Developmental and epileptic encephalopathy 12", "developmental and epileptic encephalopathy"),
        ("Deafness, autosomal recessive 1A", "deafness"),
        ("Charcot-Marie-Tooth disease, axonal, type 2B", "charcot marie tooth disease axonal"),
        ("Ehlers-Danlos syndrome, classic type, 1", "ehlers danlos syndrome classic"),
        ("Cardiomyopathy, dilated, 1A, with or without conduction disease", "cardiomyopathy dilated"),
        ("Leigh syndrome due to mitochondrial complex I deficiency", "leigh syndrome"),
        ("Hyperaldosteronism, familial, type II", "hyperaldosteronism familial"),
        ("Marfan syndrome", "marfan syndrome"),
    ],
)
def test_a_series_is_the_name_without_number_type_and_inheritance(name, series):
    assert series_of(name) == series


def test_kin_are_found_by_series_gene_and_entry(small_knowledge, workshop):
    position = small_knowledge.diseases.position
    families = workshop.model.families
    # ORPHA:900102 "Fit syndrome" is of the series too: it is no number of its own, but it bears the name.
    entry = position("ORPHA:900102")
    assert families.series[position(FIT_1)].tolist() == sorted([position(FIT_2), entry])
    assert families.entry[position(FIT_1)].tolist() == sorted([position(FIT_2), entry])
    assert families.gene[position(FIT_1)].tolist() == []
    assert families.of_disease(position("OMIM:300624")).tolist() == []


def test_expected_of_kin_by_hand():
    # Disease 0 has one kin by series, disease 1, and knows of term 5 at .5 itself.
    none = Rows.of([[], []])
    families = Families(Rows.of([[1], [0]]), none, none)
    own = {
        0: (np.array([5], np.int32), np.array([0.5])),
        1: (np.array([3, 4], np.int32), np.array([0.8, 0.04])),
    }
    settings = Settings(series_share=0.5, kin_least=0.05, kin_share=0.25, kin_rescue=4.0, kin_thin=0.1)
    terms, mass = expected_of_kin(0, families, own.__getitem__, settings)
    # One kin weighs all; term 4 is rarer than .05; .5 * .8 * (.25 + 4 * .1 / (.1 + .5)) = .366667
    assert terms.tolist() == [3]
    assert mass == pytest.approx([0.366667], abs=1e-6)


def test_of_two_kin_the_one_of_which_more_is_known_weighs_more():
    families = Families(Rows.of([[1, 2], [], []]), Rows.of([[]] * 3), Rows.of([[]] * 3))
    none = np.zeros(0, np.int32), np.zeros(0)
    own = {0: none, 1: (np.arange(5, dtype=np.int32), np.ones(5)), 2: (np.arange(5, 20, dtype=np.int32), np.ones(15))}
    settings = Settings(series_share=1.0, kin_half=5.0, kin_share=1.0, kin_rescue=0.0, kin_least=0.0)
    _, mass = expected_of_kin(0, families, own.__getitem__, settings)
    # 5 / (5 + 5) = 1/2 and 15 / (15 + 5) = 3/4: shares 2/5 and 3/5.
    assert mass == pytest.approx([0.4] * 5 + [0.6] * 15)


def test_a_feature_of_the_kin_raises_the_disease_and_is_said_to_be_theirs(small_knowledge, workshop):
    ranker = Ranker(small_knowledge, workshop.model)
    first = next(d for d in ranker.rank([finding(MICROCEPHALY)], limit=50).diseases if d.id == FIT_1)
    (contribution,) = first.contributions
    assert (contribution.match, contribution.through) == (Match.EXACT, MICROCEPHALY)
    assert FIT_2 in contribution.kin
    annotations = small_knowledge.annotations
    assert {annotations.row(row).term for row in contribution.rows} == {small_knowledge.terms.position(MICROCEPHALY)}
    alone = Ranker(small_knowledge, Workshop.build(small_knowledge, _without_kin()).model)
    assert first.score > next(d for d in alone.rank([finding(MICROCEPHALY)], limit=50).diseases if d.id == FIT_1).score


def test_what_is_said_of_the_disease_itself_is_shown_without_its_kin(small_knowledge, workshop):
    ranker = Ranker(small_knowledge, workshop.model)
    first = next(d for d in ranker.rank([finding(SEIZURE)], limit=50).diseases if d.id == FIT_1)
    assert first.contributions[0].kin == ()


def test_what_the_disease_has_below_a_term_comes_before_what_its_kin_have_at_it(small_knowledge):
    # Renamed a kin of the Wide-eyed heart syndrome (abnormal heart morphology), it has a ventricular septal defect.
    diseases = small_knowledge.diseases
    names = list(diseases.record_names)
    names[diseases.record("DECIPHER:900")] = "Wide-eyed heart syndrome 2"
    renamed = replace(small_knowledge, diseases=replace(diseases, record_names=StringPool.of(names)))
    ranker = Ranker(renamed, Workshop.build(renamed).model)
    found = ranker.rank([finding("HP:0001627"), finding("HP:0000316")], limit=50)
    second = next(d for d in found.diseases if d.id == "DECIPHER:900")
    heart, eyes = (next(c for c in second.contributions if c.feature == id) for id in ("HP:0001627", "HP:0000316"))
    assert (heart.match, heart.through, heart.kin) == (Match.MORE_GENERAL, "HP:0001629", ())
    assert (eyes.match, eyes.kin, eyes.kin_more) == (Match.EXACT, (WIDE_EYED,), 0)


def test_the_share_of_the_kin_is_of_what_speaks_for_the_disease():
    # 3 + 1 nats speak for it, 1 of them of kin; what costs it 2 nats, though met in kin, speaks against.
    nats = ((3.0, ()), (1.0, (FIT_2,)), (-2.0, (FIT_2,)))
    parts = tuple(Contribution(SEIZURE, Match.EXACT, SEIZURE, (), worth, kin=kin) for worth, kin in nats)
    disease = RankedDisease(0, FIT_1, (), "", 2.0, 1.0, 0, None, parts)
    assert disease.from_kin == 0.25
    assert replace(disease, contributions=parts[2:]).from_kin == 1.0  # nothing else was met
    assert replace(disease, contributions=(*parts[2:], replace(parts[0], nats=-1.0))).from_kin == 0.0
    assert replace(disease, contributions=()).from_kin == 0.0


def test_what_only_the_kin_shows_cannot_be_contradicted(small_knowledge, workshop):
    ranker = Ranker(small_knowledge, workshop.model)
    absent = [finding(SEIZURE), finding(MICROCEPHALY, Assertion.EXCLUDED)]
    first = next(d for d in ranker.rank(absent, limit=50).diseases if d.id == FIT_1)
    assert [c.match for c in first.contributions] == [Match.EXACT]


def test_a_disease_that_loses_its_rows_changes_its_kin_too(small_knowledge, workshop):
    position, terms = small_knowledge.diseases.position, small_knowledge.terms
    rows = stated_rows(small_knowledge.annotations, terms.is_phenotype)
    left = rows.take((rows.owners == position(FIT_2)) & (rows.terms != terms.position(MICROCEPHALY)))
    anew = workshop.anew({position(FIT_2): left})
    assert {position(FIT_1), position(FIT_2)} <= set(anew)
    finding = np.array([terms.position(MICROCEPHALY)], np.int32)
    before = workshop.anew({position(FIT_1): rows.take(rows.owners == position(FIT_1))})[position(FIT_1)]
    assert anew[position(FIT_1)].likelihood_ratios(finding) < before.likelihood_ratios(finding)


def test_a_disease_without_rows_words_or_kin_is_empty(small_knowledge, workshop):
    disease = small_knowledge.diseases.position("OMIM:300624")
    rows = stated_rows(small_knowledge.annotations, small_knowledge.terms.is_phenotype)
    assert workshop.anew({disease: rows.take(np.zeros(len(rows), np.bool_))})[disease].empty


def test_an_unmatched_finding_costs_every_disease_the_same(small_knowledge, workshop):
    # Nothing is annotated at or below a branch that these diseases share with the finding, but for the root.
    ranker = Ranker(small_knowledge, workshop.model)
    scored = ranker.score([finding(ATRIAL_DEFECT)], limit=50)
    query = Query.of([finding(ATRIAL_DEFECT)], small_knowledge.terms)
    unmatched = {d.score for d in ranker.best(scored, 50).diseases if d.contributions[0].match is Match.NONE}
    assert len(query.present) == 1
    assert len(unmatched) == 1


def _without_kin() -> Settings:
    return replace(SETTINGS, kin_share=0.0, kin_rescue=0.0)
