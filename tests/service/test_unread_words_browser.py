"""Words that were not understood, in a real Chromium: shown when asked for, and nothing until a person adds a term."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from service.app import create_app

pytestmark = pytest.mark.browser

NOTE = "😀 Seizures. Her ears low on the head."
WORDS = "ears low on the head"


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    with on_loopback(create_app(assessor)) as address:
        yield f"{address}/"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page; afterwards nothing may have been said on its console, asked elsewhere, or told in a URL."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": request.param[0], "height": request.param[1]})
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: _is_plain(asked, address) or complaints.append(asked.url))
    opened.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
    )
    opened.goto(address)
    yield opened
    wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    kept = opened.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    context.close()
    assert complaints == []
    assert wide <= 0, "the page is wider than its window"
    assert kept == [0, 0, ""]


def _is_plain(asked: Request, address: str) -> bool:
    return asked.url.startswith(address) and not any(
        word in unquote_plus(asked.url) for word in ("ears", "eizure", "力量")
    )


def read(page: Page, note: str = NOTE) -> None:
    if page.locator("#edit").is_visible() and page.locator("#writing").is_hidden():
        page.click("#edit")
    page.fill("#text", note)
    page.click("#read")
    expect(page.locator("#unread")).to_be_visible()


def summary(page: Page):
    return page.locator("#unread summary")


def add(page: Page, id: str):
    return page.locator(f"#suggestions button[data-id='{id}']")


def ranking(page: Page) -> list[str]:
    return page.locator("#diseases .name").all_inner_texts() + page.locator(".belief strong").all_inner_texts()


def test_nothing_is_looked_for_before_a_note_is_read_and_the_part_is_opened(page):
    asked: list[Request] = []
    page.on("request", lambda request: request.url.endswith("/extract") and asked.append(request))
    expect(page.locator("#unread")).to_be_hidden()
    read(page)
    before = ranking(page)
    assert asked == []
    summary(page).click()
    expect(page.locator(".unread-words strong")).to_have_text([WORDS])
    expect(page.locator(".unread-words")).to_contain_text("Seizures. Her")
    expect(page.locator(".near > li")).to_have_count(5)
    expect(page.locator(".near .label").first).to_have_text("Low-set ears")
    expect(page.locator("#unread-count")).to_have_text("1")
    summary(page).click()
    summary(page).click()  # what is known is not asked for again
    (request,) = asked
    assert json.loads(request.post_data)["text"] == NOTE
    expect(page.locator("#findings > li")).to_have_count(1)
    assert ranking(page) == before


def test_a_term_is_added_by_keyboard_as_the_clinicians_own_and_undone(page):
    read(page)
    summary(page).focus()
    page.keyboard.press("Enter")
    button = add(page, "HP:0000369")
    expect(button).to_have_accessible_name(f"Add Low-set ears for “{WORDS}”")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    with page.expect_request("**/api/v1/rank") as ranked:
        page.keyboard.press("Enter")
    stated = json.loads(ranked.value.post_data)["features"]
    assert stated == [{"id": "HP:0001250", "assertion": "observed"}, {"id": "HP:0000369", "assertion": "observed"}]
    finding = page.locator("#findings > li[data-id='HP:0000369']")
    expect(finding).to_contain_text("added by hand")
    expect(page.locator("#read-note mark.observed[data-id='HP:0000369']")).to_have_text(WORDS)
    expect(page.locator("#diseases-of")).to_contain_text("2 findings")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_name("Low-set ears is already listed")
    page.keyboard.press("Enter")
    expect(page.locator("#findings > li")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(finding).to_have_count(0)
    expect(button).to_have_accessible_name(f"Add Low-set ears for “{WORDS}”")
    expect(page.locator("#read-note mark")).to_have_text(["Seizures"])


def test_another_note_has_other_words(page):
    read(page)
    summary(page).click()
    expect(page.locator(".suggestion")).to_have_count(1)
    read(page, "Scoliosis and seizures.")
    expect(page.locator("#unread")).not_to_have_attribute("open", "")
    expect(page.locator(".suggestion")).to_have_count(0)
    summary(page).click()
    expect(page.locator("#unread-state")).to_have_text("No other words of this note look like a finding.")
    page.click("#undo")  # back to the first note
    expect(page.locator("#read-note")).to_have_text(NOTE)
    summary(page).click()
    expect(page.locator(".unread-words strong")).to_have_text([WORDS])


def test_of_a_chinese_note_they_are_shown_too_and_of_one_that_is_not_read_it_says_so(page):
    read(page, "😀患儿来诊，蜘蛛指，全身力量偏低。")
    summary(page).click()
    expect(page.locator(".unread-words strong")).to_have_text(["全身力量偏低"])
    page.locator(".near > li").first.get_by_role("button").click()
    expect(page.locator("#findings > li[data-id='HP:0001252']")).to_contain_text("added by hand")
    read(page, "У ребёнка судороги.")
    summary(page).click()
    expect(page.locator("#unread-state")).to_contain_text("not read")
    expect(page.locator(".suggestion")).to_have_count(0)


def test_where_the_service_does_not_answer_opening_it_again_asks_again(page):
    read(page)
    page.route("**/api/v1/extract", lambda route: route.fulfill(status=200, body="no JSON"))
    summary(page).click()
    expect(page.locator("#unread-state")).to_have_text("The service could not answer.")
    page.unroute("**/api/v1/extract")
    summary(page).click()
    summary(page).click()
    expect(page.locator(".unread-words strong")).to_have_text([WORDS])


def test_a_chinese_reader_sees_chinese_terms_beside_the_english(browser: Browser, address: str):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    read(page)
    expect(summary(page)).to_contain_text("未能理解的词句")
    summary(page).click()
    first = page.locator(".near > li").first
    expect(first.locator(".label")).to_contain_text("耳")
    expect(first.locator(".english")).to_have_text("Low-set ears")
    first.get_by_role("button").click()
    expect(page.locator("#findings > li[data-id='HP:0000369']")).to_contain_text("手工添加")
    context.close()
