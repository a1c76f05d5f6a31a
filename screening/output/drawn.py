"""Figures of a cohort as SVG: no script, no style sheet, no font from elsewhere.

Nothing is told by colour alone: the two kinds of bar differ in lightness and outline, marks are dashed and have words.
Each has a title and a description with its numbers for those who do not see it. They are drawn for 400 px, so that text
is legible on a telephone, and grow with the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 400
_DARK, _LIGHT, _INK, _SOFT, _GRID = "#1f4e79", "#f2d9a6", "#222222", "#4c5d69", "#d5dde3"
_SMALL, _USUAL = 11, 12  # px
_LATIN, _WIDE = 0.56, 1.0  # mean width of a letter in its size; Chinese ones are square
_LEFT, _RIGHT, _TOP, _PLOT, _BELOW = 48, 12, 26, 170, 42  # of a plot with axes


@dataclass(frozen=True, slots=True)
class Titled:
    """What a figure is called: `name` is unique in the page, a word of an id; `title` and `description` for people."""

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `length` from 0 to 1, `told` its value in words. `light` draws it as the lesser kind."""

    length: float
    told: str
    light: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A label with the bars below it."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes of a plot are called, and its mark: where it stands on the x axis, and its words."""

    x: str
    y: str
    mark: float | None = None
    marked: str = ""


def bars(titled: Titled, rows: Sequence[Row], legend: tuple[str, str] | None = None) -> str:
    """Bars to the right, each row under its label. `legend` names the dark and the light ones."""
    parts: list[str] = []
    top = 0.0
    if legend is not None:
        for at, (words, fill) in enumerate(zip(legend, (_DARK, _LIGHT), strict=True)):
            parts += [_rect(at * 150, 3, 11, 11, fill), _text(at * 150 + 17, 13, words, _SMALL)]
        top = 26.0
    room = max((_width(bar.told, _SMALL) for row in rows for bar in row.bars), default=0) + 8
    for row in rows:
        parts.append(_text(0, top + 12, row.label, _USUAL))
        top += 17
        thick = 12 if len(row.bars) == 1 else 10
        for bar in row.bars:
            width = max(round((_WIDTH - room) * min(bar.length, 1), 1), 1.5 if bar.length > 0 else 0)
            parts.append(_rect(0.5, top, width, thick, _LIGHT if bar.light else _DARK))
            parts.append(_text(width + 7, top + thick - 0.5, bar.told, _SMALL, fill=_SOFT))
            top += thick + 2.5
        top += 7
    return _svg(titled, top, parts)


def histogram(titled: Titled, least: float, most: float, counts: Sequence[int], axes: Axes) -> str:
    """Counts in bins of equal width from `least` to `most`, the height logarithmic; from the mark on bars are dark."""
    highest = math.log10(1 + max(counts, default=0)) or 1
    across = _Scale(least, most, _LEFT, _WIDTH - _RIGHT)
    floor = _TOP + _PLOT
    parts = [*_x_ticks(across, axes.x), _text(0, 11, axes.y, _SMALL, fill=_SOFT)]
    for power in range(math.ceil(highest) + 1):
        tall = math.log10(1 + 10**power) / highest
        if tall <= 1:
            parts += _y_tick(floor - _PLOT * tall, f"{10**power:,}")
    width = (most - least) / max(len(counts), 1)
    for at, count in enumerate(counts):
        if not count:
            continue
        tall = _PLOT * math.log10(1 + count) / highest
        begin, end = across.at(least + at * width), across.at(least + (at + 1) * width)
        split = end if axes.mark is None else min(max(across.at(axes.mark), begin), end)
        for left, right, fill in ((begin, split, _LIGHT), (split, end, _DARK)):
            if right - left > 0.05:
                parts.append(_rect(left, floor - tall, right - left, tall, fill))
    return _svg(titled, floor + _BELOW, [*parts, *_mark(across, axes, _TOP + 5)])


def curve(titled: Titled, points: Sequence[tuple[float, float]], axes: Axes) -> str:
    """A line through `points` from the left to the right, from zero; the point at the mark has a ring."""
    most_x = max((x for x, _ in points), default=0) or 1
    most_y = max((y for _, y in points), default=0) or 1
    across = _Scale(0, most_x, _LEFT, _WIDTH - _RIGHT)
    floor = _TOP + _PLOT
    up = _Scale(0, most_y, floor, _TOP)
    parts = [*_x_ticks(across, axes.x), _text(0, 11, axes.y, _SMALL, fill=_SOFT)]
    for tick in _ticks(0, most_y):
        parts += _y_tick(up.at(tick), f"{tick:,g}")
    line = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{_DARK}" stroke-width="2"/>')
    parts += _mark(across, axes, floor - 10)
    at_mark = [y for x, y in points if x == axes.mark]
    if axes.mark is not None and at_mark:
        place = f'cx="{across.at(axes.mark):.1f}" cy="{up.at(at_mark[0]):.1f}"'
        parts.append(f'<circle {place} r="4" fill="#ffffff" stroke="{_INK}" stroke-width="1.6"/>')
    return _svg(titled, floor + _BELOW, parts)


@dataclass(frozen=True, slots=True)
class _Scale:
    least: float
    most: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        span = self.most - self.least or 1
        return self.begin + (self.end - self.begin) * (value - self.least) / span


def _ticks(least: float, most: float) -> Iterator[float]:
    """About four round numbers."""
    step = 10 ** math.floor(math.log10(max(most - least, 1e-9) / 4))
    step *= next(times for times in (1, 2, 5, 10) if (most - least) / (step * times) <= 5)
    first = math.ceil(least / step - 1e-9)
    yield from (round(step * at, 10) for at in range(first, math.floor(most / step + 1e-9) + 1))


def _x_ticks(across: _Scale, words: str) -> Iterator[str]:
    floor = _TOP + _PLOT
    yield f'<path d="M{_LEFT} {floor}H{_WIDTH - _RIGHT}" stroke="{_INK}" stroke-width="1"/>'
    for tick in _ticks(across.least, across.most):
        x = across.at(tick)
        yield f'<path d="M{x:.1f} {floor}v4" stroke="{_INK}" stroke-width="1"/>'
        yield _text(x, floor + 16, f"{tick:,g}", _SMALL, "middle", _SOFT)
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, floor + 34, words, _SMALL, "middle", _SOFT)


def _y_tick(y: float, words: str) -> Iterator[str]:
    yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="{_GRID}" stroke-width="1"/>'
    yield _text(_LEFT - 6, y + 4, words, _SMALL, "end", _SOFT)


def _mark(across: _Scale, axes: Axes, baseline: float) -> Iterator[str]:
    """The words stand on the side that has room for them, at `baseline`."""
    if axes.mark is None:
        return
    x, width = across.at(axes.mark), _width(axes.marked, _SMALL)
    yield f'<path d="M{x:.1f} {_TOP - 8}V{_TOP + _PLOT}" stroke="{_INK}" stroke-width="1.4" stroke-dasharray="4 3"/>'
    right = x + 6 + width <= _WIDTH
    left = x + 6 if right else max(x - 6 - width, 0)
    yield _rect(left - 2, baseline - 11, width + 4, 15, "#ffffff", stroke="none")
    yield _text(left, baseline, axes.marked, _SMALL)


def _width(text: str, size: float) -> float:
    return sum(_LATIN if ord(letter) < 0x2E80 else _WIDE for letter in text) * size


def _svg(titled: Titled, height: float, parts: Sequence[str]) -> str:
    name = titled.name
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-description" ',
            f'viewBox="0 0 {_WIDTH} {max(math.ceil(height), 1)}" font-family="inherit">',
            f'<title id="{name}-title">{escape(titled.title)}</title>',
            f'<desc id="{name}-description">{escape(titled.description)}</desc>',
            *parts,
            "</svg>",
        ]
    )


def _rect(left: float, top: float, width: float, height: float, fill: str, stroke: str = _INK) -> str:
    place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{fill}" stroke="{stroke}" stroke-width="0.6"/>'


def _text(left: float, baseline: float, text: str, size: int, anchor: str = "start", fill: str = _INK) -> str:
    place = f'x="{left:.1f}" y="{baseline:.1f}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{fill}">{escape(text)}</text>'
