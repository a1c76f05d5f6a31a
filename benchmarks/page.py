"""How fast the page answers in a real Chromium: a long note marked, and a change followed by its ranking.

    python -m benchmarks.page NOTES.jsonl[.gz] [--characters 20000] [--changes 40] [--language en]

NOTES are lines {"id", "text"}; the first that is long enough is cut to `characters`. The service runs in this process's
own machine, on loopback; the browser beside it. Times are of the browser's own clock: from the press to the second
frame painted after the answer was put into the page. Prints {"characters", "findings", "read_ms", "marked_ms",
"scroll_frame_p95_ms", "change_p50_ms", "change_p95_ms", "change_answer_p50_ms", "evidence_p50_ms", "evidence_p95_ms"}.
`marked_ms` is marking alone, the median of ten; `change_answer_p50_ms` the part of a change that waits for the service.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Page

_CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}

#: Presses what `selector` names; settles with the milliseconds until two frames after the answer was put in.
_PRESS = """(selector) => new Promise((done) => {
  const started = performance.now();
  document.addEventListener("htmx:after:swap", () => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - started))), { once: true });
  document.querySelector(selector).click();
})"""
#: Marks the notes ten times: the milliseconds of each, with the frame that paints them.
_MARK = """async () => {
  const { markNotes } = await import("/static/marks.js");
  const taken = [];
  for (let at = 0; at < 10; at += 1) {
    const started = performance.now();
    markNotes();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    taken.push(performance.now() - started);
  }
  return taken;
}"""
#: Scrolls the note from top to bottom in steps of 60 px: the milliseconds between frames.
_SCROLL = """async () => {
  const box = document.querySelector(".read-note"), frames = [];
  let last = await new Promise(requestAnimationFrame);
  for (let top = 0; top < box.scrollHeight; top += 60) {
    box.scrollTop = top;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notes", type=Path)
    parser.add_argument("--characters", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--language", choices=sorted(LOCALES), default="en")
    chosen = parser.parse_args()
    text = _long_text(chosen.notes, chosen.characters)
    with _served() as address, _shown(address, chosen.language) as page:
        told = _measured(page, text, chosen.changes)
    sys.stdout.write(json.dumps({"characters": len(text), **told}) + "\n")
    return 0


def _measured(page: Page, text: str, changes: int) -> dict[str, Any]:
    page.fill("#text", text)
    read = float(page.evaluate(_PRESS, "#read"))
    sys.stderr.write(f"read in {read:.0f} ms\n")
    marked = statistics.median(page.evaluate(_MARK))
    frames = page.evaluate(_SCROLL)
    ids = page.eval_on_selector_all("li.finding[data-id]", "all => all.map((each) => each.dataset.id)")
    evidence = [float(page.evaluate(_PRESS, "#ranking .disease-head")) for _ in range(10)]
    taken = []
    for at in range(changes):
        id = ids[at % len(ids)]
        verb = "negate" if at // len(ids) % 2 == 0 else "affirm"
        taken.append(float(page.evaluate(_PRESS, f'li.finding[data-id="{id}"] button[value="{verb}"]')))
    answers = page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/step')).map((e) => e.duration)"
    )
    return {
        "findings": len(ids),
        "read_ms": round(read),
        "marked_ms": round(marked, 1),
        "scroll_frame_p95_ms": round(_p95(frames), 1),
        "change_p50_ms": round(statistics.median(taken)),
        "change_p95_ms": round(_p95(taken)),
        "change_answer_p50_ms": round(statistics.median(answers)),
        "evidence_p50_ms": round(statistics.median(evidence)),
        "evidence_p95_ms": round(_p95(evidence)),
    }


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def _long_text(path: Path, characters: int) -> str:
    packed = path.read_bytes()
    content = gzip.decompress(packed) if path.suffix == ".gz" else packed
    for line in content.decode("utf-8").rstrip("\n").split("\n"):
        text = str(json.loads(line)["text"])
        if len(text) >= characters:
            return text[:characters]
    raise SystemExit(f"no text of {characters} characters in {path.name}")


@contextmanager
def _served() -> Iterator[str]:
    from matching.assess import Assessor
    from ontology.knowledge import Knowledge, root_folder
    from service.app import create_app
    from service.serve import settle

    assessor = Assessor.open(Knowledge.open(root_folder()))
    app = create_app(assessor)
    settle(assessor)
    with on_loopback(app) as address:
        yield address


@contextmanager
def on_loopback(app: FastAPI) -> Iterator[str]:
    """Serve on a free port of this machine; its address."""
    import uvicorn

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(500):
        if server.started:
            break
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def _shown(address: str, language: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale=LOCALES[language])
        page.goto(address)
        yield page
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
