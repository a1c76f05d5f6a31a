"""Sections of a note by their headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

FAMILY_HISTORY = "family history"
PAST_HISTORY = "past medical history"
PLAN = "plan"

#: The first words of a line or sentence up to a colon or the line's end; bounded, so that time stays linear.
_HEADING = re.compile(r"(?:^[ \t#*]{0,8}|(?<=[.;] ))([A-Za-z][A-Za-z /]{0,40}?)[ \t]{0,8}\*{0,2}(:|\r?$)", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_MARK = re.compile(r"\S")
_WRAPPED = range(60, 101)  # characters of a line that goes on in the next one


@dataclass(frozen=True, slots=True)
class Section:
    """A section from character `start`, where its heading begins; `name` is None from where one has ended.

    The heading goes up to character `body`.
    """

    start: int
    body: int
    name: str | None


_START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class SectionFinder:
    """Finds headings: at the start of a line or sentence, known by name, before a colon or alone on the line."""

    headings: Mapping[str, str]

    def find(self, text: str) -> list[Section]:
        """Sections in order. A family history ends with its paragraph, for a relative's finding must not spread."""
        found: list[Section] = []
        ended = 0
        paragraphs = _Paragraphs(text)
        for match in _HEADING.finditer(text):
            name = self.headings.get(" ".join(match[1].lower().split()))
            if name is None:
                continue
            if ended and ended < match.start():
                found.append(Section(ended, ended, None))
            found.append(Section(match.start(1), match.end(), name))
            ended = paragraphs.end(match.end(), match[2] == ":") if name == FAMILY_HISTORY else 0
        if ended and ended < len(text):
            found.append(Section(ended, ended, None))
        return found


def is_heading(sections: Sequence[Section], start: int) -> bool:
    """Whether character `start` lies in a heading: "Allergies:" is no finding."""
    row = bisect_right(sections, start, key=_START) - 1 if sections else -1
    return row >= 0 and start < sections[row].body


def section_of(sections: Sequence[Section], start: int) -> Section | None:
    """The section that holds character `start`."""
    row = bisect_right(sections, start, key=_START) - 1 if sections else -1
    return sections[row] if row >= 0 and sections[row].name is not None else None


def section_at(sections: Sequence[Section], start: int) -> str | None:
    """Name of the section that holds character `start`."""
    section = section_of(sections, start)
    return section.name if section else None


@dataclass(slots=True)
class _Paragraphs:
    """Where paragraphs of one text end, asked for in order; what was looked for is kept, so that time stays linear."""

    text: str
    line: tuple[int, int] = (0, -1)  # the line last asked about
    wrapped: tuple[int, int] = (0, -1)  # the lines last found to go on in each other
    blank: tuple[int, int] = (0, -1)  # from where a blank line was last looked for, and where it begins

    def end(self, start: int, colon: bool) -> int:
        """Where words after a heading that ends at `start` end: with their line, unless it is wrapped, or paragraph."""
        first, last = self._line_of(start)
        if last == len(self.text):
            return last
        if colon and _MARK.search(self.text, start, last):
            return self._wrapped_end(first, last)
        return self._blank_after(last + 1)

    def _line_of(self, at: int) -> tuple[int, int]:
        if not self.line[0] <= at <= self.line[1]:
            last = self.text.find("\n", at)
            self.line = (self.text.rfind("\n", 0, at) + 1, last if last >= 0 else len(self.text))
        return self.line

    def _wrapped_end(self, first: int, last: int) -> int:
        if not self.wrapped[0] <= first <= self.wrapped[1]:
            begin = first
            while last < len(self.text) and last - begin in _WRAPPED:
                begin = last + 1
                after = self.text.find("\n", begin)
                last = after if after >= 0 else len(self.text)
            self.wrapped = (first, last)
        return self.wrapped[1]

    def _blank_after(self, at: int) -> int:
        if not self.blank[0] <= at <= self.blank[1]:
            found = _BLANK_LINE.search(self.text, at)
            self.blank = (at, found.start() if found else len(self.text))
        return self.blank[1]
