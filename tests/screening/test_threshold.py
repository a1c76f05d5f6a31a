"""Where the list of flagged patients ends: by the yield that is expected, and by how many can be looked at."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontology.errors import InputError
from screening.threshold import Rule, Yields, threshold

#: logit(chance) = logit(share) + score: a score of 0 leaves the share as it is.
PLAIN = Yields(0.0, 1.0)


def at_chance(chance: float, share: float) -> float:
    """The score that has this chance."""
    return math.log(chance / (1 - chance)) - math.log(share / (1 - share))


def test_patients_are_flagged_while_their_chance_is_worth_a_look():
    scores = np.array([at_chance(chance, 0.01) for chance in (0.05, 0.6, 0.2, 0.09)])
    found = threshold(scores, 1000, Rule(0.01, 0.10, 0.5), PLAIN)
    assert (found.flagged, found.bound) == (2, "yield")
    assert found.score == pytest.approx(at_chance(0.2, 0.01))
    assert found.expected == pytest.approx(0.8)  # .6 + .2


def test_no_more_are_flagged_than_can_be_looked_at():
    scores = np.array([at_chance(0.5, 0.01)] * 3 + [at_chance(0.9, 0.01)] * 2)
    found = threshold(scores, 100, Rule(0.01, 0.10, 0.02), PLAIN)
    assert (found.flagged, found.bound, found.expected) == (2, "share", pytest.approx(1.8))


def test_patients_of_one_score_are_flagged_together_or_not_at_all():
    scores = np.array([9.0, 5.0, 5.0, 5.0])
    assert threshold(scores, 100, Rule(0.5, 0.0001, 0.02), PLAIN).flagged == 1


def test_nobody_is_flagged_where_nobody_is_worth_a_look():
    found = threshold(np.array([-9.0, -8.0]), 100, Rule(), PLAIN)
    assert (found.flagged, found.expected) == (0, 0.0)
    assert found.score == float("inf")
    assert threshold(np.array([]), 0, Rule(), PLAIN).flagged == 0


@given(st.lists(st.floats(-20, 20), max_size=60), st.floats(0.001, 0.5), st.floats(0.001, 0.9), st.floats(0.001, 0.9))
def test_the_curve_rises_and_holds_the_point_where_the_list_ends(scores, share, least, most):
    found = threshold(np.array(scores), len(scores), Rule(share, least, most), PLAIN)
    assert [at for at, _ in found.curve] == sorted({at for at, _ in found.curve})
    finds = [expected for _, expected in found.curve]
    assert finds == sorted(finds)
    assert found.flagged in dict(found.curve)
    assert sum(score >= found.score for score in scores) == found.flagged
    assert found.flagged <= len(scores) * most


@pytest.mark.parametrize("field", ["share", "least_yield", "most_share"])
@pytest.mark.parametrize("value", [0, 1, -0.1, float("nan")])
def test_a_share_outside_of_0_to_1_is_refused(field, value):
    with pytest.raises(InputError, match="no share between 0 and 1"):
        Rule(**{field: value})
