"""How values of notes were understood (`Mention.reading`), in the language of an answer.

Readers of notes tell it in English: a quantity and what the note says of it, a colon, a verdict with its limit and the
source of that. `reading_words_zh.tsv` beside this file has a row `kind, english, chinese` for each quantity and each
phrase of a verdict. What is quoted of the note stays as it is, and so do units, numbers and citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from service.wording import closed_up

#: Whole readings of a shape of their own, with what they are in Chinese; {0} is a quantity.
_SHAPES = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"(?P<q>.+) (?P<times>[\d.]+) times the norm", "{q}为正常值的 {times} 倍"),
        (r"(?P<q>.+) said to be (?P<verdict>high|low|within)", "病历述{q}{verdict}"),
        (r"(?P<q>.+) at (?P<at>[\d.]+) months: later than (?P<by>[\d.]+) months", "{q}：{at} 个月，晚于 {by} 个月"),
        (
            r"at (?P<at>[\d.]+) months: later than (?P<by>[\d.]+) \((?P<source>.+)\)",
            "{at} 个月，晚于 {by} 个月（{source}）",
        ),
        (
            r"bone age (?P<bones>[\d.]+) years at (?P<age>[\d.]+) years \(limit unverified\)",
            "骨龄 {bones} 岁，实际年龄 {age} 岁（界限未核实）",
        ),
    )
)
_ASSUMED = re.compile(r" \(read as ([^)]*)\)")


@dataclass(frozen=True, slots=True)
class _Chinese:
    """Words by the English ones, and what finds those, the longest first."""

    quantities: Mapping[str, str]
    phrases: Mapping[str, str]
    quantity: re.Pattern[str]
    phrase: re.Pattern[str]


def reading_in_words(reading: str | None, language: str) -> str | None:
    """A reading in `language`, one of DICTIONARIES; what has no row stays as it is."""
    if reading is None or language != "zh":
        return reading
    words = _chinese()
    for shape, chinese in _SHAPES:
        match = shape.fullmatch(reading)
        if match is not None:
            return chinese.format(**{name: _word(words, name, said) for name, said in match.groupdict().items()})
    told, colon, verdict = reading.partition(": ")
    told = words.quantity.sub(lambda match: words.quantities[match[0]], told, count=1)
    told = _ASSUMED.sub(r"（按 \1 读取）", told)
    return f"{told}：{_verdict(words, verdict)}" if colon else told


def _word(words: _Chinese, name: str, said: str) -> str:
    return words.quantities.get(said, said) if name == "q" else _verdict(words, said)


def _verdict(words: _Chinese, said: str) -> str:
    told = words.phrase.sub(lambda match: words.phrases[match[0]], said)
    return closed_up(told.replace(", ", "，").replace("; ", "；"))


@cache
def _chinese() -> _Chinese:
    """The table, read once."""
    text = files(__package__).joinpath("reading_words_zh.tsv").read_text(encoding="utf-8")
    rows: dict[str, dict[str, str]] = {"quantity": {}, "phrase": {}}
    for line in text.splitlines()[1:]:
        kind, english, chinese = line.split("\t")
        rows[kind][english] = chinese
    quantities, phrases = rows["quantity"], rows["phrase"]
    return _Chinese(
        MappingProxyType(quantities),
        MappingProxyType(phrases),
        re.compile(f"^(?:{_longest_first(quantities)})(?![\\w-])"),
        re.compile(f"(?<![\\w/])(?:{_longest_first(phrases)})(?![\\w/-])"),
    )


def _longest_first(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
