"""Pictures of every page for docs/: `python -m benchmarks.screenshots [FOLDER]` (default: docs/pages).

A hospital of its own is opened on loopback with the demonstration's case, and gone through in Chromium, in English and
Chinese. Needs fonts for Chinese, such as fonts-noto-cjk.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.hospital import Hospital, hospital
from benchmarks.page import LOCALES, on_loopback

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

_CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
_REASON = {"en": "Typical face, pulmonary valve and height.", "zh": "面容、肺动脉瓣病变及身材矮小均典型。"}


def main() -> int:
    """Take the pictures."""
    from playwright.sync_api import sync_playwright

    from matching.assess import Assessor
    from ontology.knowledge import Knowledge, root_folder

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pages")
    folder.mkdir(parents=True, exist_ok=True)
    assessor = Assessor.open(Knowledge.open(root_folder()))
    with (
        tempfile.TemporaryDirectory() as kept,
        hospital(Path(kept), assessor) as there,
        on_loopback(there.app) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for language in LOCALES:
            with _seat(browser, there, address, language) as page:
                _go(page, folder, language)
        with _seat(browser, there, address, "zh", width=390) as page:
            page.goto("/cases")
            page.click(".worklist a")
            page.wait_for_selector("li.finding")
            _take(page, folder / "case-phone-zh.jpg")
        browser.close()
    return 0


def _go(page: Page, folder: Path, language: str) -> None:
    from service.demo import demo_case

    page.goto("/cases")
    page.click(".new-case > summary")
    page.fill('.new-case input[name="number"]', "DEMO-0001")
    page.click(".new-case button.primary")
    page.wait_for_url(re.compile("/cases/[0-9a-f]{32}$"))
    page.fill("#text", demo_case().told(language))
    page.click("#read")
    page.wait_for_selector("li.finding")
    page.select_option("#sex", "male")
    page.fill("#years", "6")
    page.press("#years", "Tab")
    page.wait_for_timeout(600)
    _take(page, folder / f"case-{language}.jpg")
    page.click("#ranking .disease-head")
    page.wait_for_timeout(600)
    _take(page, folder / f"evidence-{language}.jpg")
    page.locator("#tests").evaluate("(each) => each.scrollIntoView()")
    _take(page, folder / f"tests-{language}.jpg")
    page.wait_for_timeout(3000)  # evidence is read
    page.click("#ranking .disease-head")
    page.wait_for_timeout(600)
    page.check('input[name="decision"][value="agree"]')
    page.fill('textarea[name="reason"]', _REASON[language])
    page.locator("#signing").screenshot(path=folder / f"signing-{language}.jpg", type="jpeg", quality=72)
    page.click("#sign button.primary")
    page.wait_for_selector("#signing .chip.signed")
    case = page.url
    page.goto("/cases")
    _take(page, folder / f"worklist-{language}.jpg")
    page.goto("/oversight")
    _take(page, folder / f"oversight-{language}.jpg")
    page.goto(case)
    page.locator(".case-head details.menu summary").first.click()
    page.locator('.case-head a[href$="/print"]').first.click()
    page.wait_for_load_state()
    _take(page, folder / f"report-{language}.jpg")
    page.goto(page.url.replace("/print", "/order"))
    _take(page, folder / f"order-{language}.jpg")
    page.goto("/")
    _take(page, folder / f"bench-{language}.jpg")
    page.goto("/sign-in")
    _take(page, folder / f"sign-in-{language}.jpg")


def _take(page: Page, path: Path) -> None:
    page.wait_for_timeout(400)
    page.screenshot(path=path, type="jpeg", quality=72)


@contextmanager
def _seat(browser: Browser, there: Hospital, address: str, language: str, width: int = 1280) -> Iterator[Page]:
    (cookie,) = there.client("clinician north").cookies.jar
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, locale=LOCALES[language], base_url=address)
    context.add_cookies([{"name": cookie.name, "value": str(cookie.value), "url": address}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


if __name__ == "__main__":
    sys.exit(main())
