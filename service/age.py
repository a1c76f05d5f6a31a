"""A patient's age as an ISO 8601 duration, in days."""

from __future__ import annotations

import re

#: Mean lengths in the Gregorian calendar: 146,097 days in 400 years.
_DAYS = {"Y": 365.2425, "M": 30.436875, "W": 7.0, "D": 1.0}


def days_of(duration: str | None) -> int | None:
    """Whole days of a duration such as `P3Y2M` (already seen to be one); None where it is not given."""
    if duration is None:
        return None
    return round(sum(int(count) * _DAYS[unit] for count, unit in re.findall(r"([0-9]+)([YMWD])", duration)))
