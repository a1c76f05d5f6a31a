"""The clinician's way from a pasted note to a signed decision, in a real Chromium, in both languages.

Every page on the way is put before axe (WCAG 2.2 A and AA): nothing serious or critical may be found. Nothing may be
asked of another host, no policy violated, nothing kept by the browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from benchmarks.every_route import JPEG
from benchmarks.hospital import Hospital
from benchmarks.hospital import hospital as opened
from matching.assess import Assessor
from service.cases.rules import CaseRules

pytestmark = pytest.mark.browser

NOTES = {
    "en": "Tall stature, arachnodactyly, ectopia lentis, scoliosis, striae, aortic root aneurysm. No seizures.",
    "zh": "身材高，蜘蛛样指，晶状体异位，脊柱侧弯，皮肤膨胀纹，主动脉根部动脉瘤。无抽搐。",
}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
PATIENT, NUMBER = "Quxolath Vornak", "778899"
GRAVE = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Seat:
    """A clinician's browser in a hospital, and what the browser complained of."""

    page: Page
    hospital: Hospital
    address: str
    language: str
    complaints: list[str] = field(default_factory=list)

    def word(self, key: str) -> str:
        """A word of the pages, in their language."""
        translator = self.hospital.app.state.services.translator
        return translator.speaking(self.language).wording.words[key]

    def read(self, text: str | None = None) -> None:
        """Paste a note and have it read."""
        self.page.fill("#text", text or NOTES[self.language])
        self.page.click("#read")
        expect(self.page.locator("li.finding").first).to_be_visible()


@pytest.fixture
def sit(browser: Browser, tmp_path, assessor: Assessor, real_assessor: Assessor, on_loopback) -> Iterator[Callable]:
    """Opens a hospital and sits a clinician down in it; afterwards nothing may have been complained of."""
    closing, seats = [], []

    def down(language: str = "en", size: str = "desk", start: str = "/cases", real: bool = True, **rules) -> Seat:
        folder = tmp_path / f"h{len(seats)}"
        folder.mkdir()
        there = opened(folder, real_assessor if real else assessor, CaseRules(**rules))
        hospital = there.__enter__()
        serving = on_loopback(hospital.app)
        address = serving.__enter__()
        (cookie,) = hospital.client("clinician north").cookies.jar
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=LOCALES[language], base_url=address
        )
        context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": address}])
        seat = Seat(context.new_page(), hospital, address, language)
        seat.page.set_default_timeout(8000)
        seat.page.on("console", lambda message: seat.complaints.append(f"{message.type}: {message.text}"))
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        seat.page.on("request", lambda asked: asked.url.startswith(address) or seat.complaints.append(asked.url))
        seat.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.sourceFile))"
        )
        seat.page.goto(start)
        seats.append(seat)
        closing.extend([there, serving, context])
        return seat

    yield down
    for seat in seats:
        refused = "error: Failed to load resource: the server responded with a status of 4"
        assert [each for each in seat.complaints if not each.startswith((refused, "verbose:"))] == []
        for name in ("localStorage", "sessionStorage"):
            assert seat.page.evaluate(f"{name}.length") == 0
    for each in reversed(closing):
        each.close() if hasattr(each, "close") else each.__exit__(None, None, None)


def grave_faults(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it is."""
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found.response["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"][:3]
    ]


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the window's edge."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def new_case(seat: Seat) -> None:
    seat.page.click(".new-case > summary")
    seat.page.fill('.new-case input[name="name"]', PATIENT)
    seat.page.fill('.new-case input[name="number"]', NUMBER)
    seat.page.click(".new-case button.primary")
    seat.page.wait_for_url(re.compile("/cases/[0-9a-f]{32}$"))


@pytest.mark.real
@pytest.mark.parametrize(("language", "size"), [("en", "desk"), ("zh", "desk"), ("zh", "phone")])
def test_from_a_pasted_note_to_a_signed_decision(sit, language: str, size: str) -> None:
    seat = sit(language, size)
    page = seat.page
    assert page.evaluate("document.documentElement.lang") == language
    assert grave_faults(page) == []
    new_case(seat)
    assert grave_faults(page) == []
    seat.read()
    for term, said in (("HP:0001166", "observed"), ("HP:0001083", "observed"), ("HP:0001250", "excluded")):
        expect(page.locator(f'li.finding[data-id="{term}"]')).to_have_class(re.compile(said))
    expect(page.locator("#ranking li.disease").first).to_contain_text("Marfan" if language == "en" else "马凡")
    expect(page.locator("#tests .tests > li").first).to_be_visible()
    assert grave_faults(page) == []
    assert fits(page)
    page.check('input[name="decision"][value="agree"]')
    page.fill('textarea[name="reason"]', "Lens and limbs.")
    page.click("#sign button.primary")
    expect(page.locator("#signing .chip")).to_have_text(seat.word("kept.signed"))
    page.goto("/cases")
    row = page.locator("tr[data-case]")
    expect(row).to_contain_text(PATIENT)
    expect(row).to_contain_text(seat.word("kept.signed"))
    assert grave_faults(page) == []
    page.goto("/oversight")
    expect(page.locator("table tbody tr")).to_have_count(1)
    assert grave_faults(page) == []
    assert PATIENT.split()[0] not in page.url


@pytest.mark.real
def test_the_whole_way_by_keyboard_alone(sit) -> None:
    seat = sit()
    page, keys = seat.page, seat.page.keyboard
    keys.press("n")  # a new case
    page.locator('.new-case input[name="name"]').focus()
    keys.type(PATIENT)
    keys.press("Enter")
    page.wait_for_url(re.compile("/cases/[0-9a-f]{32}$"))
    page.locator("#text").focus()
    keys.insert_text(NOTES["en"])
    keys.press("Control+Enter")
    finding = page.locator('li.finding[data-id="HP:0002650"]')
    expect(finding).to_be_visible()
    page.locator("#sign input[name=decision]").first.focus()
    keys.press("ArrowDown")  # from the first to the second decision
    keys.press("Space")
    page.locator('textarea[name="reason"]').focus()
    keys.type("Another connective tissue disorder.")
    keys.press("Tab")
    expect(page.locator("#sign button.primary")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#signing .chip")).to_have_text("signed")


def test_each_decision_takes_the_same_presses(sit) -> None:
    for decision in ("agree", "other", "none", "more_data"):
        seat = sit(real=False)
        new_case(seat)
        seat.read("She has arachnodactyly and ectopia lentis.")
        presses = [
            lambda page: page.locator(f'input[name="decision"][value="{decision}"]').click(),  # noqa: B023
            lambda page: page.locator('textarea[name="reason"]').type("Seen."),
            lambda page: page.locator("#sign button.primary").click(),
        ]
        for press in presses:
            press(seat.page)
        expect(seat.page.locator("#signing .chip")).to_have_text("signed")


def test_a_required_impression_comes_before_everything_that_follows(sit) -> None:
    seat = sit(real=False, first_impression="required")
    new_case(seat)
    seat.read("She has arachnodactyly and ectopia lentis.")
    page = seat.page
    expect(page.locator("#ranking li.disease")).to_have_count(0)
    expect(page.locator("#tests .tests > li")).to_have_count(0)
    page.locator("#ranking textarea").fill("A connective tissue disorder.")
    page.locator("#ranking form button").first.click()
    expect(page.locator("#ranking li.disease").first).to_be_visible()
    expect(page.locator("#ranking")).to_contain_text("A connective tissue disorder.")


def test_an_ended_session_loses_nothing_that_was_typed(sit) -> None:
    from service.store.tables import session

    seat = sit(real=False)
    new_case(seat)
    page = seat.page
    page.fill("#text", "She has arachnodactyly.")
    seat.hospital.keeping.database.write(lambda c: c.execute(session.delete()).rowcount)
    page.click("#read")
    expect(page.locator("#again")).to_be_visible()
    assert page.input_value("#text") == "She has arachnodactyly."


def test_a_server_that_is_gone_is_told_and_nothing_lost(sit) -> None:
    seat = sit(real=False, start="/")
    page = seat.page
    page.fill("#text", "She has arachnodactyly.")
    page.route("**/bench/**", lambda route: route.abort())
    page.click("#read")
    expect(page.locator("#message")).to_have_text(seat.word("page.unreachable"))
    assert page.input_value("#text") == "She has arachnodactyly."
    seat.complaints.clear()  # the browser says that the request failed


def test_words_that_are_selected_become_a_finding(sit) -> None:
    seat = sit(real=False, start="/")
    seat.read("She has arachnodactyly. Her spine bends a lot, with scoliosis-like posture.")
    page = seat.page
    page.evaluate(
        """() => {
          const text = document.querySelector(".read-note").firstChild, range = document.createRange();
          const at = text.textContent.indexOf("spine bends");
          range.setStart(text, at); range.setEnd(text, at + 11);
          getSelection().removeAllRanges(); getSelection().addRange(range);
        }"""
    )
    page.locator(".add-selected").click()
    expect(page.locator("input[role=combobox]:focus")).to_have_count(1)


def test_a_marked_word_leads_to_its_finding(sit) -> None:
    seat = sit(real=False, start="/")
    seat.read("She has arachnodactyly and scoliosis.")
    page = seat.page
    place = page.evaluate(
        """() => {
          const text = document.querySelector(".read-note").firstChild, range = document.createRange();
          const at = text.textContent.indexOf("scoliosis");
          range.setStart(text, at + 2); range.setEnd(text, at + 3);
          const box = range.getBoundingClientRect();
          return [box.left + box.width / 2, box.top + box.height / 2];
        }"""
    )
    page.mouse.click(*place)
    focused = page.evaluate("document.activeElement.closest('li.finding')?.dataset.id")
    assert focused == "HP:0002650"


def test_without_custom_highlights_words_are_marked_by_elements(sit) -> None:
    seat = sit(real=False, start="/")
    page = seat.page
    page.add_init_script("delete window.Highlight")
    page.goto("/")
    seat.read("She has arachnodactyly. No seizures.")
    expect(page.locator(".read-note mark.observed")).to_have_text("arachnodactyly")
    expect(page.locator(".read-note mark.excluded")).to_have_text("seizures")


def test_a_photo_is_kept_under_a_consent_and_deleted_again(sit) -> None:
    seat = sit(real=False)
    new_case(seat)
    page = seat.page
    photo = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
    page.set_input_files("#photo-file", photo)
    expect(page.locator("#photo-state")).to_have_text(seat.word("photo.needs_consent"))
    page.check("#photo-consent")
    page.set_input_files("#photo-file", [])
    page.set_input_files("#photo-file", photo)
    expect(page.locator("#photos .count")).to_have_text("1")
    page.wait_for_load_state()  # the page was loaded anew; its scripts have run by then
    page.click("[data-removes-photo]")
    expect(page.locator("#photos .count")).to_have_count(0)


def test_findings_go_to_the_clipboard_as_lines(sit) -> None:
    seat = sit(real=False)
    seat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    new_case(seat)
    seat.read("She has arachnodactyly. No seizures.")
    seat.page.click(".takes form button")  # what is shown is kept as a report
    seat.page.wait_for_url(re.compile("/print$"))
    seat.page.go_back()
    seat.page.click("[data-copies-from]")
    expect(seat.page.locator("[data-copies-from]")).to_have_text(seat.word("page.copied"))
    lines = seat.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert "HP:0001166\tArachnodactyly\tobserved" in lines
    assert "HP:0001250\tSeizure\texcluded" in lines


def test_nothing_of_a_patient_is_left_after_signing_out(sit) -> None:
    seat = sit(real=False)
    new_case(seat)
    seat.read("She has arachnodactyly. Zebrawood.")
    page = seat.page
    page.click("#sign-out")
    page.wait_for_url("**/sign-in")
    page.go_back()
    page.wait_for_load_state()
    assert "/sign-in" in page.url
    assert "Zebrawood" not in page.content()
    assert PATIENT not in page.content()
    assert page.evaluate("caches.keys().then((names) => names.length)") == 0


def test_a_document_becomes_the_text_of_a_note(sit) -> None:
    seat = sit(real=False, start="/")
    page = seat.page
    text = "她有蜘蛛样指。".encode("gb18030") + "\nShe has arachnodactyly.".encode("gb18030")
    page.set_input_files("#document", {"name": "note.txt", "mimeType": "text/plain", "buffer": text})
    expect(page.locator("#document-state")).to_contain_text("characters were taken")
    assert "蜘蛛样指" in page.input_value("#text")
    page.click("#read")
    expect(page.locator('li.finding[data-id="HP:0001166"]')).to_be_visible()


def test_a_case_given_to_a_colleague_goes_on_as_it_was(sit) -> None:
    seat = sit(real=False)
    new_case(seat)
    seat.read("She has arachnodactyly. No seizures.")
    page = seat.page
    page.select_option('select[name="assigned_to"]', seat.hospital.actors["colleague north"].id)
    page.locator('li.finding[data-id="HP:0001166"] button[value="negate"]').first.click()
    expect(page.locator('li.finding[data-id="HP:0001166"]')).to_have_class(re.compile("excluded"))
    expect(page.locator("#message")).to_be_hidden()
