"""python -m benchmarks.leaks [--records 1000] [--knowledge DIR]: marked records through every route, made to fail.

Counts traces of them in logs, error answers, the audit trail, headers and URLs, temporary files, and in the raw bytes
of the database, its log and the photos: {"records","requests","failed","traces",...}; exit 1 where there is one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from fastapi.testclient import TestClient
from httpx import Response

from benchmarks.canaries import MARKS, Canary, canaries, traces
from benchmarks.every_route import Operation, jpeg_of, operations
from benchmarks.hospital import NOBODY, Hospital, hospital
from matching.assess import Assessor
from ontology.knowledge import Knowledge, root_folder
from service.audit.trail import export
from service.cases.rules import CaseRules

#: Routes that keep what is no patient's in the open: names of accounts and of departments.
_NO_PATIENTS = ("/api/v1/accounts", "/api/v1/departments")
#: Each costs an Argon2 hash; the first records pass through them.
_SLOW = ("/api/v1/sessions", "/api/v1/passwords", "/api/v1/me/password")
#: The client's own loggers: they are no part of the service.
_CLIENTS = ("httpx", "httpcore", "faker", "asyncio")


@dataclass
class Found:
    """What the run saw."""

    records: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    traces: list[str] = field(default_factory=list)

    def look(self, place: str, content: bytes | str) -> None:
        """Note every mark found in `content`."""
        given = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        self.traces += [f"{mark} in {place}" for mark in traces(given)]

    def answered(self, name: str, answer: Response) -> None:
        """Look at the headers of an answer, and at the body of one that refuses or fails."""
        self.statuses[answer.status_code] += 1
        self.look(f"headers of {name}", json.dumps(dict(answer.headers)))
        if answer.status_code >= 400:
            self.look(f"{answer.status_code} of {name}", answer.content)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line as it would be written, its traceback too."""
        if not record.name.startswith(_CLIENTS):
            self.lines.append(self.format(record))


def run(folder: Path, assessor: Assessor, records: list[Canary], first: int = 0) -> Found:
    """Send every record through every route of a hospital in `folder`, which is empty.

    Each goes in one of the ways below, in turn, beginning with the one of number `first`.
    """
    found = Found(len(records))
    with ExitStack() as stack:
        written = stack.enter_context(_watched(folder / "temporary"))
        logs = stack.enter_context(_logged())
        said = StringIO()
        stack.enter_context(redirect_stdout(said))
        stack.enter_context(redirect_stderr(said))
        kept = folder / "kept"
        kept.mkdir()
        there = stack.enter_context(hospital(kept, assessor, CaseRules(deidentify=False)))  # all is kept, sealed
        routes = [one for one in operations(there.app) if not one.path.startswith(_NO_PATIENTS)]
        routes.sort(key=lambda one: one.path.startswith("/api/v1/sessions"))  # one of these ends the session: last
        for at, record in enumerate(records, first):
            _pass_through(there, found, record, at, routes)
        links = there.keeping.database.read(lambda connection: list(export(connection)))
        found.look("the audit trail", json.dumps(links, ensure_ascii=False))
        found.look("/metrics", there.client(NOBODY).get("/metrics").content)
        _look_at_files(found, folder)  # with the log of SQLite beside it
    _look_at_files(found, folder)
    found.look("the logs", "\n".join(logs))
    found.look("what was printed", said.getvalue())
    for path in written:
        if not path.is_relative_to(folder) and path.is_file():
            found.look(f"a file outside: {path.name}", path.read_bytes())
    return found


def _pass_through(there: Hospital, found: Found, record: Canary, at: int, routes: list[Operation]) -> None:
    clinician = there.client("clinician north")
    ids = _keep(there, found, clinician, record)
    _look_at_files(found, there.keeping.blobs)  # some ways delete the photo again
    ways = (
        _properly,
        _in_every_field,
        _broken,
        _as_ids,
        _in_headers,
        _as_text,
        _while_reading,
        _while_sealing,
        _while_writing,
    )
    way = ways[at % len(ways)]
    for operation in routes:
        if not operation.path.startswith(_SLOW) or at < len(ways):
            way(there, found, clinician, operation, ids, record)


def _keep(there: Hospital, found: Found, clinician: TestClient, record: Canary) -> Mapping[str, str]:
    """A case that holds the record in every sealed field; the ids of it."""
    path = "/api/v1/cases"

    def post(client: TestClient, where: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = client.post(where, json=body)
        found.answered(f"POST {where}", answer)
        if not answer.is_success:
            raise RuntimeError(f"{where}: {answer.status_code}")
        content: dict[str, Any] = answer.json()
        return content

    notes = [{"text": record.english, "language": "en"}, {"text": record.chinese, "language": "zh"}]
    patient = {"name": record.name, "number": record.number}
    told = {"features": [{"id": "HP:0001166"}], "tests_done": [{"modality": "mlpa", "target": record.name}]}
    case = post(clinician, path, {"patient": patient, "notes": notes, "age": "P7Y", **told})
    path = f"{path}/{case['id']}"
    post(clinician, f"{path}/consents", {"purpose": "photo", "given_by": "guardian"})
    content = jpeg_of((record.english + record.chinese).encode())
    photo = clinician.post(f"{path}/photos", content=content, headers={"Content-Type": "image/jpeg"})
    found.answered("POST photos", photo)
    report = post(clinician, f"{path}/assess", {})
    signed = {"report": report["id"], "decision": "more_data", "reason": record.english}
    post(clinician, f"{path}/sign-off", signed)
    post(there.client("clinician south"), f"{path}/break-glass", {"reason": record.chinese})
    if len(traces(clinician.get(path).content)) < len(MARKS):
        raise RuntimeError("the record is not in the case: nothing would be looked for")
    return {
        "id": case["id"],
        "/api/v1/diseases/{id}:id": "OMIM:154700",
        "/api/v1/cases/{id}/photos/{part}:part": photo.json()["added"][0],
        "/api/v1/cases/{id}/reports/{part}:part": report["id"],
        "part": case["added"][0],
    }


Way = tuple[Hospital, Found, TestClient, Operation, Mapping[str, str], Canary]


def _send(found: Found, client: TestClient, operation: Operation, path: str, **more: Any) -> None:  # noqa: ANN401
    found.answered(operation.name, client.request(operation.method, path, **more))


def _properly(*given: Any) -> None:  # noqa: ANN401
    """As it should be: the record where words belong."""
    _, found, client, operation, ids, record = given
    _send(found, client, operation, operation.at(ids), json=operation.sample(_free(record), every=True))


def _in_every_field(*given: Any) -> None:  # noqa: ANN401
    """The record in every field, also where an id or a date belongs."""
    _, found, client, operation, ids, record = given
    _send(found, client, operation, operation.at(ids), json=operation.sample(lambda path, schema: record.english))
    everywhere = operation.sample(lambda path, schema: record.chinese, every=True)
    _send(found, client, operation, operation.at(ids), json={"x": everywhere, "features": [record.english]})


def _broken(*given: Any) -> None:  # noqa: ANN401
    """JSON cut short, keys given twice, NUL characters, half characters, bytes that are no UTF-8."""
    _, found, client, operation, ids, record = given
    whole = json.dumps(operation.sample(_free(record)), ensure_ascii=False) if operation.body else f'"{record.english}"'
    for words in (whole[:-2], f'{{"text": {json.dumps(record.english)}, "text": {json.dumps(record.chinese)}}}'):
        _send_json(found, client, operation, ids, words.encode())
    _send_json(found, client, operation, ids, json.dumps({"text": record.english + "\0"}).encode())
    _send_json(found, client, operation, ids, json.dumps({"text": record.chinese + "\ud800"}).encode())
    _send_json(found, client, operation, ids, whole.encode() + b"\xff")


def _send_json(found: Found, client: TestClient, operation: Operation, ids: Mapping[str, str], body: bytes) -> None:
    _send(found, client, operation, operation.at(ids), content=body, headers={"Content-Type": "application/json"})


def _as_ids(*given: Any) -> None:  # noqa: ANN401
    """The record in the path and in every parameter of the query."""
    _, found, client, operation, ids, record = given
    for words in (record.english, record.chinese, record.card):
        wrong = {name: quote(words, safe="") for name in ids} | {"part": quote(words, safe="")}
        _send(found, client, operation, operation.at(wrong), params={"unknown": words})
        for name in operation.query():
            _send(found, client, operation, operation.at(ids), params={name: words})


def _in_headers(*given: Any) -> None:  # noqa: ANN401
    """The record in headers, and from someone who is not known."""
    there, found, client, operation, ids, record = given
    for header in ("If-Match", "Idempotency-Key", "Content-Type", "Accept", "Origin", "X-CSRF-Token"):
        headers = {header: record.phone + " zqxvy"}
        _send(found, client, operation, operation.at(ids), json=operation.sample(_free(record)), headers=headers)
    stranger = there.client(NOBODY)
    headers = {"Authorization": f"Bearer {record.card}", "Cookie": f"phenomap={record.card}"}
    _send(found, stranger, operation, operation.at(ids), json=operation.sample(_free(record)), headers=headers)


def _as_text(*given: Any) -> None:  # noqa: ANN401
    """The record as something else than it is said to be."""
    _, found, client, operation, ids, record = given
    for kind in (
        "text/plain",
        "image/jpeg",
        "multipart/form-data; boundary=zqxvy",
        "application/x-www-form-urlencoded",
    ):
        content = (record.english + record.chinese).encode()
        _send(found, client, operation, operation.at(ids), content=content, headers={"Content-Type": kind})


def _while_reading(*given: Any) -> None:  # noqa: ANN401
    """The readers fail, with the note in what they say."""
    _failing("matching.assess.Assessor.read", *given)


def _while_sealing(*given: Any) -> None:  # noqa: ANN401
    """The vault fails, with the note in what it says."""
    _failing("service.vault.vault.Vault.seal", *given)
    _failing("service.vault.vault.Vault.unseal", *given)


def _while_writing(*given: Any) -> None:  # noqa: ANN401
    """The database fails, with its parameters in what it says."""
    _failing("service.audit.trail.digest_of", *given)
    _failing("service.cases.sealing.canonical", *given)


def _failing(what: str, *given: Any) -> None:  # noqa: ANN401
    _, found, client, operation, ids, record = given
    error = RuntimeError(f"{record.english} {record.chinese}")
    error.__cause__ = ValueError(record.card)
    with patch(what, side_effect=error):
        _send(found, client, operation, operation.at(ids), json=operation.sample(_free(record), every=True))
        _send(found, client, operation, operation.at(ids), json=operation.sample(_free(record)))


def _free(record: Canary) -> Any:  # noqa: ANN401
    """The record's words in fields of free text."""

    def words(path: str, schema: Mapping[str, Any]) -> str | None:
        if schema.get("pattern", r"\S") != r"\S" or "format" in schema or "contentEncoding" in schema:
            return None
        chosen = record.name if path.endswith("name") else record.number if path.endswith("number") else record.english
        return chosen[: schema.get("maxLength", len(chosen))]

    return words


def _look_at_files(found: Found, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.look(f"the file {path.parent.name}/{path.suffix or 'without a name'}", path.read_bytes())


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Every line that any logger writes, down to the finest."""
    root, kept = logging.getLogger(), _Kept()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        yield kept.lines
    finally:
        root.removeHandler(kept)
        root.setLevel(before)


@contextmanager
def _watched(temporary: Path) -> Iterator[set[Path]]:
    """Temporary files go to a folder of their own; the paths of all that Python opens to write are kept."""
    temporary.mkdir()
    written: set[Path] = set()
    watching = True

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if (
            watching
            and event == "open"
            and isinstance(arguments[0], str | bytes)
            and _writes(arguments[1], arguments[2])
        ):
            written.add(Path(os.fsdecode(arguments[0])))

    sys.addaudithook(note)
    environment = {name: str(temporary) for name in ("TMPDIR", "SQLITE_TMPDIR")}
    with patch.dict(os.environ, environment), patch.object(tempfile, "tempdir", str(temporary)):
        try:
            yield written
        finally:
            watching = False


def _writes(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def main() -> int:
    """Print what was found as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--knowledge", type=Path)
    chosen = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        assessor = Assessor.open(Knowledge.open(root_folder(chosen.knowledge)))
        found = run(Path(folder), assessor, canaries(chosen.records))
    for trace in sorted(set(found.traces)):
        sys.stderr.write(trace + "\n")
    told = {
        "records": found.records,
        "requests": found.statuses.total(),
        "failed": sum(count for status, count in found.statuses.items() if status >= 400),
        "internal": sum(count for status, count in found.statuses.items() if status >= 500),
        "traces": len(found.traces),
        "seconds": round(time.monotonic() - start, 1),
    }
    print(json.dumps(told))
    return 1 if found.traces else 0


if __name__ == "__main__":
    sys.exit(main())
