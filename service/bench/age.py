"""An age in days as the page's fields show it."""

from __future__ import annotations

from collections.abc import Mapping

from service.age import days_of

_MONTH = days_of("P1000M")


def years_and_months(days: int | None) -> tuple[int | None, int | None]:
    """Whole years and months, to the nearest month; nothing where the age is not known."""
    if days is None:
        return None, None
    assert _MONTH is not None
    years, months = divmod(round(days * 1000 / _MONTH), 12)
    return years, months


def age_words(words: Mapping[str, str], days: int | None) -> str | None:
    """An age in the words of a language: in days below two months, in months below two years."""
    if days is None:
        return None
    if days < 61:
        return words["kept.days"].format(count=days)
    years, months = years_and_months(days)
    assert years is not None
    assert months is not None
    whole = 12 * years + months
    return words["kept.months"].format(count=whole) if whole < 24 else words["kept.years"].format(count=years)
