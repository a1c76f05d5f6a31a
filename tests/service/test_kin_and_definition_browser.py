"""An opened disease in a real Chromium: Orphanet's definition with its marks, and whose the rows of kin are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from ontology.arrays import StringPool
from service.app import create_app

pytestmark = pytest.mark.browser

#: Written of ORPHA:900104, broader than the Wide-eyed heart syndrome; 😀 is two units of JavaScript's own offsets.
DEFINITION = "😀 A syndrome with <b>macrocephaly</b> and microcephaly."


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    from matching.lm.ranker import Ranker
    from matching.lm.workshop import Workshop

    written = assessor.knowledge.descriptions
    texts = [DEFINITION if id == "ORPHA:900104" else "" for id in written.entry_ids]
    knowledge = replace(assessor.knowledge, descriptions=replace(written, definitions=StringPool.of(texts)))
    ranker = Ranker(knowledge, Workshop.build(knowledge).model)
    with on_loopback(create_app(replace(assessor, knowledge=knowledge, ranker=ranker))) as address:
        yield f"{address}/"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
    opened.goto(address)
    opened.fill("#text", "A boy with microcephaly.")
    opened.click("#read")
    yield opened
    opened.close()
    assert complaints == []


def opened(page: Page, id: str):
    row = page.locator(f'.disease[data-id="{id}"]')
    row.locator(".disease-head").click()
    return row


def test_the_definition_is_shown_as_written_with_its_source_and_the_finding_marked(page):
    row = opened(page, "OMIM:900004")
    expect(row.locator(".definition blockquote")).to_have_text(DEFINITION)
    expect(row.locator(".definition figcaption")).to_contain_text("ORPHA:900104")
    expect(row.locator(".definition figcaption")).to_contain_text("a broader entry")
    expect(row.locator(".definition figcaption")).to_contain_text("CC-BY-4.0")
    expect(row.locator("mark.observed")).to_have_text(["microcephaly"])
    expect(row.locator("mark.spoken-of")).to_have_text(["macrocephaly"])
    expect(row.locator(".how").first).to_have_text(
        "Orphanet's definition of the broader Heart and face syndromes speaks of Microcephaly."
    )


def test_what_only_a_related_disease_shows_is_told_apart_and_says_whose_it_is(page):
    row = opened(page, "OMIM:900002")
    expect(row.locator(".remark")).to_contain_text("all evidence for it is from related diseases")
    kin = row.locator(".of_kin .contribution")
    expect(kin).to_have_count(1)
    expect(kin).to_contain_text("Not stated of this disease itself; seen in related diseases: Fit syndrome 2.")
    expect(kin.locator(".statements .whose")).to_have_text("Fit syndrome 2")
    expect(row.locator(".definition")).to_have_count(0)
