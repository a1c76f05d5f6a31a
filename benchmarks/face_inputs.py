"""How hostile and poor photos (benchmarks/face_files.py) are answered, in which time and memory.

python -m benchmarks.face_inputs
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.face_files import Given, inputs
from facial.detection import Detector
from facial.inspection import inspect
from ontology.errors import InputError


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one file: the answer in words, whether it is right, its seconds and the MB it took at most."""

    name: str
    answer: str
    right: bool
    seconds: float
    megabytes: float


def tell(given: Given, detector: Detector) -> Told:
    """The answer to one file; any error but an InputError is a wrong answer."""
    before = _peak(reset=True)
    began = perf_counter()
    try:
        quality = inspect(given.content, detector).quality
        answer = ", ".join(("refused " if f.refused else "warned ") + f.fault for f in quality.findings) or "good"
        right = given.is_right(quality)
    except InputError as error:
        answer, right = error.what, given.is_right(None)
    except Exception as error:
        answer, right = f"{type(error).__name__}: {error}", False
    return Told(given.name, answer, right, perf_counter() - began, _peak() - before)


def _peak(reset: bool = False) -> float:
    """The most memory this process has had since the last reset, in MB; Linux alone tells."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


@dataclass(frozen=True, slots=True)
class HostileInputs:
    """Over all files: how many, how many answered rightly, what was wrong, the most seconds and MB that one took.

    `process_megabytes` is the whole process at its largest.
    """

    n: int
    right: int
    wrong: tuple[str, ...]
    worst_seconds: float
    worst_megabytes: float
    process_megabytes: float


def hostile_inputs() -> HostileInputs:
    """All files in a process of their own, whose memory is measured."""
    command = [sys.executable, "-m", "benchmarks.face_inputs", "--each"]
    alone = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=alone)
    *lines, last = run.stdout.splitlines()
    told = [Told(**json.loads(line)) for line in lines]
    return HostileInputs(
        n=len(told),
        right=sum(each.right for each in told),
        wrong=tuple(f"{each.name}: {each.answer}" for each in told if not each.right),
        worst_seconds=round(max(each.seconds for each in told), 2),
        worst_megabytes=round(max(each.megabytes for each in told)),
        process_megabytes=round(float(last)),
    )


def main() -> None:
    """Print the figures as one JSON object; with `--each` a line for each file, and the process's MB."""
    if "--each" not in sys.argv:
        print(json.dumps(asdict(hostile_inputs()), indent=1))
        return
    detector = Detector.open()
    most = 0.0
    for given in inputs():
        print(json.dumps(asdict(tell(given, detector))))
        most = max(most, _peak())
    print(most)


if __name__ == "__main__":
    main()
