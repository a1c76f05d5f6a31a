"""What paper costs: `python -m benchmarks.printing [--times 9]`.

The demonstration's case is kept, assessed and printed through the service, in each language: a report and an order
sheet as PDFs. Prints one JSON object: {"report_pdf_ms": {"en", "zh"}, "order_pdf_ms": {...}, "report_pages": {...},
"first_pdf_ms"}; medians, but for the first PDF after a start, which opens the font.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from fastapi.testclient import TestClient

from benchmarks.hospital import hospital
from matching.assess import Assessor
from ontology.knowledge import Knowledge, root_folder
from service.demo import demo_case

_LANGUAGES = ("en", "zh")


def main() -> int:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.printing", description=__doc__)
    parser.add_argument("--times", type=int, default=9, help="PDFs of each kind (default: 9)")
    times: int = parser.parse_args().times
    assessor = Assessor.open(Knowledge.open(root_folder()))
    with tempfile.TemporaryDirectory() as folder, hospital(Path(folder), assessor) as there:
        client = there.client("clinician north")
        sheets = {language: _assessed(client, language) for language in _LANGUAGES}
        first = _taken(client, f"{sheets['en']}/print.pdf")
        told: dict[str, object] = {
            f"{name}_pdf_ms": {
                language: round(statistics.median(_taken(client, f"{sheet}/{file}.pdf") for _ in range(times)))
                for language, sheet in sheets.items()
            }
            for name, file in (("report", "print"), ("order", "order"))
        }
        pages = {language: _pages(client.get(f"{sheet}/print.pdf").content) for language, sheet in sheets.items()}
    print(json.dumps({**told, "report_pages": pages, "first_pdf_ms": round(first)}))
    return 0


def _assessed(client: TestClient, language: str) -> str:
    """Path of a report of the demonstration's case, kept in `language`."""
    headers = {"Accept-Language": language}
    opened = client.post("/api/v1/cases", json={"notes": [{"text": demo_case().told(language)}]}, headers=headers)
    id = opened.json()["id"]
    made = client.post(f"/api/v1/cases/{id}/assess", json={}, headers=headers).json()
    return f"/cases/{id}/reports/{made['id']}"


def _taken(client: TestClient, path: str) -> float:
    """Milliseconds until a PDF is answered."""
    started = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return 1000 * (time.perf_counter() - started)


def _pages(pdf: bytes) -> int:
    return max(int(count) for count in re.findall(rb"/Count (\d+)", pdf))


if __name__ == "__main__":
    sys.exit(main())
