"""The ranking in a real Chromium: evidence opened by keyboard, presses that follow fast on each other, a citation
copied, two compared, and on a kept case the time for which evidence is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from benchmarks.hospital import hospital as opened
from service.app import create_app
from service.cases.rules import CaseRules
from service.settings import Settings
from service.store.tables import evidence_look

pytestmark = pytest.mark.browser

NOTE = "Boy with arachnodactyly and ectopia lentis; scoliosis. No seizures. His mother has myopia."
LIMB, FIT = "OMIM:900001", "OMIM:900003"


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    with on_loopback(create_app(assessor)) as address:
        yield address


@contextmanager
def looking(browser: Browser, address: str, **context) -> Iterator[Page]:
    """A fresh page; nothing may be complained of, asked of another host, kept in the browser, or wider than it."""
    complaints: list[str] = []
    there = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **context})
    page = there.new_page()
    page.set_default_timeout(8000)
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
    )
    yield page
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    there.close()
    assert complaints == []
    assert kept == [0, 0]
    assert wide <= 0, "the page is wider than its window"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser, address) -> Iterator[Page]:
    size = {"width": request.param[0], "height": request.param[1]}
    with looking(browser, address, viewport=size, locale="en-GB") as page:
        page.goto("/")
        read(page)
        yield page


def read(page: Page, note: str = NOTE) -> None:
    page.fill("#text", note)
    page.click("#read")
    expect(page.locator("#diseases > li").first).to_be_visible()


def row(page: Page, id: str):
    return page.locator(f'.disease[data-id="{id}"]')


def test_evidence_is_opened_by_keyboard_and_stays_open_while_findings_change(page):
    head = row(page, LIMB).locator(".disease-head")
    head.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-expanded", "true")
    expect(head).to_be_focused()
    reason = row(page, LIMB).locator("#met-OMIM-900001-HP-0001083")
    reason.locator("summary").first.click()  # ectopia lentis is among the weightiest, so that this shuts it
    expect(reason).not_to_have_attribute("open", "")
    page.locator("#sex").select_option("female")
    page.locator(".question .absent").first.click()
    expect(row(page, LIMB).locator(".evidence")).to_be_visible()
    expect(reason).not_to_have_attribute("open", "")  # as it was left
    head.focus()
    page.keyboard.press("Enter")
    expect(row(page, LIMB).locator(".evidence")).to_have_count(0)


def test_presses_that_follow_fast_on_each_other_all_count(page):
    page.evaluate(
        "(ids) => ids.forEach(id => document.querySelector(`.disease[data-id='${id}'] .disease-head`).click())",
        [LIMB, FIT],
    )
    expect(page.locator(".evidence")).to_have_count(2)
    page.evaluate("document.querySelectorAll('.question .absent').forEach(button => button.click())")
    expect(page.locator("#findings .finding")).to_have_count(5 + 3)
    expect(page.locator(".evidence")).to_have_count(2)


def test_two_are_compared_and_no_third_can_be_ticked(page):
    boxes = page.locator("#ranking input[name=compare]")
    page.evaluate("document.querySelectorAll('#ranking input[name=compare]').forEach((box, n) => n < 4 && box.click())")
    expect(page.locator("#compare table")).to_be_visible()
    assert [boxes.nth(n).is_checked() for n in range(4)] == [True, True, False, False]
    expect(boxes.nth(2)).to_be_disabled()
    page.click("#compare-end")
    expect(page.locator("#compare")).to_have_count(0)
    assert not any(boxes.nth(n).is_checked() for n in range(4))
    page.locator(".question .unknown").first.click()
    expect(page.locator("#questions-aside")).to_be_visible()
    expect(page.locator("#compare")).to_have_count(0)


def test_a_change_of_the_order_is_told_and_marked(page):
    page.locator("#findings .finding", has_text="Scoliosis").locator("[data-does=negate]").click()
    page.locator("#findings .finding", has_text="Seizure").locator("[data-does=affirm]").click()
    expect(page.locator("#diseases .moved").first).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("Ranking updated. First:")


def test_a_citation_is_copied_with_and_without_the_clipboard(browser, address):
    permissions = ["clipboard-read", "clipboard-write"]
    with looking(browser, address, locale="en-GB", permissions=permissions) as page:
        page.goto("/")
        read(page)
        row(page, LIMB).locator(".disease-head").click()
        copy = row(page, LIMB).get_by_role("button", name="Copy PMID:9000011").first
        copy.click()
        expect(copy).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "PMID:9000011"
        page.evaluate("navigator.clipboard.writeText('')")
        page.evaluate("Object.defineProperty(navigator.clipboard, 'writeText', { value: () => Promise.reject() })")
        expect(copy).to_have_text("Copy")
        copy.click()
        expect(copy).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "PMID:9000011"


def test_the_list_comes_once_the_first_impression_is_written(browser, assessor, on_loopback):
    settings = Settings(cases=CaseRules(first_impression="required"))
    with (
        on_loopback(create_app(assessor, settings=settings)) as address,
        looking(browser, address, locale="zh-CN") as page,
    ):
        page.goto("/")
        page.fill("#text", NOTE)
        page.click("#read")
        expect(page.locator("#impression h3")).to_have_text("看列表之前：您认为是什么病？")
        expect(page.locator(".disease, .question, .gene, .test")).to_have_count(0)
        page.fill("#impression-text", "马凡综合征")
        page.locator("#findings .finding").first.get_by_role("button", name=re.compile("确认")).click()
        expect(page.locator("#impression-text")).to_have_value("马凡综合征")  # what is being typed stays
        page.locator("#impression .primary").click()
        expect(page.locator("#diseases > li").first).to_be_visible()
        expect(page.locator("#impression q")).to_have_text("马凡综合征")


@pytest.fixture
def kept(tmp_path, assessor, browser, on_loopback) -> Iterator[tuple[object, Page]]:
    """A hospital, and the page of a new case in the session of the north's clinician."""
    with ExitStack() as stack:
        hospital = stack.enter_context(opened(tmp_path, assessor))
        address = stack.enter_context(on_loopback(hospital.app))
        client = hospital.client("clinician north")
        id = client.post("/api/v1/cases", json={"notes": [{"text": NOTE}]}).json()["id"]
        (cookie,) = client.cookies.jar
        state = {"cookies": [{"name": cookie.name, "value": cookie.value, "url": address}], "origins": []}
        page = stack.enter_context(looking(browser, address, locale="en-GB"))
        page.context.add_cookies(state["cookies"])
        page.goto(f"/cases/{id}")
        yield hospital, page


def looks(hospital):
    rows = hospital.keeping.database.read(lambda c: c.execute(select(evidence_look)).mappings().all())
    return [(row["rank"], row["seconds"]) for row in rows]


def test_the_time_for_which_evidence_is_read_is_kept(kept):
    hospital, page = kept
    head = row(page, LIMB).locator(".disease-head")
    head.click()
    expect(row(page, LIMB).locator(".evidence")).to_be_visible()
    page.wait_for_timeout(1600)
    with page.expect_response(re.compile("/evidence-look$")) as told:
        head.click()
    assert told.value.status == 204
    ((rank, seconds),) = looks(hospital)
    assert rank == 1
    assert 1 <= seconds < 8
    head.click()  # closed at once: nobody reads in less than a second
    expect(row(page, LIMB).locator(".evidence")).to_be_visible()
    head.click()
    expect(row(page, LIMB).locator(".evidence")).to_have_count(0)
    assert len(looks(hospital)) == 1


def test_leaving_the_page_tells_what_was_read_so_far(kept):
    hospital, page = kept
    row(page, LIMB).locator(".disease-head").click()
    expect(row(page, LIMB).locator(".evidence")).to_be_visible()
    page.wait_for_timeout(1400)
    page.goto("/cases")
    page.wait_for_timeout(500)
    assert [rank for rank, _ in looks(hospital)] == [1]
