"""Numbers rounded so that a reader can add them up: the parts shown sum to the whole shown."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor


def hundredths(parts: Sequence[float], whole: float) -> tuple[list[int], int]:
    """`parts` and `whole`, their sum, in hundredths; the parts sum to the whole exactly.

    Each part is rounded down, then those that lost most are raised by one until the sum is right (the method of largest
    remainders); so each lies within a hundredth of what it was, and equal parts differ by one at most.
    """
    total = round(100 * whole)
    rounded = [floor(100 * part) for part in parts]
    lost = sorted(range(len(parts)), key=lambda at: (rounded[at] - 100 * parts[at], at))
    missing = total - sum(rounded)
    if not 0 <= missing <= len(parts):  # the parts do not sum to the whole: nothing can be made to
        raise ValueError("the parts do not sum to the whole")
    for at in lost[:missing]:
        rounded[at] += 1
    return rounded, total
