"""How far a collection lies from a reference: the population stability index of each figure, and what it warrants.

    PSI = sum over bins of (p - q) ln(p / q)        p here, q in the reference, as shares

Its customary bands: below .10 no change that matters, from .10 a noticeable one, above .25 a major one (Alibaba Cloud,
Platform for AI, "Population stability index", alibabacloud.com/help/doc-detail/283802.htm, read 2026-11-23). They come
from credit scoring (E. M. Lewis, An Introduction to Credit Scoring, 1992, unverified) and are a convention: no theorem
says at which PSI a reader of notes begins to err.

By sampling alone PSI is above 0. Where n and m independent units are of one population with shares s over B bins, both
p and q lie near s, and ln(p / q) is near (p - q) / s; so PSI is near sum (p - q)^2 / s, which is (1/n + 1/m) times a
chi-square of B - 1 degrees of freedom. So sampling explains (B - 1) (1/n + 1/m) on average, and more than
(1/n + 1/m) times the chi-square's 99th percentile once in a hundred. (B. Yurdakul, Statistical Properties of Population
Stability Index, 2018, is said to derive the same: unverified.) The bands are therefore asked of what PSI exceeds the
average by, and only where it exceeds that percentile.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matching.shift.figures import BINS, Figure
from matching.shift.profile import Profile

MOVED_FROM, SHIFTED_FROM = 0.10, 0.25
#: Added to every bin's count on both sides, so that an empty bin has a logarithm (Jeffreys' prior for shares).
_PSEUDO_COUNT = 0.5
_NORMAL_99 = 2.3263479  # 99th percentile of the normal distribution


class Level(StrEnum):
    """What a figure's index warrants."""

    STABLE = "stable"
    MOVED = "moved"
    SHIFTED = "shifted"
    TOO_FEW = "too_few"  # a shift could hide in what sampling explains; or one side counted none


class WarningKind(StrEnum):
    """What is to be said of the figures of accuracy, each for one figure."""

    ACCURACY_NOT_FOR_HERE = "accuracy_not_for_here"  # shifted: they do not speak for this archive
    ACCURACY_WEAKER = "accuracy_weaker"  # moved: they speak with less force
    TOO_FEW_TO_TELL = "too_few_to_tell"
    NOT_IN_REFERENCE = "not_in_reference"  # counted here, but with nothing to compare it with


@dataclass(frozen=True, slots=True)
class BinShare:
    """The share of a bin here and in the reference, 0 to 1."""

    bin: str
    share: float
    reference: float


@dataclass(frozen=True, slots=True)
class FigureShift:
    """One figure against the reference.

    `psi` is as computed; sampling alone makes it `expected` on average, and above `chance` once in a hundred; all are
    None where one side counted none. `units` and `reference_units` are how many independent things were counted. `bins`
    are those that hold anything, in their order (organ systems by their share in the reference).
    """

    figure: Figure
    level: Level
    psi: float | None
    expected: float | None
    chance: float | None
    units: int
    reference_units: int
    bins: tuple[BinShare, ...]

    def as_json(self) -> dict[str, Any]:
        """The figure as a JSON object, shares with four decimals."""
        numbers = {name: getattr(self, name) for name in ("psi", "expected", "chance")}
        return {
            "figure": self.figure.value,
            "level": self.level.value,
            **{name: None if number is None else round(number, 4) for name, number in numbers.items()},
            "units": self.units,
            "reference_units": self.reference_units,
            "bins": [
                {"bin": each.bin, "share": round(each.share, 4), "reference": round(each.reference, 4)}
                for each in self.bins
            ],
        }


@dataclass(frozen=True, slots=True)
class ShiftWarning:
    """One thing to be said, and of which figure."""

    kind: WarningKind
    figure: Figure


@dataclass(frozen=True, slots=True)
class Shift:
    """Every figure that either side counted, and what is to be said."""

    figures: tuple[FigureShift, ...]
    notes: int
    reference_notes: int

    @property
    def warnings(self) -> tuple[ShiftWarning, ...]:
        """Worst first; figures that were not counted here warn of nothing."""
        found = [ShiftWarning(kind, each.figure) for each in self.figures for kind in _kinds(each)]
        return tuple(sorted(found, key=lambda warning: tuple(WarningKind).index(warning.kind)))

    @property
    def accuracy_speaks(self) -> bool:
        """Whether no figure has shifted: else figures of accuracy do not speak for this archive."""
        return all(each.level is not Level.SHIFTED for each in self.figures)

    def as_json(self) -> dict[str, Any]:
        """The shift as a JSON object."""
        return {
            "notes": self.notes,
            "reference_notes": self.reference_notes,
            "accuracy_speaks": self.accuracy_speaks,
            "figures": [each.as_json() for each in self.figures],
            "warnings": [{"kind": each.kind.value, "figure": each.figure.value} for each in self.warnings],
        }


def compare(profile: Profile, reference: Profile) -> Shift:
    """Every figure of `profile` against `reference`, in the order of Figure."""
    figures = tuple(_compared(f, profile, reference) for f in Figure if f in profile or f in reference)
    return Shift(figures, profile.notes, reference.notes)


def chi_square_99(degrees: int) -> float:
    """99th percentile of the chi-square distribution, by Wilson and Hilferty's cube root (unverified; within 1 %)."""
    spread = 2 / (9 * degrees)
    return degrees * (1 - spread + _NORMAL_99 * math.sqrt(spread)) ** 3


def _compared(figure: Figure, profile: Profile, reference: Profile) -> FigureShift:
    here, there = profile.of(figure), reference.of(figure)
    units, reference_units = profile.units(figure), reference.units(figure)
    names = _occupied(figure, here, there)
    bins = tuple(BinShare(name, _share(here, name), _share(there, name)) for name in names)
    if not units or not reference_units:
        return FigureShift(figure, Level.TOO_FEW, None, None, None, units, reference_units, bins)
    psi = sum((p - q) * math.log(p / q) for p, q in _smoothed(names, here, there))
    degrees, variance = len(names) - 1, 1 / units + 1 / reference_units
    expected = degrees * variance
    chance = chi_square_99(degrees) * variance if degrees else 0.0
    level = _level(psi, expected, chance)
    return FigureShift(figure, level, psi, expected, chance, units, reference_units, bins)


def _level(psi: float, expected: float, chance: float) -> Level:
    if psi <= chance:
        return Level.STABLE if chance < SHIFTED_FROM else Level.TOO_FEW
    beyond = psi - expected
    if beyond < MOVED_FROM:
        return Level.STABLE
    return Level.MOVED if beyond < SHIFTED_FROM else Level.SHIFTED


def _occupied(figure: Figure, here: Mapping[str, int], there: Mapping[str, int]) -> list[str]:
    """The bins that hold anything on either side, in the order they are shown."""
    if not BINS[figure]:
        return sorted(here.keys() | there.keys(), key=lambda bin: (-_share(there, bin), -_share(here, bin), bin))
    return [bin for bin in BINS[figure] if here.get(bin) or there.get(bin)]


def _share(counts: Mapping[str, int], bin: str) -> float:
    return counts.get(bin, 0) / (sum(counts.values()) or 1)


def _smoothed(names: list[str], here: Mapping[str, int], there: Mapping[str, int]) -> Iterator[tuple[float, float]]:
    added = _PSEUDO_COUNT * len(names)
    whole, reference = sum(here.values()) + added, sum(there.values()) + added
    for name in names:
        yield (here.get(name, 0) + _PSEUDO_COUNT) / whole, (there.get(name, 0) + _PSEUDO_COUNT) / reference


def _kinds(shift: FigureShift) -> Iterator[WarningKind]:
    if not shift.units:
        return
    if not shift.reference_units:
        yield WarningKind.NOT_IN_REFERENCE
    elif shift.level is Level.TOO_FEW:
        yield WarningKind.TOO_FEW_TO_TELL
    elif shift.level is Level.MOVED:
        yield WarningKind.ACCURACY_WEAKER
    elif shift.level is Level.SHIFTED:
        yield WarningKind.ACCURACY_NOT_FOR_HERE
