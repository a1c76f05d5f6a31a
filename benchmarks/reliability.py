"""How far claimed probabilities lie from what came true: tables, counts, and a drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import Bools

Vector = NDArray[np.float64]

BINS = 10
_SIDE, _MARGIN = 360, 48


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of neighbouring claims: how many, the mean claim, and the share that came true."""

    n: int
    claimed: float
    right: float


def table(claims: Vector, right: Bools, bins: int = BINS) -> list[Bin]:
    """Bins of equal size, the smallest claims first; fewer where there are fewer cases than bins."""
    order = np.argsort(claims, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [Bin(len(part), float(claims[part].mean()), float(right[part].mean())) for part in parts]


def expected_error(claims: Vector, right: Bools) -> float:
    """Expected calibration error over ten bins of equal size (Naeini et al. 2015, unverified), a fraction."""
    rows = table(claims, right)
    return sum(row.n * abs(row.claimed - row.right) for row in rows) / max(len(claims), 1)


def error_by_chance(claims: Vector, draws: int = 100, seed: int = 0) -> float:
    """The mean error that claims show by chance alone, were each of them true: what few cases cannot go below.

    Cases are drawn independently; those of one disease are not, so the true figure is higher.
    """
    dice = np.random.default_rng(seed)
    return float(np.mean([expected_error(claims, dice.random(len(claims)) < claims) for _ in range(draws)]))


def log_loss(claims: Vector, right: Bools) -> float:
    """Mean of -ln of the probability given to what happened, nats."""
    given = np.where(right, claims, 1 - claims)
    return float(-np.log(np.maximum(given, 1e-12)).mean())


def svg(curves: dict[str, list[Bin]]) -> str:
    """Reliability curves in one square: claimed to the right, came true upward, the diagonal for a perfect claim.

    Dots are drawn in proportion to the root of their cases.
    """
    size = _SIDE + 2 * _MARGIN
    palette = ("#1f5fa8", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0f766e")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 150} {size}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Reliability of the belief in the first disease">',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#999"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{_x(0.5)}" y="{size - 10}" text-anchor="middle">claimed</text>',
        f'<text x="14" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 14 {_y(0.5)})">right first</text>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for at, (name, rows) in enumerate(curves.items()):
        colour = palette[at % len(palette)]
        line = " ".join(f"{_x(row.claimed)},{_y(row.right)}" for row in rows)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        whole = sum(row.n for row in rows)
        for row in rows:
            radius = 2 + 6 * (row.n / whole) ** 0.5
            parts.append(f'<circle cx="{_x(row.claimed)}" cy="{_y(row.right)}" r="{radius:.1f}" fill="{colour}"/>')
        parts.append(f'<text x="{size - 30}" y="{_MARGIN + 18 * (at + 1)}" fill="{colour}">{name} ({whole})</text>')
    return "\n".join([*parts, "</svg>\n"])


def _x(share: float) -> float:
    return round(_MARGIN + share * _SIDE, 1)


def _y(share: float) -> float:
    return round(_MARGIN + (1 - share) * _SIDE, 1)
