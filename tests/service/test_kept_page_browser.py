"""The page of kept cases in a real Chromium: what is stale is seen, assessed again and signed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from benchmarks.hospital import hospital as opened
from matching.assess import Assessor
from ontology.knowledge import Knowledge
from service.store.tables import report

pytestmark = pytest.mark.browser

OLDER = "1999-01-01-0ld"
FINDINGS = [{"id": "HP:0001166"}, {"id": "HP:0001083"}, {"id": "HP:0001250", "excluded": True}]


@pytest.fixture
def root(tmp_path, small_root):
    """A root of its own, in which another release can be put in place."""
    shutil.copytree(small_root, tmp_path / "knowledge")
    return tmp_path / "knowledge"


@pytest.fixture
def hospital(tmp_path, root):
    folder = tmp_path / "kept"
    folder.mkdir()
    with opened(folder, Assessor.open(Knowledge.open(root))) as there:
        yield there


@pytest.fixture
def ids(hospital):
    """One assessed with older knowledge, one with the one in use, one never; and one of the south."""
    north, south = hospital.client("clinician north"), hospital.client("clinician south")

    def kept(client, **more):
        given = {"features": FINDINGS, "sex": "female", "age": "P7Y", **more}
        answer = client.post("/api/v1/cases", json=given)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    patient = {"name": "Quxolath <b>Vornak</b>", "number": "778899"}
    notes = [{"text": "Tall, with <i>arachnodactyly</i>."}]
    found = {"older": kept(north, patient=patient, notes=notes), "current": kept(north), "never": kept(north)}
    found["southern"] = kept(south)
    for name in ("older", "current"):
        assert north.post(f"/api/v1/cases/{found[name]}/assess", json={}).status_code == 201
    old = update(report).where(report.c.case == found["older"]).values(knowledge=OLDER)
    hospital.keeping.database.write(lambda connection: connection.execute(old).rowcount)
    return found


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, browser: Browser, hospital, ids, on_loopback) -> Iterator[Page]:
    """The page in the session of the north's clinician; afterwards nothing may have been complained of."""
    complaints: list[str] = []
    client = hospital.client("clinician north")
    (cookie,) = client.cookies.jar
    with on_loopback(hospital.app) as address:
        size = {"width": request.param[0], "height": request.param[1]}
        context = browser.new_context(viewport=size, locale="en-GB", base_url=address)
        context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": address}])
        shown = context.new_page()
        shown.set_default_timeout(8000)
        shown.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
        shown.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
        )
        shown.goto("/cases")
        yield shown
        wide = shown.evaluate("document.documentElement.scrollWidth - innerWidth")
        context.close()
    refused = "error: Failed to load resource: the server responded with a status of 4"
    assert [each for each in complaints if not each.startswith(refused)] == []  # the browser itself says that
    assert wide <= 0, "the page is wider than its window"


def row(page: Page, id: str):
    return page.locator(f'#cases > li[data-id="{id}"]')


def stale_words(hospital) -> str:
    release = hospital.app.state.services.knowledge.manifest.release
    return f"assessed with knowledge {OLDER}; {release} is in use now — assess again"


def test_the_list_marks_what_was_assessed_with_older_knowledge(page, hospital, ids):
    expect(page.locator("#cases > li")).to_have_count(3)  # the southern case is not theirs to see
    expect(row(page, ids["older"])).to_contain_text(stale_words(hospital))
    expect(row(page, ids["older"])).to_contain_text("draft")
    expect(row(page, ids["current"]).locator(".stale")).to_have_count(0)
    expect(row(page, ids["current"])).to_contain_text("OMIM:900001")
    expect(row(page, ids["never"])).to_contain_text("not assessed yet")
    page.select_option("#state", "signed")
    expect(page.locator("#cases-empty")).to_be_visible()


def test_a_case_opens_with_what_is_kept_and_is_assessed_again(page, hospital, ids):
    row(page, ids["older"]).get_by_role("link").click()
    expect(page.locator("#kept-title")).to_be_focused()
    expect(page.locator("#kept-who")).to_have_text("Quxolath <b>Vornak</b> · 778899 · female, 7 years old")
    expect(page.locator("#kept-stated > li")).to_have_count(3)
    expect(page.locator("#kept-stated")).to_contain_text("excluded")
    expect(page.locator("#kept-stale")).to_have_text(stale_words(hospital))
    expect(page.locator("#report-stale")).to_have_text(stale_words(hospital))
    expect(page.locator("#signing-stale")).to_have_text(stale_words(hospital))
    expect(page.locator("#diseases .name").first).to_have_text("Long-limb syndrome")
    expect(page.locator("#tests > li").first).to_be_visible()
    page.locator("#kept summary").first.click()
    expect(page.locator("#kept-notes")).to_contain_text("Tall, with <i>arachnodactyly</i>.")
    page.click("#assess-again")
    expect(page.locator("#kept-reports > li")).to_have_count(2)
    expect(page.locator("#kept-stale")).to_be_empty()
    expect(page.locator("#report-stale")).to_be_empty()
    expect(row(page, ids["older"]).locator(".stale")).to_have_count(0)
    page.locator("#kept-reports button").last.click()  # the first report, kept as it was
    expect(page.locator("#report-stale")).to_contain_text(stale_words(hospital))
    expect(page.locator("#report-stale")).to_contain_text("cannot be signed")
    expect(page.locator("#signing")).to_be_hidden()


def test_a_report_is_signed_with_the_keyboard(page, ids):
    page.goto(f"/cases#{ids['current']}")
    expect(page.locator("#signing")).to_be_visible()
    page.focus("#decision")
    page.keyboard.type("more")
    page.focus("#reason")
    page.keyboard.type("To be seen <again>.")
    page.keyboard.press("Tab")
    expect(page.locator("#sign")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#kept-signatures")).to_contain_text("To be seen <again>.")
    expect(page.locator("#kept-state")).to_have_text("signed")
    expect(row(page, ids["current"])).to_contain_text("signed")
    expect(page.locator("#signing")).to_be_hidden()


def test_a_refusal_is_told_in_words(page, ids):
    page.goto(f"/cases#{ids['southern']}")
    expect(page.get_by_role("alert")).to_contain_text("There is no case of this id that you may see")
    page.goto(f"/cases#{ids['current']}")
    page.select_option("#decision", "other")
    page.fill("#reason", "Another.")
    page.click("#sign")
    expect(page.get_by_role("alert")).to_contain_text("The other diagnosis is missing")


def test_old_knowledge_and_another_release_on_the_disk_are_told_on_both_pages(page, hospital, root):
    """The hand-made release is of 2000-01-02, older than any setting allows."""
    state, release = page.locator("#knowledge-state"), Knowledge.open(root).manifest.release
    expect(state).to_contain_text("months old (of 2000-01-02)")
    expect(page.locator("footer")).to_contain_text("descriptions of diseases of 2000-01-02")
    expect(state).not_to_contain_text("has been put in place")
    shutil.copytree(root / release, root / "2099-01-01-new")
    manifest = root / "2099-01-01-new" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "release": "2099-01-01-new"}))
    (root / "CURRENT").write_text("2099-01-01-new")
    page.click("#refresh")
    told = f"Knowledge 2099-01-01-new has been put in place, but this service still uses {release}"
    expect(state).to_contain_text(told)
    page.goto("/")
    expect(page.locator("#knowledge-state")).to_contain_text(told)
    expect(page.locator("footer")).to_contain_text("descriptions of diseases of 2000-01-02")
    page.get_by_role("link", name="Kept cases").click()
    expect(page.locator("#cases > li")).to_have_count(3)
