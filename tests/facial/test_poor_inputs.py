"""Hostile and poor photos (benchmarks/face_files.py): each gets the right answer, in bounded memory and time."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="the extra `facial` is not installed")

from benchmarks.face_files import inputs
from facial.inspection import inspect
from ontology.errors import InputError

FILES = {given.name: given for given in inputs()}
#: What the largest files may take beyond the process as it is, measured: 250 MB.
MEGABYTES = 350


def test_there_are_enough_of_them():
    assert len(FILES) >= 100
    assert sum(given.unreadable for given in FILES.values()) >= 30


@pytest.mark.parametrize("name", FILES)
def test_each_gets_the_right_answer(name, detector):
    given = FILES[name]
    try:
        answer = inspect(given.content, detector).quality
    except InputError:
        answer = None
    assert given.is_right(answer), answer


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the most memory a process had")
def test_the_largest_stay_within_bounds():
    code = """
from benchmarks.face_files import inputs
from benchmarks.face_inputs import tell
class Nobody:
    def faces(self, rgb):
        return ()
told = [tell(given, Nobody()) for given in inputs() if "million" in given.name or "60 MB" in given.name]
assert len(told) == 11, len(told)
print(max(each.megabytes for each in told))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert float(run.stdout) < MEGABYTES
