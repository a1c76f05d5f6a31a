"""The page in a real Chromium: a note is read, corrected, and explained, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.app import create_app
from service.demo import DemoCase

pytestmark = pytest.mark.browser

NOTE = "😀 Boy with arachnodactyly and ectopia lentis; scoliosis. <b>No seizures</b>. His mother has myopia."


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    """The service on a free port of loopback."""
    with on_loopback(create_app(assessor, demo=DemoCase(NOTE, "male", 7, 2))) as address:
        yield f"{address}/"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page; afterwards, nothing may have been said on its console and nothing asked of another host."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": request.param[0], "height": request.param[1]})
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
    opened.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
    )
    opened.goto(address)
    yield opened
    wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert complaints == []
    assert wide <= 0, "the page is wider than its window"


def read(page: Page, note: str = NOTE) -> None:
    page.fill("#text", note)
    page.click("#read")
    expect(page.locator("#diseases > li").first).to_be_visible()


def marks(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mark in page.locator("#read-note mark").all():
        found.setdefault((mark.get_attribute("class") or "").split()[0], []).append(mark.inner_text())
    return found


def ranking(page: Page) -> list[tuple[str, str]]:
    """Name and share of belief of each disease, in order."""
    names = page.locator(".disease-head .name").all_inner_texts()
    return list(zip(names, page.locator(".belief strong").all_inner_texts(), strict=True))


def hundredths(text: str) -> int:
    """The nats that `text` begins with, in hundredths."""
    return round(100 * float(text.replace("−", "-").split()[0]))


def finding(page: Page, label: str):
    return page.locator("#findings > li").filter(has=page.locator(".label", has_text=re.compile(f"^{label}$")))


def test_a_note_is_shown_with_its_findings_marked(page):
    read(page)
    assert page.locator("#read-note").inner_text() == NOTE
    assert marks(page) == {
        "observed": ["arachnodactyly", "ectopia lentis", "scoliosis"],
        "excluded": ["seizures"],
        "family": ["myopia"],
    }
    assert page.locator("#diseases .name").first.inner_text() == "Long-limb syndrome"
    styles = page.evaluate(
        "[...document.querySelectorAll('.legend mark')].map(m => getComputedStyle(m).textDecorationStyle)"
    )
    assert len(set(styles)) == len(styles) == 5  # colour never speaks alone


def test_a_chinese_reader_gets_chinese_sentences(browser: Browser, address: str):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    read(page)
    assert page.locator("html").get_attribute("lang") == "zh"
    expect(page.locator("#ask-next-title")).to_have_text("下一步问什么")
    page.locator(".disease-head").first.click()
    expect(page.locator(".evidence").first).to_contain_text("10 例中 9 例（90 %）")
    expect(page.locator("#notices")).to_contain_text("未经临床医生核对")
    finding = page.locator("#findings > li[data-id='HP:0001166']")
    expect(finding.locator(".label")).to_contain_text("指")
    expect(finding.locator(".english")).to_have_text("Arachnodactyly")
    expect(page.locator(".evidence .contribution .label[title='Arachnodactyly']").first).to_contain_text("指")
    page.fill("#search", "yjk")
    expect(page.locator("#hits > li").first).to_contain_text("Hypertelorism")
    context.close()


def test_a_chinese_note_is_marked_where_its_findings_stand(page):
    page.fill("#text", "患儿😀身材高大，蜘蛛指，無脊柱側彎。")
    page.click("#read")
    expect(page.locator("#read-note mark.observed[data-id='HP:0001166']")).to_have_text("蜘蛛指")
    expect(page.locator("#read-note mark.excluded[data-id='HP:0002650']")).to_have_text("脊柱側彎")
    expect(page.locator("#findings > li[data-id='HP:0001166'] .label")).to_have_text("Arachnodactyly")
    assert page.locator("#findings .english").count() == 0


def test_the_example_is_loaded_and_read_by_keyboard(page):
    page.focus("#load-example")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    assert page.input_value("#text") == NOTE
    assert [page.input_value(f"#{name}") for name in ("sex", "years", "months")] == ["male", "7", "2"]
    page.keyboard.press("Control+Enter")
    expect(page.locator("#findings > li")).to_have_count(5)


def test_editing_can_be_left_and_corrections_stay(page):
    read(page)
    finding(page, "Scoliosis").get_by_role("button", name="Remove Scoliosis").click()
    page.click("#edit")
    page.fill("#text", "Something else.")
    page.click("#edit")
    expect(page.locator("#read-note")).to_have_text(NOTE)
    expect(finding(page, "Scoliosis")).to_have_count(0)
    assert page.input_value("#text") == NOTE


def test_a_second_reading_can_be_undone(page):
    read(page)
    page.click("#edit")
    read(page, "Hypertelorism.")
    expect(page.locator("#findings > li")).to_have_count(1)
    page.click("#undo")
    expect(page.locator("#read-note")).to_have_text(NOTE)
    expect(page.locator("#findings > li")).to_have_count(5)


def test_an_empty_note_and_one_that_is_not_read_are_told_in_words(page):
    page.click("#read")
    expect(page.get_by_role("alert")).to_contain_text("The note is empty")
    page.fill("#text", "У ребёнка судороги.")
    page.click("#read")
    expect(page.locator("#notices")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("#findings > li")).to_have_count(0)


def test_tests_are_listed_with_what_they_cannot_see(page):
    read(page, "Intellectual disability, macrocephaly, global developmental delay, hypotonia.")
    first = page.locator("#tests > li").first
    expect(first).to_contain_text("Cannot see")
    expect(first.locator(".name")).not_to_be_empty()


def test_markup_in_a_note_is_text(page):
    read(page, "<img src=x onerror=alert(1)> Scoliosis. <script>alert(2)</script>")
    assert page.locator("#read-note img, #read-note script").count() == 0
    assert "<img src=x" in page.locator("#read-note").inner_text()
