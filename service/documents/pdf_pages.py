"""The lines of all pages to one text: heads and feet once, and lines joined where a word or sentence was broken.

A line of Chinese is joined to the next one without a space, for a word may be broken anywhere. Elsewhere a line end is
kept unless the line is plainly full and the next one goes on in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.documents.lines import is_chinese
from service.documents.pdf_lines import Block, Line, blocks_of
from service.documents.pdf_running import Running

_ENDED = re.compile("[。！？；：.!?;:]$")
_BEGINS = re.compile(
    r"\s*(?:[•●○■□☐☑☒√◆*·\-–—]|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-z])[.、)）．]|[^,，]{1,10}[:：])"
)
_BROKEN_WORD = re.compile("([A-Za-z]{2,})[-\u2010]$")
#: Words before which a hyphen at a line's end is their own.
_WHOLE_WORDS = re.compile(
    "broad|day|deep|early|first|fixed|follow|full|half|high|large|late|left|long|low|mid|month|narrow|new|old|one|right|"
    "second|self|short|single|small|thick|thin|third|two|very|week|well|wide|year",
    re.IGNORECASE,
)
_GOES_ON = re.compile("[a-z0-9(]")
_LOWER = re.compile("[a-z]")
_NOT_FIRST = "，。、；：？！）》”’】」"  # never begin a line, and take the character before them along
_WIDE = 0.45  # of the page's text is filled by a line that goes on in the next one
_NARROWEST = 8.0  # em, the narrowest column that text is wrapped in
_LEADING = 2.2  # em from one line to the next of its paragraph, at most
_ALIKE = 0.15  # by which the sizes of two lines of one paragraph may differ
_SLACK = 1.5  # em that a full line may be short of its block's widest one, where punctuation hangs over the edge
_EVEN = 0.5  # em by which lines that begin together may differ


def text_of(pages: Sequence[Sequence[Line]], found: Running) -> str:
    """One text: heads, the lines of all pages, feet."""
    parts = [f"{head}\n" for head in found.heads]
    last: tuple[Line, Block] | None = None
    for at, page in enumerate(pages):
        kept = [line for place, line in enumerate(page) if (at, place) not in found.places]
        for block in blocks_of(kept):
            fresh = True
            for line in block.lines:
                between = _between(last, line, block, fresh) if last else ""
                if between == "-":  # the mark of a broken word
                    parts[-1] = parts[-1][:-1]
                parts += [between.strip("-"), line.text]
                last, fresh = (line, block), False
    return "".join([*parts, *(f"\n{foot}" for foot in found.feet)])


def _between(last: tuple[Line, Block], line: Line, block: Block, fresh: bool) -> str:
    """What stands between a line and the one before it: a line end, a space, nothing; `-` where a word was broken.

    `fresh` lines begin a page or a column: how far they are from the one before tells nothing.
    """
    before, around = last
    left, right = before.text, line.text
    if len(before.cells) > 1 or len(line.cells) > 1 or not _one_paragraph(before, line, fresh):
        return "\n"
    if (broken := _BROKEN_WORD.search(left)) and _LOWER.match(right):
        return "" if _WHOLE_WORDS.fullmatch(broken[1]) else "-"
    begins_even = line.x0 - (block.x0 if fresh else min(before.x0, line.x0)) <= _EVEN * line.size
    if _ENDED.search(left) or _BEGINS.match(right) or not begins_even or not _is_full(before, around, line):
        return "\n"
    if is_chinese(left[-1]) or is_chinese(right[0]):
        return ""
    return " " if _GOES_ON.match(right) else "\n"


def _one_paragraph(before: Line, line: Line, fresh: bool) -> bool:
    alike = abs(before.size - line.size) <= _ALIKE * max(before.size, line.size)
    return alike and (fresh or 0 < before.y - line.y <= _LEADING * line.size)


def _is_full(line: Line, block: Block, following: Line) -> bool:
    """Whether the first word of the following line had no room left in this one."""
    if line.x1 - line.x0 < max(_WIDE * (block.x1 - block.x0), _NARROWEST * line.size):
        return False
    text = following.text
    if is_chinese(text[0]):
        needed = following.size * (2 if text[1:2] and text[1] in _NOT_FIRST else 1)
    else:
        word = text.split(maxsplit=1)[0]
        needed = (following.x1 - following.x0) * len(word) / len(text)
    return line.x1 + needed > block.x1 - _SLACK * line.size
