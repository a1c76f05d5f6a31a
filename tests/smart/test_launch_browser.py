"""The launch in a real Chromium, from a record system at another site: what cookies and policies make of it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("ehr", ["localhost"], indirect=True)  # 127.0.0.1, where the service is, is another site
def test_a_click_in_the_chart_opens_the_case(browser, ehr, service_here, on_loopback, ada, case_id):
    page = browser.new_page()
    violations: list[str] = []
    page.on("console", lambda said: "Content Security" in said.text and violations.append(said.text))
    with on_loopback(service_here) as address:
        ehr.back_to = f"{address}/smart/callback"
        query = urlencode({"iss": ehr.fhir, "launch": "xyz123"})
        ehr.pages["/chart"] = (200, f'<!doctype html><a href="{address}/smart/launch?{query}">Phenomap</a>')
        page.goto(f"{ehr.origin}/chart")
        page.click("a")
        expect(page).to_have_url(f"{address}/cases/{case_id}", timeout=10_000)
        expect(page.locator(".who")).to_contain_text("Ada")
        expect(page.locator("body")).to_contain_text("Quxolath")
        ehr.context["patient"] = "p2"
        page.goto(f"{ehr.origin}/chart")
        page.click("a")
        expect(page.get_by_role("alert")).to_contain_text("There is no case of this patient")
        page.click("main a")
        expect(page).to_have_url(f"{address}/cases")
    page.close()
    assert violations == []
