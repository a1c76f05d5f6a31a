"""What Orphanet wrote of a disease, as it is answered: unchanged, cited, and read for its features."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ontology.arrays import StringPool
from service.app import create_app

WORDS = "A rare syndrome – of childhood – with seizures and possible macrocephaly, without scoliosis."


@pytest.fixture(scope="module")
def defined(assessor):
    """ORPHA:900104 is broader than OMIM:900004; the release made by hand defines nothing itself."""
    written = assessor.knowledge.descriptions
    texts = [WORDS if id == "ORPHA:900104" else "" for id in written.entry_ids]
    knowledge = replace(assessor.knowledge, descriptions=replace(written, definitions=StringPool.of(texts)))
    return TestClient(create_app(replace(assessor, knowledge=knowledge)), base_url="http://127.0.0.1")


def test_a_definition_is_answered_as_it_was_written_with_its_source(defined):
    (entry,) = defined.get("/api/v1/diseases/OMIM:900004").json()["descriptions"]
    assert (entry["id"], entry["relation"], entry["definition"]) == ("ORPHA:900104", "broader", WORDS)
    assert entry["licence"] == "CC-BY-4.0"
    assert entry["citation"].startswith("ORPHA:900104. ")
    assert entry["released"]


def test_its_features_are_marked_and_what_it_denies_is_not(defined):
    (entry,) = defined.get("/api/v1/diseases/OMIM:900004").json()["descriptions"]
    marks = {WORDS[mark["start"] : mark["end"]]: mark for mark in entry["marks"]}
    assert {text: (mark["id"], mark["doubtful"]) for text, mark in marks.items()} == {
        "seizures": ("HP:0001250", False),
        "macrocephaly": ("HP:0000256", True),
    }
    # Seizure lies below Abnormal nervous system physiology, and Phenotypic abnormality says nothing.
    assert {"HP:0001250", "HP:0012638"} <= set(marks["seizures"]["superterms"])
    assert "HP:0000118" not in marks["seizures"]["superterms"]


def test_a_disease_that_orphanet_does_not_describe_has_no_description(client):
    assert client.get("/api/v1/diseases/OMIM:300624").json()["descriptions"] == []


@pytest.mark.real
def test_the_real_release_defines_marfan_syndrome(real_client):
    entries = real_client.get("/api/v1/diseases/OMIM:154700").json()["descriptions"]
    assert [entry["relation"] for entry in entries] == ["exact", "broader"]  # type 1 exactly, and the whole of it
    entry = entries[1]
    assert (entry["id"], entry["names"][0]) == ("ORPHA:558", "Marfan syndrome")
    assert "connective tissue" in entry["definition"]
