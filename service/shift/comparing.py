"""What the service read of late against the reference in use: the benchmark corpora, or the site's first month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from matching.shift.profile import NOTHING_COUNTED, Profile
from matching.shift.reference import corpora
from matching.shift.stability import FigureShift, Shift, compare
from service.settings import ShiftSettings

#: A month that can be a reference has so many notes: with fewer on both sides, a shift of five bins hides in chance
#: (see matching.shift.stability: 13.3 (1/200 + 1/200) = .13 of .25 for four degrees of freedom).
FEWEST_NOTES = 200
#: Shares of fewer than so many notes or photos are not told: with a few, they tell of one patient.
FEWEST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """`months` are those compared, the earliest first. `reference_month` is None for the corpora, or while none is."""

    reference: str
    reference_month: str | None
    months: tuple[str, ...]
    shift: Shift


def compared(profiles: Mapping[str, Profile], settings: ShiftSettings, latest: int | None = None) -> Compared:
    """The last `latest` months in which anything was counted, without the reference's own, against the reference."""
    own = settings.reference == "first_month"
    month = first_month(profiles) if own else None
    reference = (profiles[month] if month else NOTHING_COUNTED) if own else corpora()
    late = tuple(each for each in sorted(profiles) if each != month)[-(latest or settings.months) :]
    shift = compare(reduce(add, (profiles[each] for each in late), NOTHING_COUNTED), reference)
    return Compared(settings.reference, month, late, replace(shift, figures=tuple(map(_shown, shift.figures))))


def together(one: Mapping[str, Profile], other: Mapping[str, Profile]) -> dict[str, Profile]:
    """The counts of both, month by month."""
    every = one.keys() | other.keys()
    return {month: one.get(month, NOTHING_COUNTED) + other.get(month, NOTHING_COUNTED) for month in every}


def first_month(profiles: Mapping[str, Profile]) -> str | None:
    """The first month with FEWEST_NOTES notes or more; None where there is none yet."""
    return next((month for month in sorted(profiles) if profiles[month].notes >= FEWEST_NOTES), None)


def _shown(figure: FigureShift) -> FigureShift:
    return figure if figure.units >= FEWEST_SHOWN else replace(figure, bins=())
