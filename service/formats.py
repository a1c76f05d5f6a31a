"""Dates, numbers and shares as a language writes them (CLDR, by Babel); the pages' scripts round shares alike."""

from __future__ import annotations

import datetime
from decimal import Decimal
from math import floor

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal, format_percent

from service.catalogues import CATALOGUES

#: In every language: the blank before the sign is that of the catalogues and of `percent` in static/dom.js.
_PERCENT = "0 %"


def date(day: datetime.date, language: str) -> str:
    """A day: 23 Nov 2026, 2026年11月23日."""
    return format_date(day, "medium", CATALOGUES[language].locale)


def moment(at: datetime.datetime, language: str) -> str:
    """A moment to the minute, in the time of the machine that serves; `at` without a time zone is in it already."""
    locale, here = CATALOGUES[language].locale, at.astimezone()
    hour = format_time(here, "short", locale=locale)
    return str(get_datetime_format("medium", locale)).replace("'", "").format(hour, date(here, language))


def number(value: int | float | Decimal, language: str) -> str:
    """A number with its thousands set apart, and at most three decimals."""
    return format_decimal(value, locale=CATALOGUES[language].locale)


def percent(share: float, language: str) -> str:
    """A share between 0 and 1 as a whole percentage; below 1 % and above 99 % in words, where it is not 0 or 1."""
    messages = CATALOGUES[language]
    if 0 < share < 0.01:
        return messages.words["percent.below"]
    if 0.99 < share < 1:
        return messages.words["percent.above"]
    return format_percent(floor(100 * share + 0.5) / 100, _PERCENT, messages.locale)  # halves up, as scripts round


def measured(value: float, unit: str) -> str:
    """A measure of a face, or one of its bounds: ratios in hundredths, degrees and mm in tenths; with a true minus."""
    return f"{value:.{2 if unit == 'ratio' else 1}f}".replace("-", "−")
