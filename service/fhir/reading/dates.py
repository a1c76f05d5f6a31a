"""Dates of FHIR, as closely as they are told, and ages between them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from service.fhir.issues import Issue, notice
from service.fhir.reading.items import Born, Json
from service.problems import Fault

#: The regular expressions of date, dateTime and instant (hl7.org/fhir/R4/datatypes.html), but for the calendar.
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
MOMENT = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?"
)
_EARLIEST = 1850
#: UCUM's codes of time, in days (mean lengths of the Gregorian calendar).
AGE_UNITS = {"a": 365.2425, "mo": 30.436875, "wk": 7.0, "d": 1.0, "h": 1 / 24, "min": 1 / 1440}


def is_moment(written: str) -> bool:
    """Whether this is a dateTime of the calendar."""
    found = MOMENT.fullmatch(written)
    return found is not None and _day_of(found) is not None


def day_of(written: object) -> date | None:
    """The day of a date, dateTime or instant that tells one; None for a year or month alone, and for what is none."""
    found = MOMENT.fullmatch(written) if isinstance(written, str) else None
    return _day_of(found) if found and found[3] else None


def moment_of(resource: Json, *names: str) -> str:
    """The first of these elements that is told, as ISO 8601: a dateTime, or the start of a Period."""
    for name in names:
        value = resource.get(name)
        if isinstance(value, dict):
            value = value.get("start") or value.get("end")
        if isinstance(value, str) and is_moment(value):
            return value
    return ""


def born_of(written: object) -> Born | None:
    """A day of birth; of a month or year alone its middle."""
    found = DATE.fullmatch(written) if isinstance(written, str) else None
    if found is None or _day_of(found) is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if day is not None and month is not None:
        return Born(date(year, month, day))
    return Born(date(year, month, 15), 16) if month is not None else Born(date(year, 7, 2), 183)


def not_yet(written: object, path: str, today: date) -> Iterator[Issue]:
    """A fault where a date lies in the future, by more than the clocks of two places differ."""
    day = day_of(written)
    if day is not None and (day - today).days > 1:
        yield Issue(Fault(field=path, what="This date has not come yet.", mend="Correct the date."), code="value")


def age_on(born: Born | None, day: date | None) -> int | None:
    """Whole days from birth to `day`; None where either is not known, or the day comes before."""
    if born is None or day is None or day < born.day:
        return None
    return (day - born.day).days


def only_roughly(born: Born, path: str) -> Iterator[Issue]:
    """A notice where the day of birth is not told."""
    if born.days:
        what = "The day of birth is not told; its middle is taken."
        yield notice(Fault(field=path, what=what, mend="Send the day where it is known."))


def _day_of(found: re.Match[str]) -> date | None:
    """The first day that a date may mean; None where the calendar has none."""
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    if not (_EARLIEST <= year <= 9998 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)
