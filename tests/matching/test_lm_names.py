"""Features that a disease is named for, and credit for imprecise findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.lm.names import read_names
from matching.lm.query import WEIGHT_OF
from matching.lm.ranker import Ranker
from matching.lm.settings import SETTINGS
from matching.lm.workshop import Workshop
from matching.report import Match, PhenotypicFeature
from ontology.arrays import StringPool
from ontology.features import Assertion

SEIZURE, FOCAL_SEIZURE, ARACHNODACTYLY, SCOLIOSIS = "HP:0001250", "HP:0007359", "HP:0001166", "HP:0002650"
NAMED = "OMIM:900006"  # Level syndrome 2: no row on seizures


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


@pytest.fixture(scope="module")
def renamed(small_knowledge):
    diseases = small_knowledge.diseases
    names = list(diseases.record_names)
    names[diseases.record(NAMED)] = "Macrocephaly, seizures, and ventricular septal defect"
    return replace(small_knowledge, diseases=replace(diseases, record_names=StringPool.of(names)))


def scored(knowledge, features, id=NAMED, settings=SETTINGS):
    ranker = Ranker(knowledge, Workshop.build(knowledge, settings).model)
    return next(d for d in ranker.rank(features, limit=50).diseases if d.id == id)


def test_names_are_read(renamed):
    terms = [renamed.terms.id(int(t)) for t in read_names(renamed)[renamed.diseases.position(NAMED)]]
    assert terms == ["HP:0000256", SEIZURE, "HP:0001629"]


def test_a_feature_in_the_name_raises_the_disease_and_is_said_to_be_of_the_name(small_knowledge, renamed):
    features = [finding(SEIZURE)]
    after = scored(renamed, features)
    assert after.score > scored(small_knowledge, features).score
    (contribution,) = after.contributions
    assert (contribution.match, contribution.through, contribution.by_name) == (Match.EXACT, SEIZURE, True)
    assert contribution.rows == ()


def test_a_feature_in_the_name_and_in_a_row_shows_both(renamed):
    (contribution,) = scored(renamed, [finding("HP:0000256")]).contributions
    assert contribution.by_name
    assert len(contribution.rows) == 1


def test_a_more_specific_finding_meets_the_name(renamed):
    (contribution,) = scored(renamed, [finding(FOCAL_SEIZURE)]).contributions
    assert (contribution.match, contribution.through) == (Match.MORE_SPECIFIC, SEIZURE)


def test_an_excluded_feature_of_the_name_lowers_the_disease(renamed):
    known = [finding("HP:0001629")]
    assert scored(renamed, [*known, finding(SEIZURE, Assertion.EXCLUDED)]).score < scored(renamed, known).score


def test_an_imprecise_finding_gets_credit_for_what_lies_below(small_knowledge):
    # Fit syndrome 2 has focal seizures; the note says "seizures" and no more.
    plain = replace(SETTINGS, subtree=0.0)
    score = scored(small_knowledge, [finding(SEIZURE)], "OMIM:900003").score
    assert score > scored(small_knowledge, [finding(SEIZURE)], "OMIM:900003", plain).score
