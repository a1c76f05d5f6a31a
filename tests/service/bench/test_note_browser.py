"""A note on the bench in a real Chromium: marked, corrected, added to, in either script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.app import create_app
from service.demo import DemoCase

pytestmark = pytest.mark.browser

NOTE = "😀 Boy with arachnodactyly and ectopia lentis; scoliosis. <b>No seizures</b>. His mother has myopia."
#: What is painted: the words under each highlight.
PAINTED = """() => Object.fromEntries(
  [...CSS.highlights].filter(([name, all]) => all.size && name !== "pointed").map(([name, all]) =>
  [name, [...all].map((range) => range.startContainer.data.slice(range.startOffset, range.endOffset))]))"""


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    """The service on a free port of loopback."""
    with on_loopback(create_app(assessor, demo=DemoCase(NOTE, "male", 7, 2))) as address:
        yield f"{address}/"


@pytest.fixture(params=[(1280, 900, "en-GB"), (390, 844, "zh-CN")], ids=["desk", "phone, Chinese"])
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page; afterwards, nothing may have been said on its console and nothing asked of another host."""
    complaints: list[str] = []
    wide, high, locale = request.param
    context = browser.new_context(viewport={"width": wide, "height": high}, locale=locale)
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
    beyond = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert complaints == []
    assert beyond <= 0, "the page is wider than its window"


def read(page: Page, note: str = NOTE) -> None:
    page.fill("#text", note)
    page.click("#read")
    expect(page.locator("li.finding").first).to_be_visible()


def test_words_are_painted_by_what_they_assert_and_the_text_is_as_it_was(page):
    read(page)
    assert page.locator(".read-note").inner_text() == NOTE
    assert page.evaluate(PAINTED) == {
        "observed": ["arachnodactyly", "ectopia lentis", "scoliosis"],
        "excluded": ["seizures"],
        "family": ["myopia"],
    }
    styles = page.evaluate(
        "[...document.querySelectorAll('.legend mark')].map(m => getComputedStyle(m).textDecorationStyle)"
    )
    assert len(set(styles)) == len(styles) == 5  # colour never speaks alone


def test_a_note_in_traditional_characters_is_painted_where_its_findings_stand(page):
    read(page, "患儿😀身材高大，蜘蛛指，無脊柱側彎。")
    painted = page.evaluate(PAINTED)
    assert "蜘蛛指" in painted["observed"]
    assert "脊柱側彎" in painted["excluded"]


def test_what_a_clinician_says_of_a_finding_shows_on_its_words(page):
    read(page)
    page.locator('li.finding[data-id="HP:0002650"] button[value="negate"]').first.click()
    expect(page.locator('li.finding[data-id="HP:0002650"]')).to_have_class("finding excluded")
    assert set(page.evaluate(PAINTED)["excluded"]) == {"seizures", "scoliosis"}


def test_the_example_is_loaded_and_read_by_keyboard(page):
    page.focus("#load-example")
    page.keyboard.press("Enter")
    expect(page.locator("#years")).to_have_value("7")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#text") == NOTE
    page.focus("#text")
    page.keyboard.press("Control+Enter")
    expect(page.locator('li.finding[data-id="HP:0001166"]')).to_be_visible()
    expect(page.locator("#months")).to_have_value("2")


def test_a_note_is_corrected_and_another_stands_beside_it(page):
    read(page)
    page.click("[data-edits]")
    assert page.input_value("#text") == NOTE
    page.click("[data-closes]")
    expect(page.locator("#writing")).to_be_hidden()
    page.click("[data-edits]")
    page.fill("#text", "Boy with arachnodactyly.")
    page.click("#read")
    expect(page.locator("li.finding")).to_have_count(1)
    page.click("[data-opens]")
    page.fill("#text", "Later he had seizures.")
    page.click("#read")
    expect(page.locator(".read-note")).to_have_count(2)
    expect(page.locator("li.finding")).to_have_count(2)
    expect(page.locator("#writing")).to_be_hidden()


def test_a_note_is_taken_away_once_that_was_confirmed(page):
    read(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click('form[action$="/note/remove"] button')
    expect(page.locator(".read-note")).to_have_count(0)
    expect(page.locator("li.finding")).to_have_count(0)


def test_an_empty_note_and_one_that_is_not_read_are_told_in_words(page):
    page.click("#read")
    expect(page.locator("#message")).to_be_visible()
    page.fill("#text", "У ребёнка судороги.")
    page.click("#read")
    expect(page.locator("#notices")).to_be_visible()
    expect(page.locator("#message")).to_be_hidden()
    expect(page.locator("li.finding")).to_have_count(0)


def test_markup_in_a_note_is_text(page):
    read(page, "<img src=x onerror=alert(1)> Scoliosis. <script>alert(2)</script>")
    assert page.locator(".read-note img, .read-note script").count() == 0
    assert "<img src=x" in page.locator(".read-note").inner_text()


def test_how_many_tests_to_send_says_what_they_see_and_cost(page):
    read(page, "Boy with intellectual disability, macrocephaly and global developmental delay.")
    tests = page.locator("#tests .tests > li")
    before = page.inner_text("#budget-says")
    count = tests.count()
    assert count > 1
    page.focus("#budget-count")
    for _ in range(count):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#tests .tests > li.beyond")).to_have_count(count - 1)
    assert page.inner_text("#budget-says") != before
    page.locator('li.finding button[value="negate"]').first.click()  # a change leaves what was chosen
    expect(page.locator("#budget-count")).to_have_value("1")


def test_a_test_done_is_told_and_not_suggested_again(page):
    read(page, "Boy with intellectual disability, macrocephaly and global developmental delay.")
    first = page.locator('#tests .tests > li[data-code="repeat_pcr:FMR1"]')
    expect(first).to_have_count(1)
    page.click("#known > summary")
    page.select_option("#done-modality", "repeat_pcr")
    page.fill('#done-form input[name="looked"]', "FMR1")
    page.keyboard.press("Enter")
    expect(first).to_have_count(0)
    expect(page.locator("#changed")).to_contain_text("FMR1")
    page.click("#done-rows button")
    expect(first).to_have_count(1)
    page.select_option('#family select[name="affected_maternal_males"]', "true")
    expect(page.locator("#known-count")).to_contain_text("1")
