"""The findings in a real Chromium: by keyboard alone, with the focus where one left it, and each change told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from service.app import create_app

pytestmark = pytest.mark.browser

NOTE = "😀 Boy with arachnodactyly, ectopia lentis and scoliosis. No seizures. Her ears set by the neck."
SCOLIOSIS, SEIZURE, LENTIS, ARACHNODACTYLY = "HP:0002650", "HP:0001250", "HP:0001083", "HP:0001166"
LOW_SET, TELORISM = "HP:0000369", "HP:0000316"


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    with on_loopback(create_app(assessor)) as address:
        yield f"{address}/"


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    """A page with a note; nothing may be said on its console, told in a URL, or kept by the browser."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": request.param[0], "height": request.param[1]}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.on("console", lambda said: "409 (Conflict)" in said.text or complaints.append(f"{said.type}: {said.text}"))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda asked: is_plain(asked.url, address) or complaints.append(asked.url))
    opened.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
    )
    opened.goto(address)
    opened.fill("#text", NOTE)
    opened.click("#read")
    expect(row(opened, SCOLIOSIS)).to_be_visible()
    yield opened
    wide = opened.evaluate("document.documentElement.scrollWidth - innerWidth")
    kept = opened.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    context.close()
    assert complaints == []
    assert wide <= 0, "the page is wider than its window"
    assert kept == [0, 0, ""]


def is_plain(url: str, address: str) -> bool:
    return url.startswith(address) and not any(word in unquote_plus(url) for word in ("ears", "coliosis", "hyper"))


def row(page: Page, id: str) -> Locator:
    return page.locator(f"#finding-{id.replace(':', '-')}")


def head(page: Page, id: str) -> Locator:
    return row(page, id).locator("summary")


def order(page: Page) -> list[str]:
    return page.locator("#finding-rows > li").evaluate_all("rows => rows.map(row => row.dataset.id)")


def test_one_goes_through_the_findings_by_keys_and_confirms_them(page):
    ids = order(page)
    page.keyboard.press("j")
    expect(head(page, ids[0])).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(head(page, ids[1])).to_be_focused()
    page.keyboard.press("a")
    expect(row(page, ids[1])).to_have_attribute("data-checked", "")
    expect(head(page, ids[1])).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("accepted")
    page.keyboard.press("ArrowUp")
    page.keyboard.press(".")  # the next one is checked already
    expect(head(page, ids[2])).to_be_focused()
    expect(page.locator(".checking label")).to_have_text("1 of 4 checked")


@pytest.mark.parametrize(
    ("key", "assertion"),
    [("n", "excluded"), ("u", "uncertain"), ("f", "family"), ("h", "historical")],
)
def test_a_letter_says_what_is_so_and_the_focus_goes_with_the_row(page, key, assertion):
    head(page, SCOLIOSIS).focus()
    page.keyboard.press(key)
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", assertion)
    expect(head(page, SCOLIOSIS)).to_be_focused()
    page.keyboard.press("t")
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", "observed")
    expect(head(page, SCOLIOSIS)).to_be_focused()


def test_what_was_absent_is_present_by_the_same_key(page):
    head(page, SEIZURE).focus()
    page.keyboard.press("n")
    expect(row(page, SEIZURE)).to_have_attribute("data-assertion", "observed")


def test_after_rejecting_the_focus_is_on_the_neighbour_and_undo_brings_it_back(page):
    ids = order(page)
    head(page, ids[1]).focus()
    page.keyboard.press("r")
    expect(row(page, ids[1])).to_have_count(0)
    expect(head(page, ids[2])).to_be_focused()
    struck = page.locator(".struck")
    expect(struck.locator("s")).to_be_visible()
    assert "line-through" in struck.locator("s").evaluate("node => getComputedStyle(node).textDecorationLine")
    page.keyboard.press("z")
    expect(row(page, ids[1])).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("Undone:")
    expect(head(page, ids[2])).to_be_focused()
    expect(struck).to_have_count(0)


def test_fast_presses_on_different_findings_are_all_done_and_all_undone(page):
    for id in (SCOLIOSIS, LENTIS, ARACHNODACTYLY):
        head(page, id).focus()
        page.keyboard.press("u")
    for id in (SCOLIOSIS, LENTIS, ARACHNODACTYLY):
        expect(row(page, id)).to_have_attribute("data-assertion", "uncertain")
    for _ in range(3):
        page.keyboard.press("Control+z")
    for id in (SCOLIOSIS, LENTIS, ARACHNODACTYLY):
        expect(row(page, id)).to_have_attribute("data-assertion", "observed")
    expect(page.locator("#undo")).to_be_disabled()


def test_why_opens_by_enter_and_stays_open_through_a_change(page):
    head(page, SCOLIOSIS).focus()
    grounds = row(page, SCOLIOSIS).locator(".grounds")
    expect(grounds).to_be_hidden()
    page.keyboard.press("Enter")
    expect(grounds).to_contain_text("Nearest wording: “Scoliosis”")
    page.keyboard.press("n")
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", "excluded")
    expect(grounds).to_be_visible()
    page.keyboard.press("Enter")
    expect(grounds).to_be_hidden()


def test_onset_and_severity_are_chosen_from_lists_that_show_what_holds(page):
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("o")
    onset, severity = (row(page, SCOLIOSIS).get_by_label(name) for name in ("Onset", "Severity"))
    expect(onset).to_be_focused()
    assert onset.locator("option").all_inner_texts() == ["not stated", "Congenital onset", "Childhood onset"]
    onset.select_option("Childhood onset")
    expect(head(page, SCOLIOSIS)).to_contain_text("Childhood onset")
    severity.select_option("Severe")
    expect(head(page, SCOLIOSIS)).to_contain_text("Severe")
    expect(onset).to_have_value("HP:0011463")
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("z")
    expect(severity).to_have_value("")
    page.keyboard.press("z")
    expect(onset).to_have_value("")


def test_another_term_is_chosen_in_a_dialog_by_keys_alone(page):
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("c")
    dialog = page.locator("#meant")
    expect(dialog).to_contain_text("Which term is meant instead of Scoliosis?")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    expect(dialog.get_by_role("option").first).to_have_attribute("aria-disabled", "true")  # it is listed itself
    page.keyboard.press("Escape")
    expect(head(page, SCOLIOSIS)).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type("hypertel")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(head(page, TELORISM)).to_be_focused()
    expect(head(page, TELORISM).locator("q")).to_have_text("scoliosis")
    expect(page.locator(".struck .label")).to_have_text("Scoliosis")


def test_a_finding_is_added_by_search_with_keys_alone(page):
    page.keyboard.press("/")
    field = page.locator("#search")
    expect(field).to_be_focused()
    page.keyboard.type("seiz")
    expect(page.locator("#search-list [role=option]").first).to_contain_text("already listed")
    page.keyboard.press("Control+a")
    page.keyboard.type("hypertel")
    options = page.locator("#search-list [role=option]")
    expect(options).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-activedescendant", "search-0")
    expect(page.locator("#announcer")).to_contain_text("Terms found: 1.")
    page.keyboard.press("Enter")
    expect(head(page, TELORISM)).to_contain_text("added by hand")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(field).to_have_attribute("aria-expanded", "false")


def test_of_two_searches_the_answer_to_the_last_is_shown(page):
    def slowly(route):
        if "seiz" in route.request.post_data:
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/terms", slowly)
    page.focus("#search")
    page.keyboard.type("seiz")
    page.wait_for_timeout(200)
    page.fill("#search", "hypertel")
    expect(page.locator("#search-list [role=option]")).to_have_count(1)
    page.wait_for_timeout(700)
    expect(page.locator("#search-list [role=option]")).to_have_attribute("data-id", TELORISM)
    page.fill("#search", "")
    expect(page.locator("#search-hits")).to_be_hidden()


def test_letters_are_text_where_one_writes_and_can_be_turned_off(page):
    page.focus("#search")
    page.keyboard.type("jkrz.?")
    expect(page.locator("#search")).to_have_value("jkrz.?")
    page.fill("#search", "")
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("?")
    help = page.locator("#finding-keys")
    expect(help).to_be_visible()
    page.keyboard.press("r")  # the dialog has the keys
    help.get_by_label("Letters act as keys").uncheck()
    page.keyboard.press("Escape")
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("r")
    page.keyboard.press("ArrowUp")
    expect(head(page, SCOLIOSIS)).not_to_be_focused()
    expect(row(page, SCOLIOSIS)).to_be_visible()
    expect(page.locator("#undo")).to_be_disabled()


def test_pointing_at_a_finding_is_told_to_the_note_and_a_chosen_word_opens_its_finding(page):
    page.evaluate("""() => {
      window.told = [];
      document.addEventListener("phenomap:point", ({ detail }) => window.told.push(detail.id));
    }""")
    head(page, SCOLIOSIS).focus()
    page.focus("#search")
    assert page.evaluate("told") == [SCOLIOSIS, None]
    page.evaluate(f"""document.dispatchEvent(new CustomEvent("phenomap:choose", {{ detail: {{ id: "{LENTIS}" }} }}))""")
    expect(row(page, LENTIS).locator(".grounds")).to_be_visible()
    expect(head(page, LENTIS)).to_be_focused()


def test_selected_words_become_a_finding_with_their_place(page):
    start = NOTE.index("ears set")  # in characters, of which the first takes two units in a script
    detail = f'{{ note: "note-1", start: {start}, end: {start + 20}, text: "ears set by the neck" }}'
    page.evaluate(f'document.dispatchEvent(new CustomEvent("phenomap:add-finding", {{ detail: {detail} }}))')
    dialog = page.locator("#meant")
    expect(dialog.locator("q")).to_have_text("ears set by the neck")
    expect(dialog.get_by_role("option").first).to_have_attribute("data-id", LOW_SET)
    page.keyboard.press("Enter")
    expect(head(page, LOW_SET).locator("q")).to_have_text("ears set by the neck")
    expect(page.locator("#tray .suggestion")).to_have_count(0)


def test_words_of_the_tray_are_added_or_put_aside_and_shown_again(page):
    place = page.locator("#tray .suggestion")
    place.get_by_role("button", name="None of the terms for “ears set by the neck”").click()
    expect(place).to_be_hidden()
    again = page.get_by_role("button", name="Show them again")
    expect(again).to_be_focused()
    head(page, SCOLIOSIS).focus()
    page.keyboard.press("a")  # what is put aside stays so through a change
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-checked", "")
    expect(place).to_be_hidden()
    again.click()
    expect(place).to_be_visible()
    place.get_by_role("button", name="Add Low-set ears").click()
    expect(head(page, LOW_SET)).to_contain_text("added by hand")
    expect(place).to_have_count(0)


def test_a_press_twice_is_one_step(page):
    button = row(page, SCOLIOSIS).get_by_role("button", name="Mark Scoliosis as absent")
    button.dblclick()
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", "excluded")
    page.keyboard.press("Control+z")
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", "observed")
    expect(page.locator("#undo")).to_be_disabled()


def test_what_another_has_changed_is_shown_beside_the_refusal(page):
    page.route(
        "**/step",
        lambda route: route.fulfill(
            status=409,
            content_type="application/problem+json",
            json={"detail": "", "errors": [{"field": "seen", "what": "Someone changed it.", "mend": "Repeat."}]},
        ),
        times=1,
    )
    head(page, SCOLIOSIS).focus()
    with page.expect_response(re.compile("/look$")):
        page.keyboard.press("n")
    expect(page.locator("#message")).to_have_text("Someone changed it. Repeat.")
    page.keyboard.press("n")
    expect(row(page, SCOLIOSIS)).to_have_attribute("data-assertion", "excluded")
    expect(page.locator("#message")).to_be_hidden()


def test_a_chinese_reader_finds_terms_by_initials(browser: Browser, address: str):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    page.fill("#search", "yjk")
    expect(page.locator("#search-list .english").first).to_have_text("Hypertelorism")
    page.keyboard.press("Enter")
    expect(head(page, TELORISM)).to_contain_text("手工添加")
    expect(page.locator("#undo")).to_contain_text("撤销：已添加“")
    context.close()
