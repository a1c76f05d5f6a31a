"""Covering what could name a person: each character by one sign, so that every offset of the note stays true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from service.deidentify.fold import fold
from service.deidentify.names_en import LatinNames
from service.deidentify.names_zh import ChineseNames
from service.deidentify.patterns import Pattern, read_patterns
from service.deidentify.spans import Kind, Span

#: A sign of its own for every reader of notes: no letter that would join words, no bullet that would part them.
COVER = "＊"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Masked:
    """The note covered, as long as it was given, and what was covered where."""

    text: str
    spans: tuple[Span, ...]


def mask(text: str, known: Sequence[str] = ()) -> Masked:
    """Cover identifiers in `text`, and every occurrence of the `known` strings (names and numbers of the record).

    Covering what is covered changes nothing: it is repeated until nothing more is found. Findings, genes, ages and
    measurements stay, as do the names that diseases go by.
    """
    kinds: list[Kind | None] = [None] * len(text)
    covered = text
    while True:
        fresh = [span for span in _rules().spans(fold(covered), known) if _paint(kinds, covered, span)]
        if not fresh:
            return Masked(covered, tuple(_runs(kinds)))
        covered = "".join(sign if kind is None else COVER for sign, kind in zip(text, kinds, strict=True))


@dataclass(frozen=True)
class Rules:
    """All that is known of identifiers."""

    patterns: tuple[Pattern, ...]
    chinese: ChineseNames
    latin: LatinNames

    def spans(self, text: str, known: Sequence[str]) -> Iterator[Span]:
        """What a folded text shows of a person, in the order in which it claims characters."""
        for pattern in self.patterns:
            yield from pattern.spans(text)
        kept = [match.span() for match in self.latin.protected.finditer(text)]
        for start, end in _known(text, known, self):
            yield from _outside(Span(start, end, Kind.KNOWN), kept)
        for start, end in self._names(text):
            yield from _outside(Span(start, end, Kind.NAME), kept)

    def _names(self, text: str) -> Iterator[tuple[int, int]]:
        """Names where their surroundings show them, then wherever else they stand."""
        latin, chinese = set(self.latin.spans(text)), set()
        if _CHINESE.search(text):
            chinese = set(self.chinese.spans(text))
        yield from latin | chinese
        for name in {text[start:end] for start, end in chinese if end - start >= 2}:
            if _CHINESE.match(name):
                yield from self.chinese.spread(text, name, sure=False)
        yield from self.latin.spread(text, {text[start:end] for start, end in latin}, sure=False)


@cache
def _rules() -> Rules:
    """Read from the package once a process; nothing changes them."""
    return Rules(read_patterns(Path(__file__).parent / "patterns.toml"), ChineseNames.open(), LatinNames.open())


def _known(text: str, known: Sequence[str], rules: Rules) -> Iterator[tuple[int, int]]:
    for given in known:
        word = fold(given).strip()
        if len(word) < 2:
            continue
        if _CHINESE.search(word):
            yield from rules.chinese.spread(text, "".join(word.split()), sure=True)
        elif sum(sign.isdigit() for sign in word) >= 3:
            signs = r"[\s-]{0,2}".join(re.escape(sign) for sign in word if sign.isalnum())
            found = re.finditer(rf"(?<![A-Za-z0-9]){signs}(?![A-Za-z0-9])", text, re.IGNORECASE)
            yield from (match.span() for match in found)
        elif any(sign.isalpha() for sign in word):
            yield from rules.latin.spread(text, (word,), sure=True)


def _outside(span: Span, kept: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """The parts of a name that are not the name of a disease."""
    start = span.start
    for left, right in kept:
        if left < span.end and right > start:
            if start < left:
                yield Span(start, left, span.kind)
            start = max(start, right)
    if start < span.end:
        yield Span(start, span.end, span.kind)


def _paint(kinds: list[Kind | None], covered: str, span: Span) -> bool:
    """Claim the characters nobody has claimed; whether there was one. Line ends stay."""
    changed = False
    for at in range(span.start, span.end):
        if kinds[at] is None and covered[at] not in "\n\r＊":
            kinds[at] = span.kind
            changed = True
    return changed


def _runs(kinds: Sequence[Kind | None]) -> Iterator[Span]:
    at = 0
    for kind, group in groupby(kinds):
        length = len(list(group))
        if kind is not None:
            yield Span(at, at + length, kind)
        at += length
