"""Rounded parts sum to the rounded whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.adding_up import hundredths


def test_three_thirds_by_hand():
    # Each third is 33.3 hundredths: rounded down 99, and the first is raised so that they make 100.
    assert hundredths([1 / 3, 1 / 3, 1 / 3], 1.0) == ([34, 33, 33], 100)
    assert hundredths([0.006, -0.006, 0.0], 0.0) == ([1, -1, 0], 0)
    assert hundredths([], 0.0) == ([], 0)


@given(st.lists(st.floats(-30, 30, allow_subnormal=False), max_size=60))
def test_parts_sum_to_the_whole_and_lie_within_a_hundredth(parts):
    shown, total = hundredths(parts, sum(parts))
    assert sum(shown) == total
    assert all(abs(whole - 100 * part) < 1.000001 for whole, part in zip(shown, parts, strict=True))


def test_parts_that_are_not_of_the_whole_are_refused():
    with pytest.raises(ValueError, match="do not sum"):
        hundredths([1.0], 2.0)
