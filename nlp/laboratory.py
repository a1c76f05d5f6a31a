"""Laboratory values and vital signs: what a note says of a quantity, by word, by flag, or by number and norm.

"elevated CK", "IgG was low", "lactate 5.2 mmol/l", "CK 850 U/l (normal < 170)", "TSH 0.01 (L)". A value with a norm of
the note's own is judged by that; else by the table's, and only where it is clearly beyond (Analyte.margin) for every
age and sex that may be the patient's; a word of the note decides where no number contradicts it. What cannot be judged
is returned as such. Time is linear: each name is looked at with a bounded stretch of text on either side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from importlib.resources import files

from nlp.amounts import NUMBER, UNIT, canonical_unit, number, own_norm
from nlp.analytes import Analyte, Analytes
from nlp.norms import Band, Norm, Subject, Verdict
from nlp.quantities import Quantity, Value, Whereabouts
from nlp.reading import Unjudged
from nlp.words import Tokens
from ontology.features import Channel

_BEFORE, _AFTER = 70, 130  # characters looked at on either side of a name
_JOINED = re.compile(
    r"\s?(?:,|/|&|\band\b|\bor\b|\bplus\b|,\s?and\b|as well as)\s?(?:(?:serum|plasma|total|blood|both)\s)?$"
)
_AGAIN = re.compile(r"\s?(?:levels?\s|count\s)?[(\[]\s?$")
_FLAG = re.compile(
    r"\s?(?:[(\[]\s?(?:(?P<H>HH?|high|↑+)|(?P<L>LL?|low|↓+))\s?[)\]]|(?P<up>↑+)|(?P<down>↓+)|(?P<h>\bH\b)|(?P<l>\bL\b))(?=[\s,.;)]|$)"
)
_TIMES = re.compile(
    r"[^.;\d]{0,40}?\b(?P<times>\d{1,3}(?:\.\d)?)\s?(?:-?\s?fold|x|×|times)\s(?:the\s)?"
    r"(?:upper (?:limit|range|reference)|ULN|above|higher|elevat|increas|normal)",
    re.IGNORECASE,
)
_AGAINST = {Verdict.HIGH: Verdict.LOW, Verdict.LOW: Verdict.HIGH}


@dataclass(frozen=True, slots=True)
class _Named:
    """One name in a text, with its row."""

    start: int
    end: int
    analyte: Analyte


@dataclass(frozen=True, slots=True)
class _Value:
    start: int
    end: int
    least: float
    most: float
    unit: str | None


@dataclass(frozen=True, slots=True)
class LaboratoryReader:
    """Reads the quantities of one table."""

    analytes: Analytes
    channel: Channel
    before: re.Pattern[str]
    after: re.Pattern[str]
    value: re.Pattern[str]
    next_value: re.Pattern[str]
    value_before: re.Pattern[str]
    specimen: re.Pattern[str]
    specimen_after: re.Pattern[str]
    not_a_level: re.Pattern[str]

    @classmethod
    def open(cls, language: str, table: str, channel: Channel) -> LaboratoryReader:
        """Read a table of `language` (laboratory.tsv, vital_signs.tsv) and the words that go with it."""
        folder = files("nlp") / "languages" / language
        words = json.loads((folder / "quantities.json").read_text(encoding="utf-8"))
        fillers, verbs = words["fillers"], words["verbs"]
        amount = (
            rf"(?P<bound>[<>≤≥~≈])?\s?(?P<n>{NUMBER})(?:\s?(?:-|–|—|to)\s?(?P<n2>{NUMBER}))?\s?(?P<unit>{UNIT})?(?!\d)"
        )
        compiled = re.compile
        return cls(
            analytes=Analytes.read(language, table),
            channel=channel,
            before=compiled(
                rf"(?<![\w-])(?:(?P<high>{words['high']})|(?P<low>{words['low']}))\s(?:(?:{fillers})\s){{0,4}}$",
                re.IGNORECASE,
            ),
            after=compiled(
                rf"(?:\s?[(\[][^()\[\]]{{0,40}}[)\]])?(?P<verbs>(?:\s(?:{verbs})){{0,6}}?)\s?"
                rf"(?:(?P<high>{words['high_after']})|(?P<low>{words['low_after']}))(?![\w])"
                rf"(?![- ](?:normal|risk|to|from|by|after|with|following|during|dose|in\b))",
                re.IGNORECASE,
            ),
            value=compiled(
                rf"(?:[\s:=,()\[\]—–-]|(?<![\w])(?:{verbs})(?![\w])|of\b){{0,14}}?"
                rf"(?:from {NUMBER}\s?(?:{UNIT})?\s?to\s)?(?<![\w.]){amount}",
                re.IGNORECASE,
            ),
            next_value=compiled(rf"\s?(?:,|/|;|and|,\s?and)\s?{amount}", re.IGNORECASE),
            value_before=compiled(rf"(?<![\w.,-])(?P<n>{NUMBER})\s?(?P<unit>{UNIT})\s(?:of\s)?$", re.IGNORECASE),
            specimen=compiled(
                rf"(?:(?P<urine>{words['urine']})|(?P<csf>{words['csf']})|(?P<elsewhere>{words['elsewhere']}))[\s-]"
                rf"(?:(?:{fillers})\s){{0,2}}$",
                re.IGNORECASE,
            ),
            specimen_after=compiled(
                rf"(?:\s\w+){{0,2}}?\s(?:in|on)\s(?:the\s|his\s|her\s)?(?:(?P<urine>{words['urine']})|(?P<csf>{words['csf']})|"
                rf"(?P<elsewhere>{words['elsewhere']}|MRS|spectroscopy))\b",
                re.IGNORECASE,
            ),
            not_a_level=compiled(rf"[\s/-](?:{words['not_a_level']})|\s?(?:/|-to-|\sto\s)\s?creatinine"),
        )

    @property
    def first_words(self) -> Set[str]:
        """Words in lower case, one of which begins each name."""
        return self.analytes.patterns.keys()

    def find(self, text: str, tokens: Tokens, where: Whereabouts) -> Iterator[Value]:
        """Findings and unjudged values in order of their names."""
        named = list(self._named(text, tokens))
        at, used = 0, 0
        while at < len(named):
            group = [named[at]]
            while at + 1 < len(named) and self._joined(text, named[at], named[at + 1]):
                at += 1
                group.append(named[at])
            at += 1
            until = min(named[at].start if at < len(named) else len(text), group[-1].end + _AFTER)
            until = min(until, where.sentence(group[-1].end - 1)[1])
            told, used = self._read(text, group, until, used, where)
            yield from told

    def _named(self, text: str, tokens: Tokens) -> Iterator[_Named]:
        patterns, end = self.analytes.patterns, 0
        for start, surface in zip(tokens.starts, tokens.surfaces, strict=True):
            word = surface.lower()
            if word not in patterns or start < end or (start and (text[start - 1].isalnum() or text[start - 1] == "-")):
                continue
            found = self.analytes.match(text, start, word)
            if found is None:
                continue
            match, rows = found
            specimen = self._specimen(text, start, match.end())
            if specimen in rows and not self.not_a_level.match(text, match.end()):
                yield _Named(start, match.end(), rows[specimen])
                end = match.end()

    def _specimen(self, text: str, start: int, end: int) -> str:
        match = self.specimen.search(text, max(0, start - 40), start) or self.specimen_after.match(text, end, end + 40)
        return (match.lastgroup or "blood") if match is not None else "blood"

    def _joined(self, text: str, one: _Named, other: _Named) -> bool:
        between = text[one.end : other.start]
        if len(between) > 25:
            return False
        return _JOINED.match(between) is not None or (
            one.analyte is other.analyte and _AGAIN.match(between) is not None
        )

    def _read(
        self, text: str, group: Sequence[_Named], until: int, used: int, where: Whereabouts
    ) -> tuple[list[Value], int]:
        """What is told of names that stand together; and how far the text is used up."""
        distinct = [n for at, n in enumerate(group) if at == 0 or n.analyte is not group[at - 1].analyte]
        before = self.before.search(text, max(used, group[0].start - _BEFORE), group[0].start)
        after = self.after.match(text, group[-1].end, until)
        if after is not None and not self._speaks(after):
            after = None
        word, first, last = _stated(before, after, group)
        values = self._values(text, group[-1].end, until, len(distinct))
        if len(distinct) == 1 and values and not self._belongs(text, values[0], distinct[0].analyte, until):
            values = []
        if not values and len(distinct) == 1:
            match = self.value_before.search(text, max(used, group[0].start - 30), group[0].start)
            if match is not None and canonical_unit(match["unit"]) in distinct[0].analyte.units:
                values = [_amount(match, bound="")]
        told: list[Value] = []
        used = max(used, last)
        for at, named in enumerate(distinct):
            value = values[at] if at < len(values) else None
            start = min(named.start, value.start) if value else named.start
            subject = where.subject(start)
            item = self._judge(text, named, value, word, (first, last), subject, until)
            if item is not None:
                told.append(item)
                used = max(used, item.end)
            elif value is not None:
                used = max(used, value.end)
        return told, used

    def _belongs(self, text: str, value: _Value, analyte: Analyte, until: int) -> bool:
        """Whether a value may be the analyte's: in a unit of it, in none, or with a norm of the note's own."""
        if value.unit is None or value.unit in analyte.units:
            return True
        return own_norm(text, value.end, min(until, value.end + 70), value.unit, analyte.units) is not None

    def _speaks(self, after: re.Match[str]) -> bool:
        """Whether a word behind a name tells its level: "increased" alone may be a verb, "was increased" is none."""
        changing = (after["high"] or after["low"]).lower() in ("decreased", "reduced", "increased", "diminished")
        return (
            not changing
            or re.search(r"\b(?:was|were|is|are|be|been|remained|found|appeared)\b", after["verbs"]) is not None
        )

    def _values(self, text: str, start: int, until: int, wanted: int) -> list[_Value]:
        """The values behind names: one for one, or as many as there are names."""
        match = self.value.match(text, start, until)
        values: list[_Value] = []
        while match is not None:
            values.append(_amount(match, match["bound"] or ""))
            match = self.next_value.match(text, match.end(), until) if len(values) < wanted else None
        if len(values) != wanted:
            return []
        unit = values[-1].unit
        return [v if v.unit else _Value(v.start, v.end, v.least, v.most, unit) for v in values]

    def _judge(
        self,
        text: str,
        named: _Named,
        value: _Value | None,
        word: Verdict | None,
        stated: tuple[int, int],
        subject: Subject,
        until: int,
    ) -> Value | None:
        analyte = named.analyte
        start, end = min(named.start, stated[0]), max(named.end, stated[1])
        if value is None or value.unit is None:
            times = _TIMES.match(text, named.end, until)
            if times is not None and analyte.high is not None and float(times["times"]) >= 1.5:
                reading = f"{analyte.name} {times['times']} times the norm"
                return Quantity(start, times.end(), analyte.high.id, reading, self.channel)
        if value is None:
            return self._by_word(analyte, word, start, end)
        own = own_norm(text, value.end, min(until, value.end + 70), value.unit, analyte.units)
        flag = _FLAG.match(text, own.end if own else value.end, until)
        start, end = min(start, value.start), max(end, own.end if own else value.end, flag.end() if flag else 0)
        amount = f"{analyte.name} {' '.join(text[value.start : value.end].split())}"
        if own is not None:
            verdict, why = Norm((_own_band(own.low, own.high),)).judge(value.least, value.most, Subject(), 0.0)
            norm = f"by the note's own norm {own.written}"
        elif flag is not None:
            verdict, why, norm = _flagged(flag), "", "by the note's own flag"
        else:
            scale = analyte.amount(1.0, value.unit) if value.unit else None
            if scale is None:
                return self._by_word(analyte, word, start, end)
            low, high = analyte.amount(value.least, value.unit or ""), analyte.amount(value.most, value.unit or "")
            verdict, why = analyte.norm.judge(low or 0.0, high or 0.0, subject, analyte.margin)
            norm = f"{why} {analyte.unit} ({analyte.source})"
        if verdict in _AGAINST and word is not _AGAINST[verdict]:
            return self._found(analyte, verdict, value, start, end, f"{amount}: {verdict}, {norm}")
        if word is not None and verdict is Verdict.UNSURE:
            return self._by_word(analyte, word, start, end)
        if verdict is Verdict.UNSURE:
            return Unjudged(start, end, amount, why)
        return None

    def _found(
        self, analyte: Analyte, verdict: Verdict, value: _Value, start: int, end: int, reading: str
    ) -> Quantity | None:
        finding = analyte.finding(verdict)
        if finding is None:
            return None
        extreme = value.least if verdict is Verdict.HIGH else value.most
        amount = analyte.amount(extreme, value.unit) if value.unit else None
        id = finding.at(verdict, amount) if amount is not None else finding.id
        return Quantity(start, end, id, reading, self.channel)

    def _by_word(self, analyte: Analyte, word: Verdict | None, start: int, end: int) -> Quantity | None:
        finding = analyte.finding(word) if word is not None else None
        if finding is None:
            return None
        return Quantity(start, end, finding.id, f"{analyte.name} said to be {word}", self.channel, by_word=True)


def _stated(
    before: re.Match[str] | None, after: re.Match[str] | None, group: Sequence[_Named]
) -> tuple[Verdict | None, int, int]:
    """The word's verdict and the span of names and word; a word before goes before one behind."""
    for match in (before, after):
        if match is not None:
            verdict = Verdict.HIGH if match["high"] else Verdict.LOW
            return verdict, min(match.start(), group[0].start), max(match.end(), group[-1].end)
    return None, group[0].start, group[-1].end


def _amount(match: re.Match[str], bound: str) -> _Value:
    groups = match.groupdict()
    least = number(match["n"])
    most = number(groups["n2"]) if groups.get("n2") else least
    least, most = min(least, most), max(least, most)
    if bound in ("<", "≤"):
        least = 0.0
    elif bound in (">", "≥"):
        most = float("inf")
    unit = canonical_unit(match["unit"]) if match["unit"] else None
    return _Value(match.start("n") if not bound else match.start("bound"), match.end(), least, most, unit)


def _own_band(low: float | None, high: float | None) -> Band:
    return Band(0.0, None, low, high)


def _flagged(flag: re.Match[str]) -> Verdict:
    return Verdict.HIGH if flag["H"] or flag["up"] or flag["h"] else Verdict.LOW
