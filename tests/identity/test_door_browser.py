"""The sign-in page in a real Chromium: a name and a password, a one-time link, and out again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from service.identity import accounts, one_time
from service.identity.demonstration import demonstration_link
from service.identity.one_time import Purpose

pytestmark = pytest.mark.browser

PASSWORD = "two brown foxes jump"


@pytest.fixture
def address(app, on_loopback) -> Iterator[str]:
    with on_loopback(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(8000)
    violations: list[str] = []
    opened.on("pageerror", lambda error: violations.append(str(error)))
    opened.on("console", lambda said: "Content Security" in said.text and violations.append(said.text))
    yield opened
    opened.close()
    assert violations == []


def test_a_clinician_signs_in_reads_a_note_and_signs_out(page, address, person):
    person("ada")
    page.goto(address)
    expect(page).to_have_url(f"{address}/sign-in")
    page.fill("#name", "ada")
    page.fill("#password", "a wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    assert page.input_value("#password") == ""
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_contain_text("Ada")
    page.fill("#text", "Boy with arachnodactyly.")
    page.click("#read")  # a change: the page sends the CSRF token
    expect(page.locator("li.finding")).to_have_count(1)
    assert page.evaluate("document.cookie") == ""
    page.click("#sign-out")
    expect(page).to_have_url(f"{address}/sign-in")
    page.goto(address)
    expect(page).to_have_url(f"{address}/sign-in")


@pytest.mark.parametrize("late", ["bench.js", "requests.js", "vendor/htmx.min.js"])
def test_who_clicks_before_a_script_has_come_is_answered_when_it_has(page, address, person, late):
    person("ada")
    page.goto(f"{address}/sign-in")
    page.fill("#name", "ada")
    page.fill("#password", PASSWORD)
    held: list[Route] = []
    page.route(f"**/static/{late}*", lambda route: held.append(route))
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_contain_text("Ada")
    page.fill("#text", "Boy with arachnodactyly.")
    page.evaluate("document.querySelector('#read').click()")
    for _ in range(50):
        if held:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    expect(page.locator("li.finding")).to_have_count(0)
    held[0].continue_()
    expect(page.locator("li.finding")).to_have_count(1)
    expect(page.locator("#message")).to_be_hidden()


def test_the_demonstrations_link_opens_the_page_and_leaves_no_secret_behind(page, address, database):
    secret = database.write(demonstration_link)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + str(request.headers)))
    page.goto(f"{address}/sign-in#once={secret}")
    expect(page.locator(".who")).to_contain_text("Demonstration clinician")
    assert page.url == f"{address}/"
    assert not [url for url in asked if secret in url.partition("#")[0]]
    page.goto(f"{address}/sign-in#once={secret}")
    expect(page.get_by_role("alert")).to_contain_text("holds no longer")


def test_a_password_is_chosen_by_a_link(page, address, database):
    id = database.write(lambda c: accounts.create_account(c, "ada", "Ada"))
    page.goto(f"{address}/sign-in#choose={database.write(lambda c: one_time.issue(c, Purpose.PASSWORD, id))}")
    page.fill("#new-password", PASSWORD)
    page.fill("#again", PASSWORD + "!")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("differ")
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_contain_text("Ada")


def test_a_session_that_ended_asks_for_the_password_beside_what_was_typed(page, address, person, database):
    ada = person("ada")
    page.goto(f"{address}/sign-in")
    page.fill("#name", "ada")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("#text", "Boy with arachnodactyly.")
    page.wait_for_load_state("networkidle")  # what the page asks when it opens is not the question here
    database.write(lambda c: accounts.set_active(c, ada.id, False, by="operator"))
    page.click("#read")
    expect(page.locator("#again")).to_be_visible()
    assert page.input_value("#text") == "Boy with arachnodactyly."
