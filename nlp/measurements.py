"""Measurements that a note itself compares with a norm: standard deviations, centiles and IQ.

"OFC 46 cm (-2.8 SD)" is read as microcephaly and the words are kept as the mention's `reading`. Bare centimetres are
not read: they need a norm for the patient's age, sex and ancestry. Limits are those of the terms' definitions: 2 SD,
the 3rd and 97th centile, and the IQ bands of intellectual disability.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.rules import MeasurementRules

_SD_LIMIT = 2.0
_LOW_CENTILE, _HIGH_CENTILE = 3.0, 97.0
_REACH = 70  # characters between a quantity and its value
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?"
_SIGN = r"[-–−‐+]"
_DEVIATION = (
    rf"(?P<sign>{_SIGN})?\s?(?P<sd>{_NUMBER})\s?(?:SDS?\b|s\.d\.|standard deviations?|[zZ][- ]?scores?)"
    r"(?P<side> (?:below|above))?"
)
_SCORE = rf"[zZ][- ]?scores?(?: of| was|:|=)? ?(?P<zsign>{_SIGN})?\s?(?P<z>{_NUMBER})"
_CENTILE = (
    r"(?P<bound>below|less than|under|beneath|above|greater than|more than|over|[<>≤≥]{1,2})?\s?(?:the )?"
    rf"(?P<centile>{_NUMBER})\s?(?:st|nd|rd|th|d)?\s?(?:per)?cent?iles?\b"
)
_INTELLIGENCE = re.compile(
    r"\bI\.?Q\.?"
    r"(?: (?:score|test|of|was|is|total|full|scale|about|approximately|around|estimated|at|to|be|measured|below)"
    r"| ?[=:<(]){0,5} ?(?P<iq>\d{2,3})\b(?!\s?(?:years|months|y\b|%|th\b))",
)
_SENTENCE_END = re.compile(r"[.;]\s|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured finding at characters `start` to `end`; `reading` says how the value was understood."""

    start: int
    end: int
    id: str
    reading: str


@dataclass(frozen=True, slots=True)
class _Value:
    start: int
    end: int
    low: bool
    high: bool
    reading: str


@dataclass(frozen=True, slots=True)
class MeasurementReader:
    """Pairs quantities with the values that follow them."""

    rules: MeasurementRules
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, rules: MeasurementRules) -> MeasurementReader:
        """A reader for the quantities of one language."""
        quantities = "|".join(f"(?P<{_group(name)}>{words})" for name, words in rules.quantities.items())
        pattern = rf"\b(?:(?P<other>{rules.not_quantities})|{quantities})\b|{_SCORE}|{_DEVIATION}|{_CENTILE}"
        return cls(rules, re.compile(pattern, re.IGNORECASE))

    def find(self, text: str) -> Iterator[Measurement]:
        """Measured findings in order of their values."""
        ends = [match.start() for match in _SENTENCE_END.finditer(text)]
        quantities: list[tuple[str, re.Match[str]]] = []
        values: list[_Value] = []
        sentence = 0
        for match in self.pattern.finditer(text):
            name = self._quantity(match)
            broken = sentence < len(ends) and ends[sentence] < match.start()
            while sentence < len(ends) and ends[sentence] < match.start():
                sentence += 1
            if broken or (name is not None and values):
                yield from self._pair(text, quantities, values)
                quantities, values = [], []
            if name is not None:
                quantities.append((name, match))
            elif match["other"] is None and quantities:
                values.append(_value(match))
        yield from self._pair(text, quantities, values)
        yield from self._intelligence(text)

    def _quantity(self, match: re.Match[str]) -> str | None:
        return next((name for name in self.rules.quantities if match[_group(name)] is not None), None)

    def _pair(
        self, text: str, quantities: Sequence[tuple[str, re.Match[str]]], values: Sequence[_Value]
    ) -> Iterator[Measurement]:
        """One value is said of every quantity before it; as many values as quantities are said in turn."""
        if len(values) == 1:
            pairs = [(quantity, values[0]) for quantity in quantities]
        elif len(values) == len(quantities):
            pairs = list(zip(quantities, values, strict=True))
        else:
            pairs = [(quantity, values[0]) for quantity in quantities[-1:] if values]
        for (name, match), value in pairs:
            if value.start - match.end() <= _REACH:
                id = self._finding(name, value, _at_birth(text, match))
                if id is not None:
                    yield Measurement(match.start(), value.end, id, f"{name} {value.reading}")

    def _finding(self, name: str, value: _Value, at_birth: bool) -> str | None:
        findings: Mapping[str, str] = self.rules.findings[name]
        if value.low:
            return findings.get("low at birth" if at_birth else "low")
        return findings.get("high") if value.high and not at_birth else None

    def _intelligence(self, text: str) -> Iterator[Measurement]:
        for match in _INTELLIGENCE.finditer(text):
            quotient = int(match["iq"])
            for limit, id in self.rules.intelligence:
                if quotient < limit:
                    yield Measurement(match.start(), match.end(), id, f"IQ {quotient}")
                    break


def _group(name: str) -> str:
    return name.replace(" ", "_")


def _at_birth(text: str, match: re.Match[str]) -> bool:
    return "birth" in text[max(0, match.start() - 7) : match.end() + 10].lower()


def _value(match: re.Match[str]) -> _Value:
    reading = " ".join(match.group().split())
    if match["centile"] is not None:
        centile, bound = float(match["centile"]), (match["bound"] or "").lower()
        below = bound in ("below", "less than", "under", "beneath") or "<" in bound or "≤" in bound
        above = bound in ("above", "greater than", "more than", "over") or ">" in bound or "≥" in bound
        low = not above and (centile < _LOW_CENTILE or (below and centile <= _LOW_CENTILE))
        high = not below and (centile > _HIGH_CENTILE or (above and centile >= _HIGH_CENTILE))
        return _Value(match.start(), match.end(), low, high, reading)
    amount = float(match["sd"] or match["z"])
    sign, side = match["sign"] or match["zsign"] or "", (match["side"] or "").strip().lower()
    negative = sign in tuple("-–−‐") or side == "below"
    positive = sign == "+" or side == "above"
    return _Value(
        match.start(), match.end(), negative and amount >= _SD_LIMIT, positive and amount >= _SD_LIMIT, reading
    )
