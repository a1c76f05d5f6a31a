"""The pages to print in a real Chromium: nothing grave before axe, no policy violated, A4 with page numbers."""

from __future__ import annotations

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture
def looking(browser, hospital, clinician, on_loopback):
    """Opens pages of a clinician at a size; afterwards the browser may have complained of nothing."""
    complaints, contexts = [], []
    (cookie,) = clinician.cookies.jar
    with on_loopback(hospital.app) as address:

        def at(path, size="desk"):
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height}, base_url=address)
            contexts.append(context)
            context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": address}])
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
            page.goto(path)
            return page

        yield at
        for context in contexts:
            context.close()
    assert complaints == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["print", "order"])
def test_nothing_grave_is_found_and_nothing_reaches_over_the_edge(looking, clinician, assess, name, language, size):
    made = assess(clinician, language)
    made.sign()
    page = looking(f"{made.path}/{name}?language={language}", size)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_it_prints_on_a4_with_page_numbers_and_without_its_tools(looking, clinician, assess):
    made = assess(clinician, "zh")
    printed = looking(f"{made.path}/print?language=zh").pdf(prefer_css_page_size=True)
    pages = PdfReader(BytesIO(printed)).pages
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]
    texts = [page.extract_text() for page in pages]
    assert len(pages) > 2
    for at, text in enumerate(texts, 1):
        assert f"{at} / {len(pages)}" in text
    assert "晶状体异位" in texts[0]
    assert "Ctrl" not in "".join(texts)


def test_tests_are_chosen_on_the_page(looking, clinician, assess):
    made = assess(clinician)
    first, second = (test["code"] for test in made.shown["tests"][:2])
    page = looking(f"{made.path}/order?language=en")
    page.uncheck(f'input[value="{second}"]')
    page.click(".choose button")
    page.wait_for_load_state()
    assert page.locator(".test").count() == 1
    assert first in page.inner_text(".test")
