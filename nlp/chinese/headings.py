"""Sections of a Chinese record by their headings: 主诉, 现病史, 家族史, 体格检查."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.sections import FAMILY_HISTORY, Section

#: A heading stands at the start of a line or sentence, before a colon; alone on its line it needs none.
_BEGINS = re.compile(r"[\n。;]")
_HEADING = re.compile(
    r"(?:^|(?<=[\n。;]))[ \"(]{0,4}(?:[一二三四五六七八九十\d]{1,2}[、.)] ?)?"
    r"([^\n。;:,、()\"]{1,14}?) ?[)\"]?(:|(?=\n|$))"
)


@dataclass(frozen=True, slots=True)
class HeadingFinder:
    """Finds headings in folded text by their names."""

    headings: Mapping[str, str]

    def find(self, text: str) -> list[Section]:
        """Sections in order; a family history that begins within a line ends with it."""
        found: list[Section] = []
        until = 0
        for start in (0, *(match.end() for match in _BEGINS.finditer(text))):
            match = _HEADING.match(text, start) if start >= until else None
            if match is None:
                continue
            until = match.end()
            name = self.headings.get(match[1].strip())
            if name is None:
                continue
            if found and found[-1].name == FAMILY_HISTORY:
                self._close(found, text, match.start(1))
            found.append(Section(match.start(1), match.end(), name))
        if found and found[-1].name == FAMILY_HISTORY:
            self._close(found, text, len(text))
        return found

    def _close(self, found: list[Section], text: str, following: int) -> None:
        """End a family history with its line, where words stand on that line."""
        line = text.find("\n", found[-1].body)
        if text[found[-1].body : line if line >= 0 else len(text)].strip() == "" and line >= 0:
            line = text.find("\n", line + 1)
        if 0 <= line < following:
            found.append(Section(line, line, None))
