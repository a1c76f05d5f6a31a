"""Pieces of text on a page to its lines, in the order they are read: by height, then from left to right, and by column.

The shares of an em below are chosen by how typesetting goes and checked on the tests' documents, not fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from service.documents.lines import is_chinese, joined, row
from service.documents.pdf_content import Piece

_SPACE = 0.15  # of an em between two pieces is a space
_CHUNK = 0.7  # em between two pieces may be the gap between two columns, where many lines have it
_CELL = 1.5  # em between two words part two cells of a row
_EVEN_CELL = 3.0  # the same where all gaps of the line are alike: words that are set flush come far apart
_ALIKE = 1.8  # the widest of alike gaps is at most so many times the narrowest
_SAME_LINE = 0.5  # of the smaller one's height is shared by two pieces of one line; an exponent's is more than that
_TWICE = 0.2  # of an em: the same words so near each other are one, drawn twice to look bold
_MIDDLE = (0.25, 0.75)  # of the page's text: where the gap between two columns is looked for
_GUTTER = 0.7  # em, the least gap between columns
_COLUMN_LINES = 5  # lines with text in both columns, at least
_FULL = 0.6  # of its column's width is what a line of running text fills


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of a line without a wide gap between them; `cell` where the gap before them parts cells of a table."""

    text: str
    x0: float
    x1: float
    cell: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its segments from left to right, its baseline, and the size of an em."""

    segments: tuple[Segment, ...]
    y: float
    size: float

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        """Where it ends."""
        return self.segments[-1].x1

    @property
    def cells(self) -> list[str]:
        """Its words, parted where a gap is as wide as between the cells of a table."""
        cells = [self.segments[0].text]
        for segment in self.segments[1:]:
            if segment.cell:
                cells.append(segment.text)
            else:
                cells[-1] = joined(cells[-1], segment.text)
        return cells

    @property
    def text(self) -> str:
        """Its words; more than one cell as a table's row."""
        cells = self.cells
        return cells[0] if len(cells) == 1 else row(cells)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines read one after the other, and between which edges they are set."""

    lines: tuple[Line, ...]
    x0: float
    x1: float


def lines_of(pieces: Iterable[Piece]) -> list[Line]:
    """The lines of a page, from the top."""
    return [line for group in _groups(sorted(pieces, key=lambda each: -each.y)) if (line := _line(group))]


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """Lines in their order of reading: where there are two columns, the left one before the right one."""
    if not lines:
        return []
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        until, gutter = _columns(lines, at, x0, x1)
        left, right = _parted(lines[at:until], gutter) if until - at >= _COLUMN_LINES else ([], [])
        if _are_columns(left, right):
            blocks += [_block(left), _block(right)]
            at = until
        else:
            until = max(until, at + 1)
            _append(blocks, lines[at:until], x0, x1)
            at = until
    return blocks


def _append(blocks: list[Block], lines: Sequence[Line], x0: float, x1: float) -> None:
    """Put lines behind the last block, where it is of the whole page, too."""
    if blocks and (blocks[-1].x0, blocks[-1].x1) == (x0, x1):
        blocks[-1] = Block((*blocks[-1].lines, *lines), x0, x1)
    else:
        blocks.append(Block(tuple(lines), x0, x1))


def _block(lines: Sequence[Line]) -> Block:
    return Block(tuple(lines), min(line.x0 for line in lines), max(line.x1 for line in lines))


def _groups(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces of one line each, from the top."""
    group: list[Piece] = []
    low = high = size = 0.0
    for piece in pieces:
        bottom, top = piece.y - 0.2 * piece.size, piece.y + 0.8 * piece.size
        shared = min(high, top) - max(low, bottom)
        within = shared > _SAME_LINE * min(high - low, top - bottom)
        if not (group and within):
            if group:
                yield group
            group, size = [], 0.0
        if piece.size > size:  # an exponent may come first; the line is that of its base
            low, high, size = bottom, top, piece.size
        group.append(piece)
    if group:
        yield group


def _line(group: list[Piece]) -> Line | None:
    """The line of a group; None where it holds no more than blanks."""
    pieces = list(_once(sorted(group, key=lambda each: each.x0)))
    if not pieces:
        return None
    gaps = [_gap(before, piece) for before, piece in pairwise(pieces)]
    words = [gap for gap in gaps if gap > _SPACE]
    even = len(words) > 1 and max(words) <= _ALIKE * min(words)
    segments: list[Segment] = []
    text, x0, cell = pieces[0].text, pieces[0].x0, False
    for (before, piece), gap in zip(pairwise(pieces), gaps, strict=True):
        if gap > _CHUNK:
            segments.append(Segment(_closed(text.strip()), x0, before.x1, cell))
            wide = _CHUNK if is_chinese(text.rstrip()[-1]) and is_chinese(piece.text.lstrip()[0]) else _CELL
            text, x0, cell = piece.text, piece.x0, gap > (_EVEN_CELL if even else wide)
        else:
            text += _between(text, piece, gap) + piece.text
    segments.append(Segment(_closed(text.strip()), x0, pieces[-1].x1, cell))
    largest = max(pieces, key=lambda each: (each.size, len(each.text)))
    return Line(tuple(segments), largest.y, largest.size)


def _gap(before: Piece, piece: Piece) -> float:
    """How far two pieces are from each other, in em."""
    return (piece.x0 - before.x1) / min(piece.size, before.size)


def _once(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces without blanks alone, and each once where the same words are drawn again in their place."""
    kept: list[Piece] = []
    for piece in pieces:
        if not piece.text.strip():
            continue
        near = _TWICE * piece.size
        if any(
            each.text == piece.text and abs(each.x0 - piece.x0) < near and abs(each.y - piece.y) < near
            for each in kept[-4:]
        ):
            continue
        kept.append(piece)
        yield piece


def _between(text: str, piece: Piece, gap: float) -> str:
    left, right = text[-1], piece.text[0]
    if left.isspace() or right.isspace() or (is_chinese(left) and is_chinese(right)):
        return ""
    return " " if gap > _SPACE else ""


def _closed(text: str) -> str:
    """Without the spaces that stand between Chinese characters to set them apart."""
    if text.isascii():
        return text
    words = text.split(" ")
    closed = words[0]
    for left, right in pairwise(words):
        bare = left and right and is_chinese(left[-1]) and is_chinese(right[0])
        closed += right if bare else f" {right}"
    return closed


def _columns(lines: Sequence[Line], at: int, x0: float, x1: float) -> tuple[int, tuple[float, float]]:
    """How far from line `at` on a gap in the middle of the page stays free, and which."""
    low, high = x0 + _MIDDLE[0] * (x1 - x0), x0 + _MIDDLE[1] * (x1 - x0)
    until = at
    for line in lines[at:]:
        free = max(_free(line, low, high), key=lambda gap: gap[1] - gap[0], default=(0.0, 0.0))
        if free[1] - free[0] < _GUTTER * line.size:
            break
        low, high = free
        until += 1
    return until, (low, high)


def _free(line: Line, low: float, high: float) -> Iterator[tuple[float, float]]:
    """The parts from `low` to `high` that the line leaves free."""
    left = low
    for segment in line.segments:
        if left < min(segment.x0, high):
            yield left, min(segment.x0, high)
        left = max(left, segment.x1)
    if left < high:
        yield left, high


def _parted(lines: Sequence[Line], gutter: tuple[float, float]) -> tuple[list[Line], list[Line]]:
    middle = (gutter[0] + gutter[1]) / 2
    left = [Line(kept, line.y, line.size) for line in lines if (kept := _side(line, middle, 1))]
    right = [Line(kept, line.y, line.size) for line in lines if (kept := _side(line, middle, -1))]
    return left, right


def _side(line: Line, middle: float, side: int) -> tuple[Segment, ...]:
    return tuple(each for each in line.segments if side * ((each.x0 + each.x1) / 2 - middle) < 0)


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether both sides are running text, and not the cells of a table: most of their lines fill the column."""
    if min(len(left), len(right)) < _COLUMN_LINES:
        return False
    heights = {round(line.y) for line in left} & {round(line.y) for line in right}
    return len(heights) >= 2 and all(_filled(side) >= _FULL for side in (left, right))


def _filled(lines: Sequence[Line]) -> float:
    block = _block(lines)
    return median((line.x1 - line.x0) / max(block.x1 - block.x0, 1.0) for line in lines)
