"""How long a chart waits for its cards: `python -m benchmarks.cds_hooks [--patients 20 --notes 200 --rate 20]`.

A real server on loopback, patients with many notes each that were sent as FHIR and ranked before; then signed calls of
`patient-view`, at a steady rate whatever the answers take (latency is counted from when a call was due). Prints one
JSON object: {"n", "p50_ms", "p99_ms", "slowest_ms", "errors", "cards", "patients", "notes_each", "sending_seconds"}.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from ontology.knowledge import root_folder
from service.demo import demo_case
from service.identity import accounts, api_keys
from service.identity.roles import Role
from service.store.database import open_database
from service.store.migrate import migrate

_ISSUER, _SERVICE = "https://his.example", "/cds-services/phenomap-patient-view"
_STARTS_WITHIN, _RANKED_WITHIN = 60.0, 900.0
_SEED = 618
#: Calls that wait for an answer at once; more than a steady rate needs unless the server stands still.
_CALLERS = 64


@dataclass(frozen=True, slots=True)
class Site:
    """A server that was started, and the key that its record system signs with."""

    port: int
    key: ec.EllipticCurvePrivateKey
    api_key: str

    @property
    def address(self) -> str:
        """Where it is, as tokens name it."""
        return f"http://127.0.0.1:{self.port}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cds_hooks", description=__doc__)
    parser.add_argument("--patients", type=int, default=20)
    parser.add_argument("--notes", type=int, default=200, help="of each patient (default: 200)")
    parser.add_argument("--rate", type=float, default=20.0, help="calls a second (default: 20)")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as site:
        began = time.monotonic()
        _send_all(site, given.patients, given.notes)
        sent = time.monotonic() - began
        _say(f"{given.patients} patients sent and ranked in {sent:.0f} s")
        found = _called(site, given.patients, given.rate, given.seconds)
    found |= {"patients": given.patients, "notes_each": given.notes, "sending_seconds": round(sent, 1)}
    print(json.dumps(found))
    return 0


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    """A server with one record system, in `folder`; it ends with the context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    key = ec.generate_private_key(ec.SECP384R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())) | {"kid": "one"}
    (folder / "keys.json").write_text(json.dumps({"keys": [public]}))
    url = f"sqlite:///{folder / 'kept.db'}"
    (folder / "settings.toml").write_text(
        f'database = "{url}"\nblobs = "{folder / "blobs"}"\nkeys = "file:{folder / "master.key"}"\n'
        f'audience = "http://127.0.0.1:{port}"\nfaces = "off"\n[[ehr]]\nname = "his"\naccount = "his"\n'
        f'[ehr.cds]\nissuer = "{_ISSUER}"\nkeys = {{file = "{folder / "keys.json"}"}}\n'
    )
    api_key = _account(url)
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port)]
    command += ["--settings", str(folder / "settings.toml"), "--knowledge", str(root_folder().resolve())]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield Site(port, key, api_key)
    finally:
        server.terminate()
        server.wait(30)


def _account(url: str) -> str:
    """Make the record system's account; its key."""
    database = open_database(url)
    migrate(database)
    try:
        department = database.write(lambda c: accounts.create_department(c, "Genetics"))
        id = database.write(lambda c: accounts.create_account(c, "his", "HIS", kind="machine"))
        database.write(lambda c: accounts.grant(c, id, department, Role.CLINICIAN))
        return database.write(lambda c: api_keys.create_key(c, id, 1, by="operator")).key
    finally:
        database.close()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            if _request(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The server did not start.")


def _send_all(site: Site, patients: int, notes: int) -> None:
    """Send every patient's notes in one transaction each, and wait until all are ranked."""
    sentences = [part for part in demo_case().text.replace("\n", " ").split(". ") if part]
    chance = random.Random(_SEED)
    headers = {"Authorization": f"Bearer {site.api_key}", "Content-Type": "application/fhir+json"}
    tasks = []
    for number in range(patients):
        body = json.dumps(_bundle(number, notes, sentences, chance)).encode()
        status, answer, told = _request(site.port, "POST", "/fhir", body, headers | {"Prefer": "respond-async"})
        if status != 202:
            raise RuntimeError(f"A patient was not taken: {status} {answer[:300]!r}")
        tasks.append(told["content-location"])
    until = time.monotonic() + _RANKED_WITHIN
    for task in tasks:
        while json.loads(_request(site.port, "GET", task, None, headers)[1])["status"] != "completed":
            if time.monotonic() > until:
                raise RuntimeError("The patients were not ranked in time.")
            time.sleep(0.5)


def _bundle(number: int, notes: int, sentences: Sequence[str], chance: random.Random) -> dict[str, Any]:
    """A patient, and notes of the demonstration's sentences in ever another order: about 1,500 characters each."""
    id = f"p{number}"
    subject = {"reference": f"Patient/{id}"}
    patient = {"resourceType": "Patient", "id": id, "gender": "male", "birthDate": "2020-09-12"}
    resources: list[dict[str, Any]] = [patient]
    for at in range(notes):
        text = ". ".join(chance.sample(list(sentences), len(sentences)))
        data = base64.b64encode(text.encode()).decode()
        content = [{"attachment": {"contentType": "text/plain", "data": data}}]
        told = {"resourceType": "DocumentReference", "id": f"n{number}-{at}", "status": "current", "subject": subject}
        resources.append(told | {"content": content})
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
            for each in resources
        ],
    }


def _called(site: Site, patients: int, rate: float, seconds: float) -> dict[str, Any]:
    """Call at a steady rate; how long the answers took."""
    count = int(rate * seconds)
    chance = random.Random(_SEED)
    for number in range(patients):  # what is read the first time
        _call(site, f"p{number}", time.monotonic())
    began = time.monotonic() + 0.5
    with ThreadPoolExecutor(_CALLERS) as pool:
        due = [began + at / rate for at in range(count)]
        waiting = [pool.submit(_call, site, f"p{chance.randrange(patients)}", at) for at in due]
        answers = [one.result() for one in waiting]
    took = sorted(taken for taken, _, _ in answers)
    return {
        "n": count,
        "p50_ms": round(1000 * took[len(took) // 2], 1),
        "p99_ms": round(1000 * took[min(int(0.99 * len(took)), len(took) - 1)], 1),
        "slowest_ms": round(1000 * took[-1], 1),
        "errors": sum(status != 200 for _, status, _ in answers),
        "cards": sum(cards for _, _, cards in answers),
    }


def _call(site: Site, patient: str, due: float) -> tuple[float, int, int]:
    """Seconds from when the call was due to its whole answer, its status, and its cards."""
    time.sleep(max(due - time.monotonic(), 0))
    at = int(time.time())
    claims = {"iss": _ISSUER, "aud": site.address + _SERVICE, "iat": at, "exp": at + 120, "jti": str(uuid4())}
    token = jwt.encode(claims, site.key, "ES384", headers={"kid": "one"})
    context = {"userId": "Practitioner/1", "patientId": patient}
    body = json.dumps({"hook": "patient-view", "hookInstance": str(uuid4()), "context": context}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    status, answer, _ = _request(site.port, "POST", _SERVICE, body, headers)
    return time.monotonic() - due, status, len(json.loads(answer).get("cards", ()))


def _request(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.casefold(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
