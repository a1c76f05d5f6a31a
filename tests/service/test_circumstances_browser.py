"""An opened disease in a real Chromium: what the patient's age and sex take from it, with the sum under it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from service.app import create_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(assessor, on_loopback) -> Iterator[str]:
    with on_loopback(create_app(assessor)) as address:
        yield f"{address}/"


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    opened.fill("#text", "Arachnodactyly and focal-onset seizures.")
    opened.click("#read")
    yield opened
    opened.close()
    assert complaints == []


def test_age_and_sex_against_a_disease_are_said_where_it_is_opened(page):
    row = page.locator('.disease[data-id="OMIM:900003"]')
    row.locator(".disease-head").click()
    expect(row.locator(".circumstances")).to_have_count(0)
    with page.expect_response(re.compile("/api/v1/rank")):
        page.select_option("#sex", "female")
    said = row.locator(".circumstances .contribution")
    expect(said).to_have_count(1)
    expect(said.locator(".how")).to_contain_text("the patient is female")
    expect(said.locator(".nats")).to_contain_text("1.00")
    page.fill("#months", "1")
    page.locator("#months").blur()
    expect(said).to_have_count(2)
    expect(said.first).to_contain_text("the patient is 30 days old")
