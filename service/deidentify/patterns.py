"""Numbers, dates and places by their form: the patterns of patterns.toml, made ready once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.deidentify import checks
from service.deidentify.lists import read_sections
from service.deidentify.spans import Kind, Span

_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?"
)
_HOUSE = r"(?:\d{1,5}(?:号楼|号院|号|弄|栋|幢|座|楼|层|单元|室|户)){0,4}"
_DATE = (
    r"(?:(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?[日号])?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d)"
    r"|(?:19|20)\d{6}(?!\d)|(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}(?!\d)月?|(?:19|20)\d{2}年"
    rf"|(?i:{_MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s(?:19|20)\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[\s-](?i:{_MONTH})\.?,?[\s-](?:19|20)?\d{{2}}"
    r"|[一二][〇○零Oo一二三四五六七八九]{3}年(?:[一二三四五六七八九十]{1,2}月)?(?:[一二三四五六七八九十廿卅]{1,3}[日号])?)"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form that names a person or a place; `check`, where there is one, must agree."""

    kind: Kind
    find: re.Pattern[str]
    check: Callable[[str], bool] | None

    def spans(self, text: str) -> Iterator[Span]:
        """Where it is found in a folded text."""
        for match in self.find.finditer(text):
            start, end = match.span("v" if "v" in self.find.groupindex else 0)
            if start < end and (self.check is None or self.check(text[start:end])):
                yield Span(start, end, self.kind)


def read_patterns(file: Path) -> tuple[Pattern, ...]:
    """The patterns of a file such as patterns.toml, in its order."""
    places = read_sections("places_zh.txt")
    words = {
        "<DATE>": _DATE,
        "<TAIL>": rf"(?:<C>{{1,8}}?(?:(?:路|街|大道|巷|弄|胡同|里)(?=\d)|村|小区|花园|公寓|大厦))?{_HOUSE}",
        "<HOUSE>": _HOUSE,
        "<PROVINCE>": _any(places["provinces"]),
        "<CITY>": _any(places["cities"]),
        "<MONTH>": _MONTH,
        "<C>": r"[\u4e00-\u9fff]",
        "<N>": r"(?<![A-Za-z0-9])",
        "<n>": r"(?![A-Za-z0-9])",
    }
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_pattern(entry, words) for entry in content["pattern"])


def _pattern(entry: dict[str, str], words: dict[str, str]) -> Pattern:
    find = entry["find"]
    for sign, meaning in words.items():
        find = find.replace(sign, meaning)
    check: Callable[[str], bool] | None = getattr(checks, entry["check"]) if "check" in entry else None
    return Pattern(Kind(entry["kind"]), re.compile(find), check)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))
