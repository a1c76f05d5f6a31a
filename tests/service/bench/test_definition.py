"""Orphanet's definition where a disease is opened: as written, with its source, and with what it speaks of marked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from matching.lm.ranker import Ranker
from matching.lm.workshop import Workshop
from ontology.arrays import StringPool
from service.app import create_app

#: Written of ORPHA:900104, broader than the Wide-eyed heart syndrome; 😀 is one code point and two UTF-16 units.
DEFINITION = "😀 A syndrome with <b>macrocephaly</b> and microcephaly."


@pytest.fixture(scope="module")
def describing(assessor):
    """The service over a release in which that entry has a definition."""
    written = assessor.knowledge.descriptions
    texts = [DEFINITION if id == "ORPHA:900104" else "" for id in written.entry_ids]
    knowledge = replace(assessor.knowledge, descriptions=replace(written, definitions=StringPool.of(texts)))
    ranker = Ranker(knowledge, Workshop.build(knowledge).model)
    return create_app(replace(assessor, knowledge=knowledge, ranker=ranker))


@pytest.fixture
def client(describing):
    return TestClient(describing, base_url="http://127.0.0.1")


def row(page, id):
    page.send("look", open=id)
    return page.parts.one(id=f"disease-{id.replace(':', '-')}")


def test_the_definition_is_shown_as_written_with_its_source_and_the_finding_marked(reading):
    opened = row(reading("A boy with microcephaly."), "OMIM:900004")
    quoted = opened.one("blockquote")
    assert "".join(each if isinstance(each, str) else each.text for each in quoted.holds) == DEFINITION
    (met,) = quoted.all("mark", class_="observed")
    assert met.text == "microcephaly"
    assert "speaks of the finding Microcephaly" in met.attributes["title"]
    assert [each.text for each in quoted.all("mark", class_="spoken-of")] == ["macrocephaly"]
    source = opened.one("figcaption")
    assert source.all("a")[0].attributes["href"] == "https://www.orpha.net/en/disease/detail/900104"
    for words in ("ORPHA:900104", "a broader entry", "CC-BY-4.0"):
        assert words in source.text
    how = opened.one(class_="evidence").all(class_="how")[0].text
    assert how == "Orphanet's definition of the broader Heart and face syndromes speaks of Microcephaly."


def test_a_disease_that_orphanet_does_not_define_has_none(reading):
    assert row(reading("A boy with microcephaly."), "OMIM:900002").all(class_="definition") == []
