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
from dataclasses import dataclass
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


@dataclass(slots=True)
class Killed:
    """Kills that hit, over `runs` runs; what the runs left, beside a quiet one."""

    kills: int = 0
    runs: int = 0
    equal: bool = True
    lost: int = 0
    doubled: int = 0

    def look(self, out: Path, wanted: dict[str, str], patients: int) -> None:
        """Compare what a run has left."""
        lost, doubled = lost_and_doubled(out, patients)
        self.runs += 1
        self.equal &= digests(out) == wanted
        self.lost += lost
        self.doubled += doubled


@dataclass(frozen=True, slots=True)
class Trial:
    """An archive, a folder for runs, and what a quiet run of so many seconds made of it."""

    archive: Path
    folder: Path
    key: Path
    seconds: float
    wanted: dict[str, str]
    patients: int

    def parents_killed(self, kills: int, dice: random.Random) -> Killed:
        """Kill the parent at random moments and go on with --resume; a run that is done is followed by another."""
        found = Killed()
        while found.kills < kills:
            out, resume = self.folder / f"parent{found.runs}", False
            while found.kills < kills:
                process = screen(self.archive, out, self.key, resume)
                time.sleep(dice.uniform(0.1, self.seconds * _LATEST))
                if process.poll() is not None:
                    break
                process.kill()
                process.wait()
                found.kills += 1
                resume = True
            self._ended(screen(self.archive, out, self.key, resume=True), "its parent")
            found.look(out, self.wanted, self.patients)
        return found

    def workers_killed(self, kills: int, dice: random.Random) -> Killed:
        """Kill one worker after the other at random moments, in as many runs as it takes."""
        found = Killed()
        while found.kills < kills:
            out = self.folder / f"workers{found.runs}"
            process = screen(self.archive, out, self.key)
            while process.poll() is None:
                time.sleep(dice.uniform(0.1, self.seconds * _LATEST))
                workers = [each for each in descendants(process.pid) if _is_worker(each)]
                if workers and found.kills < kills:
                    os.kill(dice.choice(workers), signal.SIGKILL)
                    found.kills += 1
            self._ended(process, "workers")
            found.look(out, self.wanted, self.patients)
        return found

    @staticmethod
    def _ended(process: subprocess.Popen[bytes], what: str) -> None:
        if process.wait() != 0:
            raise RuntimeError(f"a run did not end after kills of {what}")


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
