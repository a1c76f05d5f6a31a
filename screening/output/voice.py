"""Counts, shares, ages and days in the words of the page's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_YEAR, _MONTH = 365.2425, 30.436875  # days, in the Gregorian calendar
_TOLD_IN_DAYS, _TOLD_IN_MONTHS = 61, 730  # days from which an age is told in months, and in years
_MONTHS_MATTER = 18  # years
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks from `words`: keys `screen.*` of the message catalogue with their texts."""

    words: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """A text with what is filled in; raises KeyError for a key that is not there.

        Blanks that set off what may be in Latin letters are closed up between Chinese characters.
        """
        return _closed_up(self.words[key].format(**values))

    def sentences(self, *texts: str) -> str:
        """One after the other, those that are there."""
        return _closed_up(" ".join(filter(None, texts)))

    def word(self, key: str) -> str:
        """The text of a key that ends in a code, such as screen.reason.no_text; the code where it has none."""
        return self.words.get(key) or key.rpartition(".")[2]

    @staticmethod
    def weight(nats: float) -> str:
        """A weight with its sign, in nats."""
        return f"{nats:+.1f}".replace("-", "\u2212")

    @staticmethod
    def count(number: float) -> str:
        """A count with its thousands set off; a fraction (an expectation) with a decimal below 100."""
        return f"{number:,.0f}" if number == int(number) or number >= 100 else f"{number:,.1f}"

    @staticmethod
    def percent(share: float | None) -> str:
        """A share in percent, never 0 % for what is there; "–" where it is not known."""
        if share is None:
            return "–"
        percent = 100 * share
        if 0 < percent < 0.1:
            return "<0.1\u00a0%"
        return f"{percent:.0f}\u00a0%" if percent >= 9.95 else f"{percent:.1f}".removesuffix(".0") + "\u00a0%"

    def age(self, days: int | None) -> str:
        """An age, or how long something lasted: in days, months, or years with months up to adulthood."""
        if days is None:
            return self.say("screen.age.unknown")
        if days < _TOLD_IN_DAYS:
            return self.say("screen.age.days", days=days)
        if days < _TOLD_IN_MONTHS:
            return self.say("screen.age.months", months=int(days / _MONTH))
        years, rest = divmod(days, _YEAR)
        months = int(rest / _MONTH)
        if months and years < _MONTHS_MATTER:
            return self.say("screen.age.years_months", years=int(years), months=months)
        return self.say("screen.age.years", years=int(years))

    def lasted(self, seconds: float) -> str:
        """How long a run took, in a unit that fits."""
        if seconds < 120:
            return self.say("screen.seconds", count=self.count(round(seconds)))
        if seconds < 7200:
            return self.say("screen.minutes", count=self.count(round(seconds / 60, 1)))
        return self.say("screen.hours", count=self.count(round(seconds / 3600, 1)))

    def day(self, day: int | None) -> str:
        """When a note was written, counted from the patient's first dated note."""
        return self.say("screen.day_unknown") if day is None else self.say("screen.day", day=f"{day:,}")


def _closed_up(text: str) -> str:
    return _BETWEEN_CHINESE.sub("", text)
