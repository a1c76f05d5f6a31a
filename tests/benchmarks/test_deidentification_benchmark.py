"""The benchmark counts what it should, and the rules reach the floor on what it makes up."""

from __future__ import annotations

import json

import pytest

from benchmarks.deidentification import main, measure
from benchmarks.planted import Record


def test_a_name_left_open_is_a_miss_and_a_covered_finding_is_counted():
    record = Record()
    record.say(("name", "Zebedee"), " has ", ["13812345678"], "; Dr ", ("name", "Smith"))  # a name unannounced
    told: list[str] = []
    figures = measure([record], told.append)
    assert figures["recall"] == 0.5
    assert figures["findings_masked"] == 1
    # one covered stretch of the 21 characters that are no identifier: 1000 / 21
    assert figures["false_positives_per_1000_characters"] == pytest.approx(47.619, abs=0.001)
    assert len(told) == 2


def test_the_rules_reach_the_floor(capsys: pytest.CaptureFixture[str]):
    assert main(["--records", "210", "--seed", "7"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"] >= 0.99
    assert figures["findings_masked"] == 0
