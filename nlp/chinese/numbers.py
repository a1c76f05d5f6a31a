"""Findings that a number tells in a phrase of its own: 肝肋下4cm, IQ 45, BP 165/110mmHg, 骨龄5.5岁, 1岁8月独走.

Phrases with their limits are rows of `languages/zh/numbers.tsv` and `languages/zh/milestones.tsv`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from nlp.amounts import NUMBER
from nlp.amounts import number as amount_of
from nlp.chinese.laboratory import Told
from nlp.chinese.needed_words import needed_words
from nlp.chinese.told_age import number
from nlp.norms import DAYS_IN_YEAR, Subject
from nlp.quantities import Quantity
from nlp.vital_signs import judge_pressure
from ontology.features import Channel

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_LIMIT = re.compile(r"(>=|<=|>|<)([\d.]+)$")
_PRESSURE = re.compile(
    r"(?:血压|(?<![a-z])bp)(?:最高|约|为|:|=|\s|\(|升高|偏高|达|波动于|卧位|右上肢){0,6}(?P<systolic>\d{2,3})\s?/\s?(?P<diastolic>\d{2,3})"
    r"\s?(?P<unit>mmhg)?(?P<centile>)"
)
_BONE_AGE = re.compile(rf"骨龄(?:约|为|相当于|示|:|=|\s|评估|g-p法)*(?P<n>{NUMBER})\s?岁(?!组)(?P<half>半)?")
_DELAYED, _ADVANCED = "HP:0002750", "HP:0005616"
#: Two years from the age; unverified (two standard deviations are less in small children).
_BONE_AGE_YEARS = 2.0
#: An age and what may stand between it and what was reached then.
_REACHED_AT = (
    r"(?:(?P<years>\d{1,2}|[一二两三四五六七八九])岁(?P<half>半)?(?:(?P<months>\d{1,2}|[一二三四五六七八九十]{1,2})个?月)?"
    r"|(?P<only>\d{1,2}|[一二三四五六七八九十]{1,3})(?:个?月龄?)(?P<halfmonth>半)?)"
    r"(?:多|余)?(?:时|才|方|始|后|能|会|可|开始|学会|左右|勉强|逐渐|仅|刚){0,4}"
)
_AT = r"(?:于|时间|:)?(?P<only>\d{1,2})个?月(?![前后来余])"
#: Where such ages may begin, looked for once for all milestones and only beside characters of theirs: that took as long
#: as all else that numbers tell.
_AGE_BEGINS = r"[\d一二两三四五六七八九十](?=[\d一二三四五六七八九十]{{0,2}}(?:岁|个?月)[^,。;\n]{{0,30}}?[{letters}])"
_TURNED_AT = r"[{letters}](?:于|时间|:)?\d{{1,2}}个?月"
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    holds: Callable[[float, float], bool]
    limit: float
    written: str
    phrase: re.Pattern[str]
    needed: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class _Milestone:
    id: str
    months: float
    phrase: re.Pattern[str]
    turned: re.Pattern[str]  # the words first: 独走27月
    source: str


@dataclass(frozen=True, slots=True)
class NumberReader:
    """Reads phrases whose number is compared with a limit, and milestones told with their age."""

    rules: tuple[_Rule, ...]
    milestones: tuple[_Milestone, ...]
    needed: Mapping[str, tuple[str, ...]]  # words of all rules, by their first characters
    firsts: frozenset[str]
    needing: Mapping[str, tuple[int, ...]]  # rows of `rules` by the words of which they need one; "" for those of none
    reached_at: re.Pattern[str]
    turned_at: re.Pattern[str]

    @classmethod
    def open(cls) -> NumberReader:
        """Read the rows; raises ValueError for one that is none."""
        rules = tuple(map(_rule, _lines("numbers.tsv")))
        needing: dict[str, tuple[int, ...]] = {"": ()}
        for row, rule in enumerate(rules):
            for word in rule.needed or ("",):
                needing[word] = (*needing.get(word, ()), row)
        needed: dict[str, tuple[str, ...]] = {}
        for word in sorted(needing.keys() - {""}):
            needed[word[0]] = (*needed.get(word[0], ()), word)
        rows = _lines("milestones.tsv")
        letters = "".join(sorted({letter for row in rows for letter in _HAN.findall(row.split("\t")[2])}))
        reached_at, turned_at = (re.compile(pattern.format(letters=letters)) for pattern in (_AGE_BEGINS, _TURNED_AT))
        return cls(rules, tuple(map(_milestone, rows)), needed, frozenset(needed), needing, reached_at, turned_at)

    def find(self, text: str, subject: Subject) -> Iterator[Told]:
        """What numbers tell; of several limits for one phrase the first that holds."""
        seen: set[int] = set()
        # A note has the words of one rule in ten, and each expression that is tried costs as much as a finding.
        firsts = self.firsts.intersection(text)
        words = ["", *(word for first in firsts for word in self.needed[first] if word in text)]
        met: dict[re.Pattern[str], list[re.Match[str]]] = {}  # a phrase with several limits is looked for once
        for row in sorted({row for word in words for row in self.needing[word]}):
            rule = self.rules[row]
            if rule.phrase not in met:
                met[rule.phrase] = [*rule.phrase.finditer(text)]
            for match in met[rule.phrase]:
                amount = amount_of(match["n"])
                if match.start() not in seen and rule.holds(amount, rule.limit):
                    seen.add(match.start())
                    reading = f"{' '.join(match.group().split())}: {rule.written} ({rule.source})"
                    yield Told(Quantity(match.start(), match.end(), rule.id, reading, Channel.MEASURED))
        for match in _PRESSURE.finditer(text) if "血压" in text or "bp" in text else ():
            judged = judge_pressure(match, subject)
            if judged is not None:
                yield Told(judged)
        yield from self._bone_ages(text, subject)
        yield from self._late(text)

    def _bone_ages(self, text: str, subject: Subject) -> Iterator[Told]:
        if len(subject.ages) != 1:
            return
        youngest, oldest = subject.ages[0].youngest / DAYS_IN_YEAR, subject.ages[0].oldest / DAYS_IN_YEAR
        for match in _BONE_AGE.finditer(text):
            bones = amount_of(match["n"]) + (0.5 if match["half"] else 0)
            id = (
                _DELAYED
                if bones <= youngest - _BONE_AGE_YEARS
                else _ADVANCED
                if bones >= oldest + _BONE_AGE_YEARS
                else None
            )
            if id is not None:
                reading = f"bone age {bones:g} years at {youngest:.1f} years (limit unverified)"
                yield Told(Quantity(match.start(), match.end(), id, reading, Channel.MEASURED))

    def _late(self, text: str) -> Iterator[Told]:
        """Milestones reached later than by nearly all children."""
        ages = [match.start() for match in self.reached_at.finditer(text)]
        turned = self.turned_at.search(text) is not None
        for milestone in self.milestones if ages or turned else ():
            behind = 0
            for at in ages:
                match = milestone.phrase.match(text, at) if at >= behind else None
                if match is None:
                    continue
                behind = match.end()
                yield from _if_late(milestone, match, _months(match))
            for match in milestone.turned.finditer(text) if turned else ():
                yield from _if_late(milestone, match, number(match["only"]))


def _if_late(milestone: _Milestone, match: re.Match[str], months: float) -> Iterator[Told]:
    if months > milestone.months:
        reading = f"at {months:g} months: later than {milestone.months:g} ({milestone.source})"
        yield Told(Quantity(match.start(), match.end(), milestone.id, reading, Channel.MEASURED))


def _months(match: re.Match[str]) -> float:
    """The age that a milestone was reached at."""
    if match["only"]:
        return number(match["only"]) + (0.5 if match["halfmonth"] else 0)
    months = 12 * number(match["years"]) + (6 if match["half"] else 0)
    return months + (number(match["months"]) if match["months"] else 0)


def _lines(name: str) -> list[str]:
    lines = (files("nlp") / "languages" / "zh" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _milestone(line: str) -> _Milestone:
    id, months, words, source = line.split("\t")
    phrase = re.compile(f"{_REACHED_AT}(?:{words})")
    return _Milestone(id, float(months), phrase, re.compile(f"(?:{words}){_AT}"), source)


def _rule(line: str) -> _Rule:
    id, limit, phrase, source = line.split("\t")
    compared = _LIMIT.match(limit)
    if compared is None:
        raise ValueError(f"{limit!r} is no limit.")
    return _Rule(
        id,
        _COMPARE[compared[1]],
        float(compared[2]),
        limit,
        re.compile(phrase.replace("N", f"(?P<n>{NUMBER})", 1)),
        needed_words(phrase.replace("N", "\\d", 1)),
        source,
    )
