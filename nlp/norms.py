"""Norms by age and sex, and the judgement of a value where age or sex is known only in part.

Nothing is guessed: a value is called high or low only where every band that may apply to the patient says so. A note
that tells no age is judged against all ages, "a 3-year-old" against the whole fourth year, an unknown sex against both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ontology.features import PatientSex

DAYS_IN_YEAR = 365.25
DAYS_IN_MONTH = DAYS_IN_YEAR / 12
_LIFE = 130 * DAYS_IN_YEAR
_DAYS = {"d": 1.0, "w": 7.0, "m": DAYS_IN_MONTH, "y": DAYS_IN_YEAR}
_BAND = re.compile(r"(\d+)([dwmy])([FM]?):(\d*\.?\d*)-(\d*\.?\d*)$")
_SEXES = {"F": PatientSex.FEMALE, "M": PatientSex.MALE}


class Verdict(StrEnum):
    """Where a value lies; `unsure` where the bands that may apply do not agree, or reach no such age."""

    HIGH = "high"
    LOW = "low"
    WITHIN = "within"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class AgeSpan:
    """An age known within limits, in days, both included."""

    youngest: float
    oldest: float


ANY_AGE = AgeSpan(0.0, _LIFE)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a value is judged for: every age that may be meant (none: any age), and the sex."""

    ages: tuple[AgeSpan, ...] = ()
    sex: PatientSex = PatientSex.UNKNOWN

    @property
    def sexes(self) -> tuple[PatientSex, ...]:
        """The sexes whose norms must agree."""
        both = (PatientSex.FEMALE, PatientSex.MALE)
        return (self.sex,) if self.sex in both else both


@dataclass(frozen=True, slots=True)
class Band:
    """Limits from an age (days) on, of one sex or of both."""

    start: float
    sex: PatientSex | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Norm:
    """The bands of one quantity, by age."""

    bands: tuple[Band, ...]

    @classmethod
    def of(cls, written: str) -> Norm:
        """Read bands like `0d:-7 6m:35-50 18yF:12-16 18yM:13-18`; raises ValueError for anything else."""
        bands = []
        for word in written.split():
            match = _BAND.match(word)
            if match is None:
                raise ValueError(f"{word!r} is no band of a norm.")
            age, unit, sex, low, high = match.groups()
            start = int(age) * _DAYS[unit]
            bands.append(Band(start, _SEXES.get(sex), float(low) if low else None, float(high) if high else None))
        return cls(tuple(sorted(bands, key=lambda b: b.start)))

    def judge(self, least: float, most: float, subject: Subject, margin: float) -> tuple[Verdict, str]:
        """Where a value between `least` and `most` lies, and the limit that says so ("above 170").

        `margin` is how far beyond a limit it must lie, as a share of the limit.
        """
        bands = list(self._applying(subject))
        highs = [band.high for band in bands if band.high is not None]
        lows = [band.low for band in bands if band.low is not None]
        if bands and len(highs) == len(bands) and all(least > high * (1 + margin) for high in highs):
            return Verdict.HIGH, f"above {max(highs):g}"
        if bands and len(lows) == len(bands) and all(most < low * (1 - margin) for low in lows):
            return Verdict.LOW, f"below {min(lows):g}"
        if not highs and not lows:
            return Verdict.UNSURE, "there is no norm"
        inside = all(least >= low for low in lows) and all(most <= high for high in highs)
        return (Verdict.WITHIN, "") if inside else (Verdict.UNSURE, "the norm turns on age or sex, or it is too near")

    def _applying(self, subject: Subject) -> Iterator[Band]:
        for sex in subject.sexes:
            row = [band for band in self.bands if band.sex in (None, sex)]
            for age in subject.ages or (ANY_AGE,):
                yield from _within(row, age)


def _within(row: Sequence[Band], age: AgeSpan) -> Iterator[Band]:
    """The bands of one sex that an age may fall into; one of no limits for an age that none reaches."""
    if not row or age.youngest < row[0].start:
        yield Band(0.0, None, None, None)
    for at, band in enumerate(row):
        end = row[at + 1].start if at + 1 < len(row) else _LIFE + 1
        if band.start <= age.oldest and age.youngest < end:
            yield band
