"""Ranking over HTTP on loopback: a server process and callers that keep their connections.

`python -m benchmarks.serving PORT` serves, without storage; `measure` starts it and calls it.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from ontology.knowledge import Knowledge, root_folder

if TYPE_CHECKING:
    from ontology.terms import Terms

_STARTS_WITHIN = 60.0
_SEED = 618


@dataclass(frozen=True, slots=True)
class Ranks:
    """Answers a second, and how long one took (milliseconds); `errors` were answered otherwise than 200."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def measure(requests: int, clients: int, findings: int = 8) -> Ranks:
    """Send `requests` from `clients` threads to a server of its own, each with `findings` random terms."""
    bodies = _bodies(Knowledge.open(root_folder()).terms, requests, findings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.serving", str(port)])
    try:
        _wait_for(port, server)
        _call(port, bodies[:5])  # what is read from disk the first time
        return _measure(port, bodies, clients)
    finally:
        server.terminate()
        server.wait(20)


def _measure(port: int, bodies: list[bytes], clients: int) -> Ranks:
    taken: list[tuple[float, int]] = []
    threads = [Thread(target=lambda part=part: taken.extend(_call(port, part))) for part in _parts(bodies, clients)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - start
    times = sorted(1000 * seconds for seconds, _ in taken)
    errors = len(bodies) - sum(status == 200 for _, status in taken)
    return Ranks(len(bodies) / whole, statistics.median(times), times[int(0.99 * (len(times) - 1))], errors)


def _parts(bodies: list[bytes], clients: int) -> list[list[bytes]]:
    return [bodies[number::clients] for number in range(clients)]


def _call(port: int, bodies: list[bytes]) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/api/v1/rank", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - start, answer.status))
    connection.close()
    return taken


def _bodies(terms: Terms, requests: int, findings: int) -> list[bytes]:
    chance = random.Random(_SEED)
    ids = [terms.id(position) for position in terms.is_phenotype.nonzero()[0].tolist()]
    return [
        json.dumps({"features": [{"id": id} for id in chance.sample(ids, findings)]}).encode() for _ in range(requests)
    ]


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")


def main() -> None:
    """Serve on loopback until told to stop."""
    import uvicorn

    from matching.assess import Assessor
    from service.app import create_app

    app = create_app(Assessor.open(Knowledge.open(root_folder())))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
