"""Screening under kill -9: of the parent and of workers, at random moments; the result must be that of a quiet run."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import file_digest
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.screening_runs import descendants

_LATEST = 0.9  # of the quiet run's seconds: the latest moment of a kill


def screen(archive: Path, out: Path, key: Path, resume: bool = False) -> subprocess.Popen[bytes]:
    """Start the command, as a person would."""
    command = [sys.executable, "-m", "cli.main", "screen", str(archive), "--out", str(out), "--workers", "2"]
    command += ["--pseudonym-key", str(key), *(["--resume"] if resume else [])]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def quiet(archive: Path, out: Path, key: Path) -> float:
    """A run that nobody disturbs; its seconds."""
    began = time.perf_counter()
    if screen(archive, out, key).wait() != 0:
        raise RuntimeError("the quiet run failed")
    return time.perf_counter() - began


def parents_killed(archive: Path, out: Path, key: Path, kills: int, seconds: float, dice: random.Random) -> int:
    """Kill the parent `kills` times, each time going on with --resume, then let it end; how many kills hit it."""
    hit = 0
    for at in range(kills):
        process = screen(archive, out, key, resume=at > 0)
        time.sleep(dice.uniform(0.1, seconds * _LATEST))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            hit += 1
        process.wait()
    if screen(archive, out, key, resume=True).wait() != 0:
        raise RuntimeError("the run did not end after kills of its parent")
    return hit


def workers_killed(archive: Path, out: Path, key: Path, kills: int, seconds: float, dice: random.Random) -> int:
    """Kill a worker of one run `kills` times; how many kills hit one."""
    process, hit = screen(archive, out, key), 0
    for _ in range(kills):
        time.sleep(dice.uniform(0.1, 2 * seconds * _LATEST / kills))
        workers = [each for each in descendants(process.pid) if _is_worker(each)]
        if process.poll() is not None:
            break
        if workers:
            os.kill(dice.choice(workers), signal.SIGKILL)
            hit += 1
    if process.wait() != 0:
        raise RuntimeError("the run did not end after kills of workers")
    return hit


def _is_worker(process: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


def digests(out: Path) -> dict[str, str]:
    """What is compared: the tables row by row, the flagged patients, the links and what was set aside."""
    told = {}
    for name in ("patients.parquet", "findings.parquet"):
        told[name] = str(_asked(f"SELECT md5(string_agg(t::VARCHAR, '|')) FROM read_parquet('{out / name}') t")[0][0])
    for name in ("flagged.jsonl", "private/link.jsonl", "private/set_aside.jsonl", "profile.json"):
        with (out / name).open("rb") as file:
            told[name] = file_digest(file, "sha256").hexdigest()
    return told


def lost_and_doubled(out: Path, patients: int) -> tuple[int, int]:
    """Patients that are not in the table, and those that are in it more than once."""
    rows = _asked(f"SELECT patient, count(*) FROM read_parquet('{out / 'patients.parquet'}') GROUP BY 1")
    counts = Counter(dict(rows))
    return patients - len(counts), sum(count > 1 for count in counts.values())


def patients_of(archive: Path) -> int:
    """How many patients an archive in JSON Lines has."""
    with archive.open(encoding="utf-8") as lines:
        return len({json.loads(line)["patient"] for line in lines})


def _asked(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as database:
        return database.execute(query).fetchall()
