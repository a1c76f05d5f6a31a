"""Dates, numbers and shares as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import formats


@pytest.mark.parametrize(
    ("language", "day", "number"),
    [("en", "5 Jan 2026", "1,234,567.25"), ("zh", "2026年1月5日", "1,234,567.25")],
)
def test_days_and_numbers_are_written_as_the_language_does(language, day, number):
    assert formats.date(date(2026, 1, 5), language) == day
    assert formats.number(1_234_567.25, language) == number


@pytest.mark.parametrize(("language", "told"), [("en", "5 Jan 2026, 14:07"), ("zh", "2026年1月5日 14:07")])
def test_a_moment_is_told_to_the_minute_in_the_time_of_the_machine(language, told):
    here = datetime(2026, 1, 5, 14, 7, 59).astimezone()
    assert formats.moment(here, language) == formats.moment(here.astimezone(UTC), language) == told


@pytest.mark.parametrize(
    ("share", "english", "chinese"),
    [
        (0.0, "0 %", "0 %"),
        (0.0099, "below 1 %", "低于 1 %"),
        (0.01, "1 %", "1 %"),
        (0.125, "13 %", "13 %"),  # Math.round(12.5) is 13
        (0.29, "29 %", "29 %"),
        (0.99, "99 %", "99 %"),
        (0.9901, "above 99 %", "高于 99 %"),
        (1.0, "100 %", "100 %"),
    ],
)
def test_a_share_is_told_as_the_pages_scripts_tell_it(share, english, chinese):
    assert formats.percent(share, "en") == english
    assert formats.percent(share, "zh") == chinese


@given(st.floats(0, 1))
def test_only_what_is_certain_or_impossible_is_told_so(share):
    assert (formats.percent(share, "en") == "0 %") == (share == 0)
    assert (formats.percent(share, "en") == "100 %") == (share == 1)
