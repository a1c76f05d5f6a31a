"""An age in days as the page's fields show it."""

from __future__ import annotations

from service.age import days_of

_MONTH = days_of("P1000M")


def years_and_months(days: int | None) -> tuple[int | None, int | None]:
    """Whole years and months, to the nearest month; nothing where the age is not known."""
    if days is None:
        return None, None
    assert _MONTH is not None
    years, months = divmod(round(days * 1000 / _MONTH), 12)
    return years, months
