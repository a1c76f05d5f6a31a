"""Answers that are built without validation are those that validation would let pass."""

from __future__ import annotations

import json

import pytest

from ontology.features import Assertion, Mention, Statement
from service.models.answers import RankAnswer
from service.models.explanations import AnnotationAnswer, FrequencyAnswer, LookForAnswer
from service.models.unchecked import unchecked
from service.phrases import Phrases
from service.translate import Translator
from service.wording import Wording

#: Of the hand-made release: met exactly, only by kin, by words alone, as absent, and against what was reported absent.
STATED = {"HP:0001250": "observed", "HP:0001252": "observed", "HP:0002650": "excluded", "HP:0000252": "observed"}


def test_what_is_built_unchecked_equals_what_the_model_builds():
    row = {"id": "HP:0001250", "label": "Seizure", "excluded": False, "references": ["PMID:1"]}
    row |= {"relation": "own", "record": "OMIM:900001", "evidence": "PCS"}  # not in the order of the fields
    made, checked = unchecked(AnnotationAnswer)(**row), AnnotationAnswer(**row)
    assert made == checked
    assert made.model_dump_json(exclude_none=True) == checked.model_dump_json(exclude_none=True)
    assert list(made.model_dump()) == list(AnnotationAnswer.model_fields)
    assert made.model_copy(update={"onset": "Childhood onset"}).onset == "Childhood onset"
    assert made.onset is None


def test_defaults_are_filled_in_and_values_kept():
    words = FrequencyAnswer(words="frequency not given")
    made = unchecked(LookForAnswer)(id="HP:1", label="a", information=0.5, frequency=words, rows=[])
    assert (made.label_en, made.frequency) == (None, words)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_ranking_holds_what_strict_validation_lets_pass(assessor, language):
    mentions = [Mention(id, Assertion(said), Statement("clinician")) for id, said in STATED.items()]
    ranking = assessor.rank(assessor.reconcile(mentions).features, 10)
    answer = Translator.of(assessor.knowledge, language).ranking(ranking, (), None)
    parts = [part for disease in answer.diseases for part in disease.contributions]
    assert len({part.match for part in parts}) >= 4
    assert RankAnswer.model_validate(answer.model_dump(), strict=True).model_dump() == answer.model_dump()
    assert json.loads(answer.model_dump_json()) == answer.model_dump(mode="json")


def test_a_phrase_is_the_one_that_the_wording_makes(small_knowledge):
    wording = Wording.of(small_knowledge).into("zh")
    phrases = Phrases.made(small_knowledge, wording)
    term = phrases.of("HP:0001166")
    assert term == phrases.at(small_knowledge.terms.position("HP:0001166"))
    assert (term.label, term.label_en) == (wording.label("HP:0001166"), "Arachnodactyly")
    assert phrases.frequency(0.9, 9, 10).words == "10 例中 9 例（90 %）"
    assert phrases.frequency(None, None, None).words == "未注明频率"
