"""Sections of a note by their headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FAMILY_HISTORY = "family history"
PAST_HISTORY = "past medical history"
PLAN = "plan"

#: The first words of a line or sentence up to a colon or the line's end; bounded, so that time stays linear.
_HEADING = re.compile(r"(?:^[ \t#*]{0,8}|(?<=[.;] ))([A-Za-z][A-Za-z /]{0,40}?)[ \t]{0,8}\*{0,2}(:|\r?$)", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_WRAPPED = range(60, 101)  # characters of a line that goes on in the next one


@dataclass(frozen=True, slots=True)
class Section:
    """A section from character `start`, where its heading begins; `name` is None from where one has ended.

    The heading goes up to character `body`.
    """

    start: int
    body: int
    name: str | None


@dataclass(frozen=True, slots=True)
class SectionFinder:
    """Finds headings: at the start of a line or sentence, known by name, before a colon or alone on the line."""

    headings: Mapping[str, str]

    def find(self, text: str) -> list[Section]:
        """Sections in order. A family history ends with its paragraph, for a relative's finding must not spread."""
        found: list[Section] = []
        ended = 0
        for match in _HEADING.finditer(text):
            name = self.headings.get(" ".join(match[1].lower().split()))
            if name is None:
                continue
            if ended and ended < match.start():
                found.append(Section(ended, ended, None))
            found.append(Section(match.start(1), match.end(), name))
            ended = _paragraph_end(text, match.end(), match[2] == ":") if name == FAMILY_HISTORY else 0
        if ended and ended < len(text):
            found.append(Section(ended, ended, None))
        return found


def is_heading(sections: Sequence[Section], start: int) -> bool:
    """Whether character `start` lies in a heading: "Allergies:" is no finding."""
    row = bisect_right(sections, start, key=lambda section: section.start) - 1
    return row >= 0 and start < sections[row].body


def section_of(sections: Sequence[Section], start: int) -> Section | None:
    """The section that holds character `start`."""
    row = bisect_right(sections, start, key=lambda section: section.start) - 1
    return sections[row] if row >= 0 and sections[row].name is not None else None


def section_at(sections: Sequence[Section], start: int) -> str | None:
    """Name of the section that holds character `start`."""
    section = section_of(sections, start)
    return section.name if section else None


def _paragraph_end(text: str, start: int, colon: bool) -> int:
    """Where words after a heading that ends at `start` end: with their line, unless it is wrapped, or the paragraph."""
    line_end = text.find("\n", start)
    if line_end < 0:
        return len(text)
    if colon and text[start:line_end].strip():
        line_start = text.rfind("\n", 0, start) + 1
        while line_end >= 0 and line_end - line_start in _WRAPPED:
            line_start, line_end = line_end + 1, text.find("\n", line_end + 1)
        return line_end if line_end >= 0 else len(text)
    blank = _BLANK_LINE.search(text, line_end + 1)
    return blank.start() if blank else len(text)
