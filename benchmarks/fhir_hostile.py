"""Malformed, hostile and enormous FHIR: each is to be refused or taken rightly, in bounded time and memory.

    python -m benchmarks.fhir_hostile [--only NAME]

Each input is sent to a hospital in a process of its own over the hand-made release of the tests or the release in use,
and prints one JSON object: inputs, refused_rightly, worst_seconds, worst_mb (above what the service takes idle), rows.
"""

from __future__ import annotations

import argparse
import base64
import json
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.hospital import hospital
from matching.assess import Assessor
from ontology.knowledge import Knowledge, root_folder

FHIR = {"Content-Type": "application/fhir+json"}
HPO = "http://human-phenotype-ontology.org"
PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "2020-03-01"}
SUBJECT = {"reference": "Patient/p1"}
#: What each input is to be answered with.
Expected = frozenset[int]
REFUSED, TAKEN = frozenset({400, 413, 422}), frozenset({200})


def bundle(*resources: Mapping[str, Any], kind: str = "transaction") -> dict[str, Any]:
    """A Bundle that puts `resources`."""
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def observation(id: str, system: str = HPO, code: str = "HP:0001166", **more: object) -> dict[str, Any]:
    """A finding."""
    concept = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Observation", "id": id, "status": "final", "code": concept, "subject": SUBJECT, **more}


def document(id: str, content: bytes, kind: str = "text/plain") -> dict[str, Any]:
    """A note."""
    attachment = {"contentType": kind, "data": base64.b64encode(content).decode()}
    told = {"resourceType": "DocumentReference", "id": id, "status": "current", "subject": SUBJECT}
    return told | {"content": [{"attachment": attachment}]}


def inputs() -> Iterator[tuple[str, Expected, Callable[[], bytes]]]:
    """Name, statuses that are right, and what makes the body."""

    def of(value: object) -> bytes:
        return json.dumps(value).encode()

    yield (
        "10,000 entries",
        frozenset({413}),
        lambda: of(bundle(PATIENT, *(observation(f"o{n}") for n in range(10_000)))),
    )
    yield "5,000 entries", TAKEN, lambda: of(bundle(PATIENT, *(observation(f"o{n}") for n in range(4_999))))
    yield (
        "5,000 wrong codes",
        REFUSED,
        lambda: of(bundle(PATIENT, *(observation(f"o{n}", code="HP:9999999") for n in range(4_999)))),
    )
    yield (
        "wrong code systems",
        REFUSED,
        lambda: of(bundle(PATIENT, *(observation(f"o{n}", "http://snomed.info/sct") for n in range(500)))),
    )
    yield "200 notes", TAKEN, lambda: of(bundle(PATIENT, *(document(f"d{n}", _note(n)) for n in range(200))))
    yield (
        "200 pages of HTML",
        TAKEN,
        lambda: of(
            bundle(
                PATIENT,
                *(
                    document(f"d{n}", b"<html><body><p>" + _note(n) + b"</p></body></html>", "text/html")
                    for n in range(200)
                ),
            )
        ),
    )
    yield (
        "a circle of parts",
        REFUSED,
        lambda: of(
            bundle(
                PATIENT,
                *(
                    observation(f"o{n}", hasMember=[{"reference": f"Observation/o{(n + 1) % 4000}"}])
                    for n in range(4_000)
                ),
            )
        ),
    )
    yield "a circle of references", TAKEN, lambda: of(bundle(PATIENT, *_encounters(2_000)))
    yield "each refers to all", REFUSED | TAKEN, lambda: of(bundle(PATIENT, *_all_to_all(600)))
    yield "depth of lists", REFUSED, lambda: b'{"resourceType":"Bundle","entry":' + b"[" * 2_000_000
    yield "depth of objects", REFUSED, lambda: b'{"resourceType":' + b'{"a":' * 1_000_000
    yield (
        "empty objects",
        REFUSED,
        lambda: b'{"resourceType":"Bundle","type":"batch","entry":[' + b"{}," * 9_000_000 + b"{}]}",
    )
    yield (
        "short texts",
        REFUSED,
        lambda: b'{"resourceType":"Bundle","type":"batch","entry":[' + b'"ab",' * 5_000_000 + b'""]}',
    )
    yield (
        "numbers",
        REFUSED,
        lambda: b'{"resourceType":"Bundle","type":"batch","entry":[' + b"1000," * 5_000_000 + b"0]}",
    )
    yield (
        "empty entries",
        REFUSED,
        lambda: of({"resourceType": "Bundle", "type": "batch", "entry": [{}] * 5_000}).replace(
            b"batch", b"transaction"
        ),
    )
    yield "base64 of 30 MB", REFUSED, lambda: of(bundle(PATIENT, document("d", b"a" * 22_000_000)))
    yield (
        "invalid base64 of 20 MB",
        REFUSED,
        lambda: of(bundle(PATIENT, document("d", b"a"))).replace(b'"YQ=="', b'"' + b"%" * 20_000_000 + b'"'),
    )
    yield (
        "base64 in base64",
        TAKEN,
        lambda: of(bundle(PATIENT, document("d", base64.b64encode(base64.b64encode(b"a" * 400_000))))),
    )
    yield "a zip bomb as DOCX", REFUSED, lambda: of(bundle(PATIENT, document("d", _zip_bomb())))
    yield "200 zip bombs", REFUSED, lambda: of(bundle(PATIENT, *(document(f"d{n}", _zip_bomb(20)) for n in range(200))))
    yield "a PDF bomb", REFUSED, lambda: of(bundle(PATIENT, document("d", _pdf_bomb())))
    yield (
        "HTML of 500,000 tags",
        REFUSED | TAKEN,
        lambda: of(bundle(PATIENT, document("d", b"<html>" + b"<b>" * 500_000))),
    )
    yield (
        "2 notes of a million characters",
        TAKEN,
        lambda: of(bundle(PATIENT, *(document(f"d{n}", _note(n) * 500) for n in range(2)))),
    )
    yield (
        "12 notes of a million characters",
        REFUSED,
        lambda: of(bundle(PATIENT, *(document(f"d{n}", b"word " * 199_999) for n in range(12)))),
    )
    yield "5,000 patients", REFUSED, lambda: of(bundle(*({**PATIENT, "id": f"p{n}"} for n in range(5_000))))
    yield "sections 60 deep", REFUSED | TAKEN, lambda: of(bundle(PATIENT, _sections(28)))
    yield (
        "10,000 codings",
        REFUSED,
        lambda: of(
            bundle(
                PATIENT,
                {
                    **observation("o"),
                    "code": {"coding": [{"system": HPO, "code": f"HP:{n:07}"} for n in range(10_000)]},
                },
            )
        ),
    )
    yield (
        "an id of a million characters",
        REFUSED,
        lambda: of(
            {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [
                    {"resource": {**PATIENT, "id": "a" * 1_000_000}, "request": {"method": "POST", "url": "Patient"}}
                ],
            }
        ),
    )
    yield (
        "NaN, twice named, half a surrogate",
        REFUSED,
        lambda: b'{"resourceType":"Bundle","type":"batch","type":"batch","entry":[NaN,"\\ud800"]}',
    )


def _note(number: int) -> bytes:
    return (f"Visit {number}. A boy with scoliosis and hypotonia. No seizures, no myopia. " * 25).encode()


def _encounters(count: int) -> Iterator[dict[str, Any]]:
    for at in range(count):
        to = {"reference": f"Encounter/e{(at + 1) % count}"}
        told = {"resourceType": "Encounter", "id": f"e{at}", "status": "finished", "class": {"code": "AMB"}}
        yield told | {"subject": SUBJECT, "appointment": [to]}


def _all_to_all(count: int) -> Iterator[dict[str, Any]]:
    others = [{"reference": f"Observation/o{to}"} for to in range(count)]
    yield from (observation(f"o{at}", derivedFrom=others[: at // 2]) for at in range(count))


def _sections(depth: int) -> dict[str, Any]:
    section: dict[str, Any] = {"title": "s", "text": {"status": "generated", "div": "<div>Scoliosis.</div>"}}
    for _ in range(depth):
        section = {"title": "s", "section": [section]}
    told = {"resourceType": "Composition", "id": "k", "status": "final", "type": {"text": "t"}, "title": "t"}
    return told | {"date": "2026-01-01", "subject": SUBJECT, "section": [section]}


def _zip_bomb(megabytes: int = 900) -> bytes:
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(megabytes):
            part.write(b" " * 1_000_000)
    return file.getvalue()


def _pdf_bomb() -> bytes:
    stream = zlib.compress(b"BT (a) Tj ET " * 20_000_000, 9)
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    body = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream endobj\n"
    return head + page + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def one(name: str) -> dict[str, Any]:
    """Send one input; what came of it, in seconds and megabytes above what the service took before."""
    _, expected, make = next(each for each in inputs() if each[0] == name)
    body = make()
    assessor = Assessor.open(Knowledge.open(root_folder(None)))
    with tempfile.TemporaryDirectory() as folder, hospital(Path(folder), assessor) as opened:
        client = opened.client("clinician north")
        client.put("/fhir/Patient/first", json={"resourceType": "Patient", "id": "first"}, headers=FHIR)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        answer = client.post("/fhir", content=body, headers=FHIR)
        seconds = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = answer.json()["resourceType"]
    right = answer.status_code in expected and (answer.status_code == 200 or told == "OperationOutcome")
    figures = {"status": answer.status_code, "right": right, "seconds": round(seconds, 2)}
    return {"name": name, "body_mb": round(len(body) / 1e6, 1), **figures, "mb": round((after - before) / 1024)}


def main() -> None:
    """Each input in a process of its own, so that the memory of one is not another's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="name of one input")
    only = parser.parse_args().only
    if only:
        print(json.dumps(one(only)))
        return
    rows: list[dict[str, Any]] = []
    for name, _, _ in inputs():
        command = [sys.executable, "-m", "benchmarks.fhir_hostile", "--only", name]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = run.stdout.splitlines()
        rows.append(
            json.loads(lines[-1])
            if run.returncode == 0 and lines
            else {"name": name, "right": False, "seconds": 0, "mb": 0}
        )
        print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    right = sum(row["right"] for row in rows)
    worst = {"worst_seconds": max(row["seconds"] for row in rows), "worst_mb": max(row["mb"] for row in rows)}
    print(json.dumps({"inputs": len(rows), "refused_rightly": right, **worst, "rows": rows}))


if __name__ == "__main__":
    main()
