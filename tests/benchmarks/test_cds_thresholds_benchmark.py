"""What a card would claim, and how often it would be right."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import Question
from benchmarks.cds_thresholds import Claim, claimed, table

#: Three forms of one series, and another disease.
STEMS = ["alpha", "beta", "alpha", "alpha"]


def asked(true):
    return Question("a", frozenset(), {1: 1.0, 2: 1.0}, true, true)


@pytest.mark.parametrize(
    ("true", "alone_right", "series_right"),
    [((0,), True, True), ((2,), False, True), ((1,), False, False)],
)
def test_a_series_is_right_with_any_of_its_forms(true, alone_right, series_right):
    scores = np.array([3.0, 1.0, 2.0, -np.inf], np.float32)
    claim = claimed(asked(true), scores, STEMS)
    assert (claim.alone_right, claim.series_right) == (alone_right, series_right)
    assert claim.alone < claim.series < 1


def test_shares_are_of_all_patients_and_of_those_spoken_of():
    claims = [Claim(0.35, True, 0.5, True), Claim(0.15, False, 0.45, False), Claim(0.05, False, 0.05, False)]
    alone = {row["threshold"]: (row["speaks"], row["right"]) for row in table(claims, "alone")}
    series = {row["threshold"]: (row["speaks"], row["right"]) for row in table(claims, "series")}
    assert alone[0.1] == (0.6667, 0.5)
    assert alone[0.3] == (0.3333, 1.0)
    assert alone[0.4] == (0.0, None)
    assert series[0.4] == (0.6667, 0.5)
