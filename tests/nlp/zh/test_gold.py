"""The Chinese notes are what their README says: exact offsets, current terms, the variety that was promised."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ontology.features import Assertion
from ontology.knowledge import Knowledge

NOTES = [json.loads(line) for line in (Path(__file__).parent / "notes.jsonl").read_text(encoding="utf-8").splitlines()]
ANNOTATIONS = [(note, annotation) for note in NOTES for annotation in note["annotations"]]
STATUSES = {
    Assertion.OBSERVED,
    Assertion.EXCLUDED,
    Assertion.UNCERTAIN,
    Assertion.FAMILY,
    Assertion.HISTORICAL,
}


def encodable(text: str, encoding: str) -> float:
    """The part of the Han characters of `text` that the character set of one script holds."""
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    return sum(bool(character.encode(encoding, "ignore")) for character in han) / len(han)


def test_offsets_are_exact_and_spans_trimmed() -> None:
    for note, a in ANNOTATIONS:
        assert note["text"][a["start"] : a["end"]] == a["text"], (note["id"], a)
        assert a["text"], (note["id"], a)
        assert a["text"] == a["text"].strip(" \n\u3000，。、；："), (note["id"], a)


def test_annotations_are_in_order_and_none_is_given_twice() -> None:
    for note in NOTES:
        places = [(a["start"], -a["end"], a["hpo"]) for a in note["annotations"]]
        assert places == sorted(places), note["id"]
        assert len(set(places)) == len(places), note["id"]


def test_spans_of_a_note_nest_or_lie_apart() -> None:
    for note in NOTES:
        spans = sorted({(a["start"], a["end"]) for a in note["annotations"]})
        for start, end in spans:
            for other, beyond in spans:
                assert not start < other < end < beyond, (note["id"], note["text"][start:beyond])


def test_statuses_are_those_of_the_engine() -> None:
    assert {a["status"] for _, a in ANNOTATIONS} == STATUSES


def test_notes_are_many_short_and_long_and_of_both_scripts() -> None:
    assert len(NOTES) >= 120
    assert len({note["id"] for note in NOTES}) == len({note["text"] for note in NOTES}) == len(NOTES)
    assert min(len(note["text"]) for note in NOTES) <= 40
    assert max(len(note["text"]) for note in NOTES) >= 600
    scripts = Counter(note["script"] for note in NOTES)
    assert set(scripts) == {"hans", "hant"}
    assert scripts["hant"] >= 20
    assert len({note["style"] for note in NOTES}) >= 15


@pytest.mark.parametrize(("script", "own", "foreign"), [("hans", "gb2312", "big5"), ("hant", "big5", "gb2312")])
def test_notes_are_in_the_script_they_name(script: str, own: str, foreign: str) -> None:
    for note in NOTES:
        if note["script"] == script:
            assert encodable(note["text"], own) > max(0.9, encodable(note["text"], foreign)), note["id"]


def test_every_status_occurs_often() -> None:
    statuses = Counter(a["status"] for _, a in ANNOTATIONS)
    assert statuses.total() >= 1000
    assert statuses["excluded"] >= 150
    assert statuses["family"] >= 60
    assert statuses["uncertain"] >= 40


def test_every_third_of_the_first_120_notes_is_held_back() -> None:
    ids = sorted(note["id"] for note in NOTES)
    assert {note["id"] for note in NOTES if note["held"]} == set(ids[2:120:3])


@pytest.mark.real
def test_terms_are_current_findings(real_knowledge: Knowledge) -> None:
    terms = real_knowledge.terms
    for note, a in ANNOTATIONS:
        found = terms.resolve(a["hpo"])
        assert found.moved is None, (note["id"], a)
        assert terms.is_phenotype[found.position], (note["id"], a)


@pytest.mark.real
def test_diseases_are_of_the_release(real_knowledge: Knowledge) -> None:
    named = {note["disease"] for note in NOTES if "disease" in note}
    assert len({real_knowledge.diseases.position(disease) for disease in named}) >= 30
