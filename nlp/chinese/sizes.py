"""Sizes of the body in Chinese notes: compared by the note (<P3, -2.6SD, 低于第3百分位), or judged by the WHO's.

Limits are those of nlp.measurements: 2 SD, the 3rd and 97th centile, at birth the 10th and 90th for weight.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from nlp import growth
from nlp.amounts import NUMBER, number
from nlp.chinese.clauses import Clauses
from nlp.chinese.laboratory import Told
from nlp.growth import adult_bmi, is_adult
from nlp.norms import DAYS_IN_YEAR, AgeSpan, Subject, Verdict
from nlp.quantities import Quantity
from nlp.reading import Unjudged
from ontology.features import Channel, PatientSex

_QUANTITIES = {
    "head circumference": r"头围|hc|ofc",
    "height": r"身高|身长|体长|ht|bh|个子",
    "weight": r"体重|wt|bw",
    "body mass index": r"bmi|体质指数|体重指数|身体质量指数",
}
#: Tried only at the first signs of its words.
_NAME = re.compile(
    f"(?=[{''.join(word[0] for words in _QUANTITIES.values() for word in words.split('|'))}])(?:"
    + "|".join(f"(?P<{name.replace(' ', '_')}>(?:{words})(?![a-z]))" for name, words in _QUANTITIES.items())
    + ")"
)
_BIRTH = re.compile(r"(?:出生时?|生时|生后即测)\s?$")
_BOUND = r"小于|低于|不足|不到|未达|在|<|≤|大于|高于|超过|>|≥"
_COMPARED = re.compile(
    rf"(?P<bound>{_BOUND})?\s?(?:同龄(?:同性别)?(?:儿童)?(?:的)?)?(?:第\s?)?p\s?(?P<p>\d{{1,2}}(?:\.\d)?)(?!\d|:|-)\s?(?P<side>以下|以上)?"
    rf"|(?P<bound2>{_BOUND})?\s?(?:同龄(?:同性别)?(?:儿童)?(?:的)?)?(?:第\s?)?(?P<centile>\d{{1,2}}(?:\.\d)?)\s?(?:th|rd|nd|个?百分位(?:数)?)\s?(?:数|线|值)?(?P<side2>以下|以上)?"
    rf"|(?P<sdbound>{_BOUND})?\s?(?:均值|平均(?:值|数)|同龄(?:儿|人)?(?:均值)?)?\s?(?P<sign>[-+])\s?(?P<sd>\d(?:\.\d{{1,2}})?)(?:\s?[~-]+\s?-?\d(?:\.\d)?)?\s?(?:sds?|个?标准差)(?P<side3>以下|以上)?"
    rf"|(?P<zbound>[<>])\s?(?P<zsd>\d(?:\.\d{{1,2}})?)\s?sds?"
    rf"|z(?:值|评分|-score|分)?\s?[:=]?\s?(?P<zsign>[-+])\s?(?P<z>\d{{1,2}}(?:\.\d{{1,2}})?)"
    rf"|(?P<worded>低于|小于|高于|大于)(?:均值|平均(?:值|数)|同龄(?:儿|儿童|人)?(?:均值|平均值|平均水平)?)\s?(?P<sd2>\d(?:\.\d{{1,2}})?)\s?(?:个)?(?:sds?|标准差)"
)
_BARE = {
    "head circumference": re.compile(rf"(?:[\s:=约为是仅达]){{0,4}}(?P<n>{NUMBER})\s?(?P<unit>cm|公分|厘米|mm)"),
    "height": re.compile(rf"(?:[\s:=约为是仅达]){{0,4}}(?P<n>{NUMBER})\s?(?P<unit>cm|公分|厘米|m(?![a-z]))"),
    "weight": re.compile(rf"(?:[\s:=约为是仅达]){{0,4}}(?P<n>{NUMBER})\s?(?P<unit>kg|公斤|千克|g(?![a-z])|公克|克|斤)"),
    "body mass index": re.compile(rf"(?:[\s:=约为是仅达]){{0,4}}(?P<n>{NUMBER})(?:\s?kg/m[2²])?"),
}
_UNITS = {
    "cm": 1.0,
    "公分": 1.0,
    "厘米": 1.0,
    "mm": 0.1,
    "m": 100.0,
    "kg": 1.0,
    "公斤": 1.0,
    "千克": 1.0,
    "g": 0.001,
    "公克": 0.001,
    "克": 0.001,
    "斤": 0.5,
}
#: The last relative in the sentence before a size, who is grown up.
_PARENT = re.compile(r"(?P<male>父|爸|爷|舅|叔|伯)|(?P<female>母(?!孕|乳)|妈|奶奶|姨|姑|外婆)")
_OTHERS = re.compile(r"[。;\n]|患|孩|宝宝|哥|姐|弟|妹|儿|女")
_PARENT_REACH = 24
_GROWN_UP = 30 * DAYS_IN_YEAR
_NUMBERED = re.compile(r"\d|[a-z]{2}")
_REACH = 40  # characters between a size and what it is compared with
_SD_LIMIT, _CENTILES, _BIRTH_WEIGHT_CENTILES = 2.0, (3.0, 97.0), (10.0, 90.0)
_SEVERELY_SHORT = (-3.0, "HP:0003510")
#: From 5 to 19 years the WHO calls a body mass index above 2 SD obesity; doi:10.2471/BLT.07.043497 (unverified).
_OBESITY, _OBESE_FROM = "HP:0001513", 5 * DAYS_IN_YEAR
_LESS = ("小于", "低于", "不足", "不到", "未达", "<", "≤")
_MORE = ("大于", "高于", "超过", ">", "≥")


@dataclass(frozen=True, slots=True)
class _Size:
    """A size named at `start`, whose number, if one is told, ends at `end`."""

    start: int
    end: int
    name: str
    at_birth: bool


@dataclass(frozen=True, slots=True)
class ChineseSizes:
    """Reads heights, weights, heads and body mass indices."""

    findings: dict[str, dict[str, str]]
    adult: dict[str, str]

    @classmethod
    def open(cls) -> ChineseSizes:
        """With the terms of languages/en/measurements.json, which are those of any language."""
        given = json.loads((files("nlp") / "languages" / "en" / "measurements.json").read_text(encoding="utf-8"))
        return cls(given["findings"], given["adult_body_mass_index"])

    def find(self, text: str, clauses: Clauses, subject: Subject) -> Iterator[Told]:
        """What sizes tell, sentence by sentence."""
        waiting: list[_Size] = []
        for match in _NAME.finditer(text):
            if text[match.start()].isascii() and text[max(0, match.start() - 1) : match.start()].isalpha():
                continue  # "wt" inside a word
            size = self._size(text, match)
            _, until = clauses.sentence(match.start())
            following = _NAME.search(text, size.end, min(until, size.end + _REACH))
            stop = following.start() if following else min(until, size.end + _REACH)
            compared = self._comparison(text, size, match.end(), stop)
            waiting = [other for other in waiting if self._same_list(text, other, size)]
            waiting.append(size)
            if compared is None:
                if following is None:
                    yield from self._bare_ones(text, waiting, subject)
                    waiting = []
                continue
            shared = "均" in text[size.end : compared.start()] or "都" in text[size.end : compared.start()]
            for other in waiting:
                if other is size or shared or self._is_of_list(text, other, size):
                    yield from self._compared(other, compared)
                else:
                    yield from self._bare_ones(text, [other], subject)
            waiting = []
        yield from self._bare_ones(text, waiting, subject)

    def _is_of_list(self, text: str, other: _Size, size: _Size) -> bool:
        """Whether a size without a number of its own is listed right before the one that is compared."""
        named = text[other.start : size.start].rstrip("、,及和 ")
        return other.end == other.start + len(named) and not any(map(str.isdigit, named))

    def _comparison(self, text: str, size: _Size, named: int, stop: int) -> re.Match[str] | None:
        """What a size is compared with: what stands behind it, but not behind another number, whose it would be."""
        for compared in (_COMPARED.match(text, named, stop), _COMPARED.search(text, size.end, stop)):
            if compared is not None and not _NUMBERED.search(text, size.end, compared.start()):
                return compared
        return None

    def _size(self, text: str, match: re.Match[str]) -> _Size:
        name = next(name for name in _QUANTITIES if match[name.replace(" ", "_")])
        bare = _BARE[name].match(text, match.end())
        birth = _BIRTH.search(text, max(0, match.start() - 5), match.start())
        start = birth.start() if birth else match.start()
        return _Size(start, bare.end() if bare else match.end(), name, birth is not None)

    def _same_list(self, text: str, one: _Size, other: _Size) -> bool:
        return re.fullmatch(r"[、,及和 ]*", text[one.end : other.start]) is not None

    def _compared(self, size: _Size, match: re.Match[str]) -> Iterator[Told]:
        verdict, deviation = _verdict(match, size)
        id = self.findings[size.name].get(f"{verdict} at birth" if size.at_birth else str(verdict))
        if size.name == "body mass index" and verdict is Verdict.HIGH:
            id = _OBESITY  # above the 97th centile, and so above the 95th that pediatricians call obesity
        limit, severe = _SEVERELY_SHORT
        if size.name == "height" and not size.at_birth and deviation is not None and deviation < limit:
            id = severe
        if id is not None:
            reading = f"{size.name} {match.group().strip()}"
            yield Told(Quantity(size.start, match.end(), id, reading, Channel.MEASURED))

    def _bare_ones(self, text: str, sizes: list[_Size], subject: Subject) -> Iterator[Told]:
        for size in sizes:
            told = self._bare(text, size, subject)
            if told is not None:
                yield told

    def _bare(self, text: str, size: _Size, patient: Subject) -> Told | None:
        """A size with no comparison, by the WHO's references; at birth there is none."""
        subject = _of_parent(text, size.start) or patient
        for at in range(size.start, size.end):
            match = _BARE[size.name].match(text, at)
            if match is not None and match.end() == size.end:
                break
        else:
            return None
        amount = number(match["n"]) * _UNITS.get(match.groupdict().get("unit") or "", 1.0)
        written = f"{size.name} {match.group().strip(' :=约为是仅达')}"
        if size.at_birth:
            return Told(Unjudged(size.start, size.end, written, "there is no norm for sizes at birth"))
        if size.name == "body mass index" and is_adult(subject):
            kind = adult_bmi(amount)
            if kind is None:
                return None
            return Told(Quantity(size.start, size.end, self.adult[kind], f"{written}: {kind}", Channel.MEASURED))
        verdict, why = growth.judge(size.name, amount, subject)
        id = self.findings[size.name].get(str(verdict))
        limit, severe = _SEVERELY_SHORT
        if size.name == "height" and verdict is Verdict.LOW and growth.is_below(size.name, amount, subject, limit):
            id = severe
        if size.name == "body mass index" and verdict is Verdict.HIGH and subject.ages[0].youngest >= _OBESE_FROM:
            id = _OBESITY
        if id is not None:
            return Told(Quantity(size.start, size.end, id, f"{written}: {why}", Channel.MEASURED))
        return Told(Unjudged(size.start, size.end, written, why)) if verdict is Verdict.UNSURE else None


def _of_parent(text: str, at: int) -> Subject | None:
    """A grown-up of the sex of the parent, grandparent, uncle or aunt whose size stands at `at`; None for others."""
    before = list(_PARENT.finditer(text, max(0, at - _PARENT_REACH), at))
    told = before[-1] if before else None
    if told is None or _OTHERS.search(text, told.end(), at):
        return None
    sex = PatientSex.MALE if told["male"] else PatientSex.FEMALE
    return Subject((AgeSpan(_GROWN_UP, _GROWN_UP),), sex)


def _verdict(match: re.Match[str], size: _Size) -> tuple[Verdict, float | None]:
    """Where a size lies by the note's own comparison, and its standard deviations where they are told."""
    bound = match["bound"] or match["bound2"] or match["sdbound"] or match["worded"] or ""
    side = match["side"] or match["side2"] or match["side3"] or ""
    below, above = bound in _LESS or side == "以下", bound in _MORE or side == "以上"
    centile = match["p"] or match["centile"]
    if centile is not None:
        low, high = _BIRTH_WEIGHT_CENTILES if size.at_birth and size.name == "weight" else _CENTILES
        at = float(centile)
        if not above and (at < low or (below and at <= low)):
            return Verdict.LOW, None
        return (Verdict.HIGH if not below and (at > high or (above and at >= high)) else Verdict.WITHIN), None
    if match["zsd"]:
        deviation = float(match["zsd"]) * (-1 if match["zbound"] == "<" else 1)
    elif match["z"]:
        deviation = float(match["z"]) * (-1 if match["zsign"] == "-" else 1)
    elif match["sd2"]:
        deviation = float(match["sd2"]) * (-1 if below else 1)
    else:
        deviation = float(match["sd"]) * (-1 if match["sign"] == "-" else 1)
    if deviation <= -_SD_LIMIT:
        return Verdict.LOW, deviation - (0.001 if below else 0)
    return (Verdict.HIGH if deviation >= _SD_LIMIT else Verdict.WITHIN), deviation
