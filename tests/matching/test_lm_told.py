"""Features that a disease is named for, or that Orphanet's definition of it speaks of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.lm.query import WEIGHT_OF
from matching.lm.ranker import Ranker
from matching.lm.settings import SETTINGS
from matching.lm.told import Told, Voice
from matching.lm.workshop import Workshop
from matching.report import Match, PhenotypicFeature
from ontology.arrays import StringPool
from ontology.features import Assertion

SEIZURE, FOCAL_SEIZURE, MACROCEPHALY, SEPTAL_DEFECT = "HP:0001250", "HP:0007359", "HP:0000256", "HP:0001629"
NAMED = "OMIM:900006"  # Level syndrome 2: no row on seizures
DESCRIBED = "OMIM:900004"  # Wide-eyed heart syndrome, to which ORPHA:900104 is broader


def finding(id, assertion=Assertion.OBSERVED):
    return PhenotypicFeature(id, "", assertion, WEIGHT_OF[assertion], ())


@pytest.fixture(scope="module")
def renamed(small_knowledge):
    diseases = small_knowledge.diseases
    names = list(diseases.record_names)
    names[diseases.record(NAMED)] = "Macrocephaly, seizures, and ventricular septal defect"
    return replace(small_knowledge, diseases=replace(diseases, record_names=StringPool.of(names)))


def defined(knowledge, definition, id="ORPHA:900104"):
    descriptions = knowledge.descriptions
    words = ["" if entry != id else definition for entry in descriptions.entry_ids]
    return replace(knowledge, descriptions=replace(descriptions, definitions=StringPool.of(words)))


def scored(knowledge, features, id=NAMED, settings=SETTINGS):
    ranker = Ranker(knowledge, Workshop.build(knowledge, settings).model)
    return next(d for d in ranker.rank(features, limit=50).diseases if d.id == id)


def said(knowledge, id):
    told = Told.by(knowledge)
    span = told.span(knowledge.diseases.position(id))
    terms = [knowledge.terms.id(int(term)) for term in told.terms.values[span]]
    return {(Voice(voice), term) for voice, term in zip(told.voices[span].tolist(), terms, strict=True)}


def test_names_are_read(renamed):
    assert said(renamed, NAMED) == {(Voice.NAME, term) for term in (MACROCEPHALY, SEIZURE, SEPTAL_DEFECT)}


def test_a_definition_is_read_with_what_it_denies_and_doubts(small_knowledge):
    words = "A rare syndrome characterized by macrocephaly and ventricular septal defect, without seizures."
    assert said(defined(small_knowledge, words), DESCRIBED) == {
        (Voice.DEFINITION, MACROCEPHALY),
        (Voice.DEFINITION, SEPTAL_DEFECT),
    }
    doubtful = said(defined(small_knowledge, "A syndrome with possible seizures."), DESCRIBED)
    assert doubtful == {(Voice.DOUBTFUL_DEFINITION, SEIZURE)}


def test_what_one_entry_says_twice_adds_and_of_two_entries_the_one_that_adds_most_counts():
    from ontology.arrays import Rows

    # Term 7 of disease 1: entry 0 by name and definition, entry 1 with a doubt; term 8 by the disease's name.
    told = Told(
        Rows(np.array([0, 0, 4]), np.array([7, 7, 7, 8], np.int32)),
        np.array([Voice.ENTRY_NAME, Voice.DEFINITION, Voice.DOUBTFUL_DEFINITION, Voice.NAME], np.int8),
        np.array([0, 0, 1, -1], np.int32),
    )
    settings = replace(SETTINGS, named_mass=1.5, entry_named_mass=0.3, defined_mass=1.0, doubtful_share=0.5)
    owners, terms, mass = told.masses(settings)
    assert (owners.tolist(), terms.tolist()) == ([1, 1], [7, 8])
    assert mass == pytest.approx([1.3, 1.5])


def test_a_feature_in_the_name_raises_the_disease_and_is_said_to_be_of_the_name(small_knowledge, renamed):
    features = [finding(SEIZURE)]
    after = scored(renamed, features)
    assert after.score > scored(small_knowledge, features).score
    (contribution,) = after.contributions
    assert (contribution.match, contribution.through, contribution.by_name) == (Match.EXACT, SEIZURE, True)
    assert contribution.rows == ()


def test_a_feature_in_the_definition_raises_the_disease_and_the_entry_is_named(small_knowledge):
    features = [finding(FOCAL_SEIZURE)]
    after = scored(defined(small_knowledge, "A syndrome with seizures."), features, DESCRIBED)
    assert after.score > scored(small_knowledge, features, DESCRIBED).score
    (contribution,) = after.contributions
    assert (contribution.match, contribution.through) == (Match.MORE_SPECIFIC, SEIZURE)
    assert [(entry.id, entry.in_definition) for entry in contribution.described] == [("ORPHA:900104", True)]
    assert (contribution.by_name, contribution.rows) == (False, ())


def test_a_feature_in_the_name_and_in_a_row_shows_both(renamed):
    (contribution,) = scored(renamed, [finding(MACROCEPHALY)]).contributions
    assert contribution.by_name
    assert len(contribution.rows) == 1


def test_an_excluded_feature_of_the_name_lowers_the_disease(renamed):
    known = [finding(SEPTAL_DEFECT)]
    assert scored(renamed, [*known, finding(SEIZURE, Assertion.EXCLUDED)]).score < scored(renamed, known).score


def test_an_imprecise_finding_gets_credit_for_what_lies_below(small_knowledge):
    # Fit syndrome 2 has focal seizures; the note says "seizures" and no more.
    plain = replace(SETTINGS, subtree=0.0)
    score = scored(small_knowledge, [finding(SEIZURE)], "OMIM:900003").score
    assert score > scored(small_knowledge, [finding(SEIZURE)], "OMIM:900003", plain).score
