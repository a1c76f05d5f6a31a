"""Ranking and assessing over HTTP on loopback: a server process and callers that keep their connections.

`python -m benchmarks.serving PORT` serves, without storage; `measure` starts it and calls it.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from ontology.knowledge import Knowledge, root_folder

_STARTS_WITHIN = 60.0
_SEED = 618
#: Sent before the clock starts: what is read from disk or made the first time.
_WARMING = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers a second, and how long one took (milliseconds); `errors` were answered otherwise than 200.

    `cpu_ms` is the processor time of the server for one answer, which other work on the machine hardly changes; None
    where the system does not tell it.
    """

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_ms: float | None

    def figures(self, name: str) -> dict[str, float | None]:
        """The printed figures, each behind `name`."""
        return {
            f"{name}_per_second": round(self.per_second, 1),
            f"{name}_p50_ms": round(self.p50_ms, 1),
            f"{name}_p99_ms": round(self.p99_ms, 1),
            f"{name}_cpu_ms": None if self.cpu_ms is None else round(self.cpu_ms, 1),
            f"{name}_errors": self.errors,
        }


def measure(path: str, bodies: list[bytes], clients: int) -> Answered:
    """Send `bodies` to `path` from `clients` threads, to a server of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.serving", str(port)])
    try:
        _wait_for(port, server)
        _call(port, path, bodies[:_WARMING])
        return _measure(port, path, bodies, clients, server.pid)
    finally:
        server.terminate()
        server.wait(20)


def rank_bodies(requests: int, findings: int) -> list[bytes]:
    """Requests to rank, each with `findings` random terms: far flatter than a patient's, and so more work."""
    terms = Knowledge.open(root_folder()).terms
    chance = random.Random(_SEED)
    ids = [terms.id(position) for position in terms.is_phenotype.nonzero()[0].tolist()]
    return [
        json.dumps({"features": [{"id": id} for id in chance.sample(ids, findings)]}).encode() for _ in range(requests)
    ]


def assess_bodies(requests: int) -> list[bytes]:
    """Requests to assess the note of the demonstration, its sentences in another order each time."""
    from service.demo import demo_case

    chance = random.Random(_SEED)
    sentences = demo_case().text.split(". ")
    return [
        json.dumps({"notes": [{"text": ". ".join(chance.sample(sentences, len(sentences)))}]}).encode()
        for _ in range(requests)
    ]


def _measure(port: int, path: str, bodies: list[bytes], clients: int, server: int) -> Answered:
    taken: list[tuple[float, int]] = []
    threads = [
        Thread(target=lambda part=part: taken.extend(_call(port, path, part))) for part in _parts(bodies, clients)
    ]
    spent, start = _spent(server), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - start
    times = sorted(1000 * seconds for seconds, _ in taken)
    errors = len(bodies) - sum(status == 200 for _, status in taken)
    now = _spent(server)
    cpu_ms = None if spent is None or now is None else 1000 * (now - spent) / len(bodies)
    p99 = times[int(0.99 * (len(times) - 1))]
    return Answered(len(bodies) / whole, statistics.median(times), p99, errors, cpu_ms)


def _spent(process: int) -> float | None:
    """Processor seconds that a process has used, where there is a /proc (proc(5): utime and stime, fields 14, 15)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parts(bodies: list[bytes], clients: int) -> list[list[bytes]]:
    return [bodies[number::clients] for number in range(clients)]


def _call(port: int, path: str, bodies: list[bytes]) -> list[tuple[float, int]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        taken.append((time.perf_counter() - start, answer.status))
    connection.close()
    return taken


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
    from service.serve import settle

    assessor = Assessor.open(Knowledge.open(root_folder()))
    app = create_app(assessor)
    settle(assessor)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
