"""The page in a real Chromium: nothing that axe finds, no policy violated, nothing over the edge, legible on paper."""

from __future__ import annotations

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from screening.output.written import write_output

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def looking(browser, kept, make_outcome, row, flagged_row, words, tmp_path):
    """Opens the page of a run as a file; afterwards the browser may have complained of nothing."""
    complaints, contexts = [], []

    def at(language, width):
        d, e = row("D", 9.5), row("E", 9.0)
        parts = kept([[d, e, row("A", 2.0), row("B")]], [[flagged_row(d, 1), flagged_row(e, 2)]])
        outcome = make_outcome(shift_warnings=("Shifted.",), accuracy_speaks=False)
        file = write_output(outcome, parts, tmp_path / "out", language, words[language]).page
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda asked: asked.url == file.as_uri() or complaints.append(asked.url))
        page.goto(file.as_uri())
        return page

    yield at
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_found_and_nothing_reaches_over_the_edge(looking, language, width):
    page = looking(language, width)
    page.click("summary >> nth=0")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [fault["id"] for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator("mark").first.is_visible()


def test_patients_that_are_open_are_printed_whole_and_others_by_their_line(looking):
    page = looking("en", 1200)
    page.click("summary >> nth=0")
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]
    text = "".join(each.extract_text() for each in pages)
    assert text.count("low-level mosaicism") == 1
    assert "Open a patient" not in text
