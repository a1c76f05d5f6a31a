"""The page: its own scripts and styles only, everything escaped, every word in the dictionary."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matching.genetic_tests.modalities import MODALITIES
from matching.report import Match, NoticeKind
from ontology.annotations import Relation
from ontology.features import Assertion
from service.app import create_app
from service.catalogues import DICTIONARIES
from service.demo import DemoCase, demo_case

ROOT = Path(__file__).parent.parent.parent / "service"
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


class Tags(HTMLParser):
    """Tags with their attributes, and the text inside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.tags


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client, path):
    for tag, attributes in tags_of(client.get(path).text):
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "script":
            assert (attributes["src"] or "").startswith("/static/")
        for name in ("src", "href", "action"):
            assert not (attributes.get(name) or "").startswith(("http", "//", "data:", "javascript:"))


def test_every_linked_file_is_served(client):
    for _, attributes in tags_of(client.get("/").text):
        for name in ("src", "href"):
            target = attributes.get(name) or ""
            if target.startswith("/") and "{" not in target:
                assert client.get(target).status_code == 200, target
    for script in SCRIPTS:
        for imported in re.findall(r'from "\./([\w.]+)"', script.read_text(encoding="utf-8")):
            answer = client.get(f"/static/{imported}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/javascript")


def test_an_unchanged_file_is_not_sent_again(client):
    first = client.get("/static/bench.js")
    again = client.get("/static/bench.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_put_into_the_page_is_escaped(assessor):
    sly = DemoCase('</template><script src="//evil.example"></script>', '"><b>', 1, 2)
    page = TestClient(create_app(assessor, demo=sly), base_url="http://127.0.0.1").get("/").text
    assert "evil.example" in page
    assert len([tag for tag, _ in tags_of(page) if tag == "script"]) == 5
    assert "<b>" not in page


def test_without_an_example_there_is_no_button_for_it(assessor):
    page = TestClient(create_app(assessor), base_url="http://127.0.0.1").get("/").text
    assert "load-example" not in page


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_short_and_write_text_only(script):
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert forbidden not in text, forbidden


def test_every_value_that_is_put_to_words_has_them():
    keys = {f"match.{match}" for match in Match} | {f"notice.{kind}" for kind in NoticeKind}
    keys |= {f"page.{assertion}" for assertion in Assertion}
    keys |= {f"page.relation_{relation.name.lower()}" for relation in Relation if relation is not Relation.OWN}
    keys |= {f"modality.{modality}" for modality in MODALITIES}
    assert keys <= set(DICTIONARIES["en"])


def test_the_words_reach_the_scripts_as_they_are(client):
    (given,) = re.findall(r'<template id="words">(.*?)</template>', client.get("/").text, re.DOTALL)
    words = json.loads(unescape(given))
    assert words["page.read"] == DICTIONARIES["en"]["page.read"]


def test_the_example_names_no_syndrome_and_holds_all_kinds_of_statement(client):
    text = demo_case().text
    assert "syndrome" not in text.lower()
    assert 120 < len(text.split()) < 220
    assert {"No seizures", "Family history", "Possible"} <= {
        words for words in ("No seizures", "Family history", "Possible") if words in text
    }


@pytest.mark.real
def test_the_example_is_read_as_it_is_meant(real_client):
    report = real_client.post("/api/v1/assess", json={"notes": [{"text": demo_case().text}]}).json()
    found = {feature["id"]: feature["assertion"] for feature in report["features"]}
    assert found["HP:0001642"] == "observed"  # pulmonic stenosis
    assert found["HP:0001250"] == "excluded"  # seizures
    assert found["HP:0002650"] == "uncertain"  # scoliosis
    assert "Noonan" in report["diseases"][0]["name"]
    assert report["tests"]
