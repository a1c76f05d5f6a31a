"""What is known beside findings, in a real Chromium: told by mouse and keyboard, it changes the tests at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.app import create_app

pytestmark = pytest.mark.browser

NOTE = "Boy with intellectual disability, macrocephaly and global developmental delay."
SUGGEST = re.compile("/api/v1/suggest")


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    with on_loopback(create_app(assessor)) as address:
        yield f"{address}/"


@pytest.fixture(params=[(1280, 900, "en"), (390, 844, "zh-CN")], ids=["desk", "phone, Chinese"])
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    wide, high, locale = request.param
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": wide, "height": high}, locale=locale)
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
    )
    opened.goto(address)
    opened.fill("#text", NOTE)
    opened.click("#read")
    expect(opened.locator("#tests > li").first).to_be_visible()
    opened.locator("#known > summary").focus()
    opened.keyboard.press("Enter")
    yield opened
    wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert complaints == []
    assert wide <= 0, "the page is wider than its window"


def codes(page: Page) -> list[str | None]:
    return [test.get_attribute("data-code") for test in page.locator("#tests > li").all()]


def test_a_test_that_was_done_is_told_by_keyboard_and_not_suggested_again(page):
    assert codes(page)[0] == "repeat_pcr:FMR1"
    page.select_option("#done-modality", "repeat_pcr")
    page.focus("#done-genes")
    page.keyboard.type("FMR1")
    with page.expect_request(SUGGEST) as asked:
        page.keyboard.press("Enter")
    told = json.loads(asked.value.post_data)
    assert told["tests_done"] == [{"modality": "repeat_pcr", "result": "negative", "target": "FMR1"}]
    expect(page.locator("#done-rows > tr")).to_have_count(1)
    expect(page.locator("#done-modality")).to_be_focused()
    expect(page.locator('#tests > li[data-code="repeat_pcr:FMR1"]')).to_have_count(0)
    expect(page.locator("#changed")).to_contain_text("FMR1")
    with page.expect_request(SUGGEST) as asked:
        page.locator("#done-rows button").press("Enter")
    assert "tests_done" not in json.loads(asked.value.post_data)
    expect(page.locator("#done")).to_be_hidden()
    expect(page.locator('#tests > li[data-code="repeat_pcr:FMR1"]')).to_have_count(1)


def test_the_family_is_told_and_what_it_changes_is_said(page):
    with page.expect_request(SUGGEST) as asked:
        page.select_option('[data-flag="affected_maternal_males"]', "true")
    assert json.loads(asked.value.post_data)["family_history"] == {"affected_maternal_males": True}
    expect(page.locator("#changed li")).to_have_count(1)
    expect(page.locator("#known-count")).to_contain_text("1")
    with page.expect_request(SUGGEST) as asked:
        page.check("#acutely-ill")
    assert json.loads(asked.value.post_data)["acutely_ill"] is True


def test_what_cannot_be_is_said_beside_its_field_and_not_sent(page):
    page.fill("#done-year", "1234")
    page.click("#done-add")
    expect(page.locator("#done-fault")).to_contain_text("1970")
    expect(page.locator("#done-year")).to_be_focused()
    expect(page.locator("#done-year")).to_have_attribute("aria-invalid", "true")
    page.fill("#done-year", "2021")
    page.select_option("#done-modality", "gene_panel")
    page.fill("#done-genes", "FMR1, <b>")
    page.click("#done-add")
    expect(page.locator("#done-fault")).to_contain_text("<b>")
    expect(page.locator("#done-rows > tr")).to_have_count(0)
    page.fill("#done-genes", "FMR1；MECP2")
    with page.expect_request(SUGGEST) as asked:
        page.click("#done-add")
    assert json.loads(asked.value.post_data)["tests_done"] == [
        {"modality": "gene_panel", "result": "negative", "year": 2021, "genes": ["FMR1", "MECP2"]}
    ]
    expect(page.locator("#done-fault")).to_be_hidden()


def test_each_suggestion_tells_samples_consent_relatives_and_the_next_step(page):
    first = page.locator("#tests > li").first.locator("dt")
    chinese = page.evaluate("document.documentElement.lang").startswith("zh")
    wanted = (
        ["样本", "检测前须告知", "亲属样本", "若为阴性"]
        if chinese
        else ["Samples", "To talk about first", "Samples of relatives", "If negative"]
    )
    assert [name for name in first.all_inner_texts() if name in wanted] == wanted
