"""A figure of shift as a drawing: for every bin a bar of its share here and one of its share in the reference.

The SVG stands in a page or a report as it is: no script, no style sheet, no font from elsewhere. The two kinds of bar
differ in lightness and outline, so that they are told apart in grey print as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from matching.shift.stability import FigureShift

#: What `words` must hold, each a text for people; a bin's label stands under the bin's own code, else it is the code.
WORDS = ("title", "description", "standing", "here", "reference")

_WIDTH, _LABELS, _BAR, _VALUES = 680, 260, 350, 8  # px; the room for values is what the labels and bars leave
_HEAD, _ROW, _THICK, _FOOT = 74, 34, 12, 10
_DARK, _LIGHT, _INK = "#1f4e79", "#f2d9a6", "#222222"  # contrast of the two on paper: 7:1
_LABEL_CHARACTERS = 37


def drawn(figure: FigureShift, words: Mapping[str, str]) -> str:
    """One `<svg>` element, `role="img"`, with a title and a description for those who do not see it.

    `words` holds WORDS: `standing` is the line with the index and its level in words. Raises KeyError for one missing.
    """
    height = _HEAD + _ROW * len(figure.bins) + _FOOT
    name = f"shift-{figure.figure}"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-description" ',
            f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" font-family="sans-serif">',
            f'<title id="{name}-title">{escape(words["title"])}</title>',
            f'<desc id="{name}-description">{escape(words["description"])}</desc>',
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            _text(0, 18, words["title"], 15, bold=True),
            _text(0, 38, words["standing"], 13),
            *_legend(words),
            *_rows(figure, words),
            "</svg>",
        ]
    )


def _legend(words: Mapping[str, str]) -> Iterator[str]:
    for at, (fill, key) in enumerate(((_DARK, "here"), (_LIGHT, "reference"))):
        left = _LABELS + at * _BAR // 2
        yield _bar(left, 50, _THICK, fill)
        yield _text(left + _THICK + 6, 60, words[key], 12)


def _rows(figure: FigureShift, words: Mapping[str, str]) -> Iterator[str]:
    """Bars as long as their share of the longest; none for a side that counted nothing."""
    longest = max((max(each.share, each.reference) for each in figure.bins), default=0) or 1
    for row, each in enumerate(figure.bins):
        top = _HEAD + row * _ROW
        label = words.get(each.bin, each.bin)
        shown = label if len(label) <= _LABEL_CHARACTERS else label[: _LABEL_CHARACTERS - 1] + "…"
        yield f"<g><title>{escape(label)}</title>{_text(_LABELS - 8, top + 17, shown, 12, anchor='end')}</g>"
        here, there = (0, each.share, _DARK, figure.units), (_THICK + 1, each.reference, _LIGHT, figure.reference_units)
        for below, share, fill, units in (here, there):
            if not units:
                continue
            width = round(_BAR * share / longest, 1)
            yield _bar(_LABELS, top + below, width, fill)
            yield _text(_LABELS + width + _VALUES, top + below + _THICK - 2, _percent(share), 11)


def _percent(share: float) -> str:
    """A share in percent: with a decimal below ten, and never 0 % for what is there."""
    percent = 100 * share
    if 0 < percent < 0.1:
        return "<0.1 %"
    return f"{percent:.0f} %" if percent >= 9.95 or percent == 0 else f"{percent:.1f} %"


def _bar(left: float, top: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{_THICK}" fill="{fill}" '
        f'stroke="{_INK}" stroke-width="0.6"/>'
    )


def _text(left: float, baseline: float, text: str, size: int, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{left}" y="{baseline}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text {place} fill="{_INK}"{weight}>{escape(text)}</text>'
