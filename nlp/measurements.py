"""Sizes of the body: compared with a norm by the note itself (SD, centile), or bare and judged by the WHO's references.

"OFC 46 cm (-2.8 SD)" is microcephaly by the note's own norm, which goes before any of ours; "height 85 cm" of a girl
said to be 3 years old is judged by nlp.growth. Limits are those of the terms' definitions: 2 SD, the 3rd and 97th
centile, at birth the 10th and 90th for weight (HP:0001518, HP:0001520).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from nlp import growth
from nlp.amounts import NUMBER, number
from nlp.growth import adult_bmi, is_adult
from nlp.norms import DAYS_IN_YEAR, Subject, Verdict
from nlp.quantities import Quantity, Value, Whereabouts
from nlp.reading import Unjudged
from nlp.rules import LanguageFolder, MeasurementRules
from nlp.words import Tokens
from ontology.features import Channel

_SD_LIMIT = 2.0
_CENTILES = (3.0, 97.0)
_BIRTH_WEIGHT_CENTILES = (10.0, 90.0)
_REACH = 70  # characters between a quantity and its value
_FRONT = 40  # characters before a quantity's first word that may make it another: "palpebral fissure length"
_VALUE = re.compile(r"\d|cen|%", re.IGNORECASE)  # whatever is read as a value holds one
#: Whatever is read as a value on a scale of its own holds one.
_COMPARISON = re.compile(r"SD|s\.d|standard dev|score|cent?ile|%t?ile|[<>≤≥]\s?P", re.IGNORECASE)
_SIZE = r"\d{1,3}(?:[.·]\d{1,2})?"
_SIGN = r"[-–−‐+]"
_BOUND = r"below|less than|under|beneath|above|greater than|more than|over|[<>≤≥]{1,2}"
_DEVIATION = (
    rf"(?:(?P<sdbound>{_BOUND})\s?)?(?:(?P<sign0>{_SIGN})?\s?(?P<sd0>{_SIZE})\s?(?:to|and|–|-)\s?)?"
    rf"(?P<sign>{_SIGN})?\s?(?P<sd>{_SIZE})\s?(?:SDS?\b|s\.d\.|standard deviations?|[zZ][- ]?scores?)"
    r"(?P<side> (?:below|above|under|over))?"
)
_SCORE = (
    rf"[zZ][- ]?scores?(?: of| was|:|=)? ?(?P<zsign>{_SIGN})?\s?(?P<z>{_SIZE})"
    rf"|SD(?:S| ?scores?)(?: of| was| is|:|=)? ?(?P<ssign>{_SIGN})\s?(?P<s>{_SIZE})"
)
_ORDINAL = "first|second|third|fifth|tenth"
_ORDINALS = {"first": 1.0, "second": 2.0, "third": 3.0, "fifth": 5.0, "tenth": 10.0}
_CENTILE = (
    rf"(?P<bound>{_BOUND})?\s?(?:the )?"
    rf"(?:(?P<from>\d{{1,2}})\s?(?:st|nd|rd|th)?\s?(?:-|–|to|and)\s?(?:the )?)?"
    rf"(?:(?P<centile>{_SIZE})\s?(?:st|nd|rd|th|d)?|(?P<ordinal>{_ORDINAL}))\s?(?:(?:per)?cent?iles?\b|%(?:ile|tile)\b)"
    r"|(?P<pbound>[<>≤≥])\s?(?-i:P)\s?(?P<p>\d{1,2}(?:\.\d)?)\b"
)
_QUOTIENT = re.compile(
    r"\b(?P<kind>I\.?Q\.?|D\.?Q\.?)"
    r"(?: (?:score|test|of|was|is|total|full|scale|about|approximately|around|estimated|at|to|be|measured"
    r"|(?P<below>below))|\)| ?(?:[=:(]|(?P<less><))){0,5} ?(?P<quotient>\d{2,3})\b(?!\s?(?:years|months|y\b|%|th\b))",
)
_QUOTIENT_WORDS = frozenset({"iq", "dq", "i", "d"})
_PART_OF_A_TEST = re.compile(r"(?:verbal|performance|non-?verbal|social|motor|language)\s$", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:birth|born|newborn|neonate|delivered|deliver(?:y|ies)|gestation(?:al)?)\b", re.IGNORECASE)
_SENTENCE_REACH = 300  # characters before a size in which its sentence may speak of birth
_LINK = (
    r"(?:[\s:=,(\[]|(?<!\w)(?:was|were|is|of|measured|measures|at|only|about|approximately|around|currently|now"
    r"|she|he|his|her)(?!\w)){0,9}?"
)


@dataclass(frozen=True, slots=True)
class _Compared:
    """A value that the note gives on a scale of its own."""

    start: int
    end: int
    reading: str
    deviation: float | None = None
    centile: float | None = None
    below: bool = False
    above: bool = False

    def verdict(self, centiles: tuple[float, float]) -> Verdict:
        if self.deviation is not None:
            high = self.deviation > _SD_LIMIT or (self.above and self.deviation == _SD_LIMIT)
            low = self.deviation < -_SD_LIMIT or (self.below and self.deviation == -_SD_LIMIT)
        else:
            low_limit, high_limit = centiles
            at = self.centile or 0.0
            low = not self.above and (at < low_limit or (self.below and at <= low_limit))
            high = not self.below and (at > high_limit or (self.above and at >= high_limit))
        return Verdict.LOW if low else Verdict.HIGH if high else Verdict.WITHIN


@dataclass(frozen=True, slots=True)
class MeasurementReader:
    """Pairs quantities of the body with their values."""

    rules: MeasurementRules
    names: re.Pattern[str]
    pattern: re.Pattern[str]
    first_words: frozenset[str]
    bare: Mapping[str, re.Pattern[str]]
    units: Mapping[str, Mapping[str, float]]
    adult_bmi: Mapping[str, str]
    developmental_quotient: str

    @classmethod
    def open(cls, language: str) -> MeasurementReader:
        """A reader for the quantities of one language."""
        rules = LanguageFolder(language).measurements
        given = json.loads((files("nlp") / "languages" / language / "measurements.json").read_text(encoding="utf-8"))
        quantities = "|".join(f"(?P<{_group(name)}>{words})" for name, words in rules.quantities.items())
        names = rf"\b(?:(?P<other>{rules.not_quantities})|{quantities})\b"
        bare = {
            name: re.compile(
                rf"{_LINK}(?<![\w.])(?P<n>{NUMBER})\s?(?P<unit>{'|'.join(units)})(?![\w/²])", re.IGNORECASE
            )
            for name, units in given["bare_units"].items()
        }
        bare["body mass index"] = re.compile(
            rf"{_LINK}(?<![\w.])(?P<n>{NUMBER})(?:\s?(?P<unit>kg/m2|kg/m²))?(?![\w.,]?\d)", re.IGNORECASE
        )
        return cls(
            rules=rules,
            names=re.compile(names, re.IGNORECASE),
            pattern=re.compile(rf"{names}|{_SCORE}|{_DEVIATION}|{_CENTILE}", re.IGNORECASE),
            first_words=frozenset(given["first_words"].split()) | _QUOTIENT_WORDS,
            bare=bare,
            units=given["bare_units"],
            adult_bmi=given["adult_body_mass_index"],
            developmental_quotient=given["developmental_quotient"],
        )

    def find(self, text: str, tokens: Tokens, where: Whereabouts) -> Iterator[Value]:
        """Findings and unjudged values; only sentences that name a quantity are looked at."""
        read = 0
        for start, surface in zip(tokens.starts, tokens.surfaces, strict=True):
            if start < read:
                continue
            word = surface.lower()
            if word in _QUOTIENT_WORDS:
                yield from self._quotient(text, start)
            elif word in self.first_words:
                first, last = where.sentence(start)
                if _VALUE.search(text, start, last):
                    yield from self._sentence(text, max(first, read, start - _FRONT), last, where)
                    for match in _QUOTIENT.finditer(text, start, last):
                        yield from self._quotient(text, match.start())
                read = last

    def _sentence(self, text: str, first: int, last: int, where: Whereabouts) -> Iterator[Value]:
        quantities: list[tuple[str, re.Match[str]]] = []
        values: list[_Compared] = []
        compares = _COMPARISON.search(text, first, last) is not None
        for match in (self.pattern if compares else self.names).finditer(text, first, last):
            name = self._quantity(match)
            if name is not None and values:
                yield from self._pair(text, quantities, values, where, match.start())
                quantities, values = [], []
            if name is not None:
                quantities.append((name, match))
            elif match["other"] is None and quantities:
                compared = _compared(match)
                if compared is not None:
                    values.append(compared)
        yield from self._pair(text, quantities, values, where, last)

    def _quantity(self, match: re.Match[str]) -> str | None:
        return next((name for name in self.rules.quantities if match[_group(name)] is not None), None)

    def _pair(
        self,
        text: str,
        quantities: Sequence[tuple[str, re.Match[str]]],
        values: Sequence[_Compared],
        where: Whereabouts,
        until: int,
    ) -> Iterator[Value]:
        """One value is said of every quantity before it; as many values as quantities are said in turn."""
        if len(values) == 1:
            pairs = [(quantity, values[0]) for quantity in _sharing(text, quantities)]
        elif len(values) == len(quantities):
            pairs = list(zip(quantities, values, strict=True))
        else:
            pairs = [(quantity, values[0]) for quantity in quantities[-1:] if values]
        compared = set()
        for (name, match), value in pairs:
            if 0 <= value.start - match.end() <= _REACH:
                compared.add(match.start())
                id = self._finding(name, value, self._at_birth(text, match, where))
                if id is not None:
                    yield Quantity(match.start(), value.end, id, f"{name} {value.reading}", Channel.MEASURED)
        for at, (name, match) in enumerate(quantities):
            if match.start() not in compared:
                end = quantities[at + 1][1].start() if at + 1 < len(quantities) else until
                yield from self._bare(text, name, match, end, where)

    def _at_birth(self, text: str, match: re.Match[str], where: Whereabouts) -> bool:
        """Whether a size is that of birth: said beside it, or earlier in its sentence with no age since."""
        if "birth" in text[max(0, match.start() - 7) : match.end() + 10].lower():
            return True
        first = max(where.sentence(match.start())[0], match.start() - _SENTENCE_REACH)
        told = [birth.end() for birth in _BIRTH.finditer(text, first, match.start())]
        return bool(told) and not where.age_between(told[-1], match.start())

    def _finding(self, name: str, value: _Compared, at_birth: bool) -> str | None:
        findings: Mapping[str, str] = self.rules.findings[name]
        centiles = _BIRTH_WEIGHT_CENTILES if at_birth and name == "weight" else _CENTILES
        verdict = value.verdict(centiles)
        return findings.get(f"{verdict} at birth" if at_birth else str(verdict))

    def _bare(self, text: str, name: str, quantity: re.Match[str], until: int, where: Whereabouts) -> Iterator[Value]:
        match = self.bare[name].match(text, quantity.end(), min(until, quantity.end() + 50))
        if match is None:
            return
        start, end = quantity.start(), match.end()
        amount = number(match["n"]) * self.units[name].get((match["unit"] or "").lower(), 1)
        written = f"{name} {match['n']} {match['unit'] or ''}".strip()
        if self._at_birth(text, quantity, where):
            yield Unjudged(start, end, written, "there is no norm for sizes at birth")
            return
        subject = where.subject(start)
        if name == "body mass index" and is_adult(subject):
            kind = adult_bmi(amount)
            if kind is not None and 8 <= amount <= 90:
                yield Quantity(
                    start,
                    end,
                    self.adult_bmi[kind],
                    f"{written}: {kind} by the WHO's limits for adults",
                    Channel.MEASURED,
                )
            return
        verdict, why = growth.judge(name, amount, subject)
        if verdict is not Verdict.WITHIN and _may_be_young(subject) and where.born_early:
            verdict, why = Verdict.UNSURE, "born early"
        id = self.rules.findings[name].get(str(verdict))
        if id is not None:
            yield Quantity(start, end, id, f"{written}: {why}", Channel.MEASURED)
        elif verdict is Verdict.UNSURE:
            yield Unjudged(start, end, written, why)

    def _quotient(self, text: str, start: int) -> Iterator[Value]:
        match = _QUOTIENT.match(text, start)
        if match is None or _PART_OF_A_TEST.search(text, max(0, start - 12), start):
            return
        quotient = int(match["quotient"]) - (1 if match["below"] or match["less"] else 0)
        if match["kind"].startswith("D"):
            if 10 <= quotient < 70:
                reading = f"developmental quotient {match['quotient']}: below 70"
                yield Quantity(start, match.end(), self.developmental_quotient, reading, Channel.MEASURED)
            return
        for limit, id in self.rules.intelligence:
            if quotient < limit:
                yield Quantity(start, match.end(), id, f"IQ {match['quotient']}: below {limit}", Channel.MEASURED)
                return


def _group(name: str) -> str:
    return name.replace(" ", "_")


def _sharing(text: str, quantities: Sequence[tuple[str, re.Match[str]]]) -> list[tuple[str, re.Match[str]]]:
    """The last of `quantities`, and those before it up to one that a number of its own follows."""
    kept = list(quantities[-1:])
    for one, other in zip(reversed(quantities[:-1]), reversed(quantities[1:]), strict=True):
        if any(map(str.isdigit, text[one[1].end() : other[1].start()])):
            break
        kept.insert(0, one)
    return kept


def _may_be_young(subject: Subject) -> bool:
    return any(age.youngest < 2 * DAYS_IN_YEAR for age in subject.ages)


def _compared(match: re.Match[str]) -> _Compared | None:
    reading = " ".join(match.group().split())
    written = match["centile"] or match["p"]
    if written is not None or match["ordinal"] is not None:
        centile = _ORDINALS[match["ordinal"].lower()] if match["ordinal"] else float(written.replace("·", "."))
        bound = (match["bound"] or match["pbound"] or "").lower()
        below, above = _below(bound), _above(bound)
        if match["from"] and float(match["from"]) < centile:
            return _Compared(match.start(), match.end(), reading, centile=_inner(float(match["from"]), centile))
        return _Compared(match.start(), match.end(), reading, centile=centile, below=below, above=above)
    deviation = _deviation(match)
    bound = (match["sdbound"] or "").lower()
    # "more than 2 SD below" is beyond 2 on either side, and so is "-2 to -3 SD"
    outside = bool(match["sd0"]) or (bool(bound) and bool(match["side"]))
    below, above = outside or _below(bound), outside or _above(bound)
    return (
        None
        if deviation is None
        else _Compared(match.start(), match.end(), reading, deviation=deviation, below=below, above=above)
    )


def _inner(one: float, other: float) -> float:
    """The centile of a range that is nearer to the middle."""
    return min(one, other, key=lambda centile: abs(centile - 50))


def _deviation(match: re.Match[str]) -> float | None:
    """Signed; of a range the end nearer to the mean; 0 where a bound says that it is on the mean's side."""
    amount = float((match["sd"] or match["z"] or match["s"]).replace("·", "."))
    if match["sd0"]:
        amount = min(amount, float(match["sd0"].replace("·", ".")))
    sign, side = match["sign"] or match["zsign"] or match["ssign"] or match["sign0"] or "", match["side"] or ""
    bound = (match["sdbound"] or "").lower()
    negative = (sign != "" and sign in "-–−‐") or side.strip().lower() in ("below", "under")
    positive = sign == "+" or side.strip().lower() in ("above", "over")
    if match["sdbound"] is None and not negative and not positive:
        return amount if match["z"] else None
    if not negative and not positive:
        return amount if _above(bound) else None
    if not side and ((negative and _above(bound)) or (positive and _below(bound))):
        return 0.0
    return -amount if negative else amount


def _below(bound: str) -> bool:
    return bound in ("below", "less than", "under", "beneath") or "<" in bound or "≤" in bound


def _above(bound: str) -> bool:
    return bound in ("above", "greater than", "more than", "over") or ">" in bound or "≥" in bound
