"""Heads, feet and page numbers: which lines at the edges of pages are the same on most of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.documents.lines import row
from service.documents.pdf_lines import Line

_EDGE = 4  # lines from the top and from the bottom of a page that may be heads and feet
_PLACE = 3.0  # points by which a head's height may differ from page to page
_MOST = 0.6  # of the pages have it: the first one often has another
_PAGE_NUMBER = re.compile(
    r"第\s*\d+\s*[页頁](?:\s*[,，/／]?\s*共\s*\d+\s*[页頁])?|共\s*\d+\s*[页頁](?:\s*[,，/／]?\s*第\s*\d+\s*[页頁])?"
    r"|\bpage\s*:?\s*\d+(?:\s*(?:of|/)\s*\d+)?|[页頁]码?\s*[:：]\s*\d+(?:\s*[/／]\s*\d+)?|[-–—]\s*\d{1,4}\s*[-–—]"
    r"|^\s*\d{1,4}\s*(?:[/／]\s*\d{1,4}\s*)?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Running:
    """Places (page, line) of heads and feet, and what they say, once each; `numbered` pages had their number."""

    places: frozenset[tuple[int, int]]
    heads: tuple[str, ...]
    feet: tuple[str, ...]
    numbered: int

    @property
    def repeated(self) -> int:
        """How many different lines there are."""
        return len(self.heads) + len(self.feet)


@dataclass(frozen=True, slots=True)
class _Edge:
    page: int
    place: int
    line: Line
    bare: str
    number: int | None
    top: bool


def running(pages: Sequence[Sequence[Line]]) -> Running:
    """The heads, feet and page numbers of `pages`, whose lines are in order from the top. One page has none."""
    if len(pages) < 2:
        return Running(frozenset(), (), (), 0)
    alike: dict[tuple[str, bool], list[_Edge]] = defaultdict(list)
    for edge in _edges(pages):
        alike[edge.bare, edge.top].append(edge)
    least = max(2, round(_MOST * len(pages)))
    places: set[tuple[int, int]] = set()
    said: dict[bool, list[str]] = {True: [], False: []}
    numbered: set[int] = set()
    for (bare, top), edges in alike.items():
        kept = _in_one_place(edges) if bare else _counting(edges)
        if len({edge.page for edge in kept}) < least:
            continue
        places |= {(edge.page, edge.place) for edge in kept}
        numbered |= {edge.page for edge in kept if edge.number is not None}
        said[top] += [bare] if bare else []
    return Running(frozenset(places), tuple(said[True]), tuple(said[False]), len(numbered))


def _edges(pages: Sequence[Sequence[Line]]) -> Iterator[_Edge]:
    for page, lines in enumerate(pages):
        for place, line in enumerate(lines):
            top = place < min(_EDGE, len(lines) / 2)
            if not top and place < len(lines) - _EDGE:
                continue
            number = next((_number(found[0]) for cell in line.cells if (found := _PAGE_NUMBER.search(cell))), None)
            bare = [_PAGE_NUMBER.sub("", cell).strip(" ,，;；:：/|") for cell in line.cells]
            yield _Edge(page, place, line, row(bare), number, top)


def _number(said: str) -> int:
    """The first number in what is said of a page."""
    found = _NUMBER.search(said)
    return int(found[0]) if found else 0


def _in_one_place(edges: list[_Edge]) -> list[_Edge]:
    """Those at the height where most are."""
    heights = sorted(edge.line.y for edge in edges)
    middle = heights[len(heights) // 2]
    return [edge for edge in edges if abs(edge.line.y - middle) <= _PLACE]


def _counting(edges: list[_Edge]) -> list[_Edge]:
    """Those whose number goes up with the page."""
    ahead = Counter(edge.number - edge.page for edge in edges if edge.number is not None)
    if not ahead:
        return []
    by = ahead.most_common(1)[0][0]
    return [edge for edge in edges if edge.number is not None and edge.number - edge.page == by]
