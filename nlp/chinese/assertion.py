"""What a Chinese note says of a finding: observed, excluded, uncertain, of a relative, historical or hypothetical.

A cue acts inside its clause and over lists (、及 和 或), some over commas. The nearest person before bears a finding.
Fitted to the open notes of tests/nlp/zh (benchmarks.chinese).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from nlp.chinese.bearers import Bearers
from nlp.chinese.clauses import Clauses
from nlp.chinese.courses import Courses
from nlp.chinese.lexicon import Hit
from nlp.chinese.rules import Cue, mask
from nlp.chinese.selection import Found, Selection, mask_of
from nlp.norms import Subject
from nlp.sections import PAST_HISTORY, PLAN, Section, section_of
from ontology.features import Assertion

_REACH = 14  # characters of no finding between a cue and what it acts on
#: Characters that are mostly parts of other words deny what stands right behind them.
_SHORT = frozenset("不非没")
_NEXT = 1
_COMMAS = re.compile(r"[^。;!?\n:]*")
#: Characters beyond which no cue acts; they also bound the work on endless sentences.
_BEFORE, _BEHIND = 400, 80
_AFTER_REACH = 4  # characters between a finding and what is said of it behind
_LONGEST_LIST = 12
_EARLIER = "既往"  # begins a list of what was: 既往湿疹，牛奶过敏
_HISTORY = ("史", "术后", "修补术", "矫正术", "修补", "根治")  # ends of wordings that tell of what was
#: Ends of wordings that tell of a screening that was not passed, which settles nothing.
_SCREENED = ("未通过", "未过", "没通过", "没过", "不通过", "refer")
_PERIODS = ("新生儿期", "婴儿期", "婴幼儿期", "幼时", "幼年", "小时候")
_EXAMINED_REACH = 16
#: How an examination may stand between a finding and its result: 颅内出血：头颅B超未见.
_EXAMINED = re.compile(r":\s?[\u4e00-\u9fffa-z]{0,10}\s?")
_SIDE = re.compile(r"[双左右两侧均各 :的性征]*(?:试验)?")
_LIST = re.compile(r"[、/及和与或以]{1,2}")


class Asserted(NamedTuple):
    """What is said of a finding, and the characters (start, end) of the words that say so."""

    assertion: Assertion
    cue: tuple[int, int] | None = None


_ENDED = (
    r"手术|修补|矫正|矫形|根治|切除|封堵|补好|治愈|痊愈|自愈|消退"
    r"|结扎|固定术|成形术|植骨|松解|吻合|开刀|拔除|造口|分离术"
)
#: What was operated on or went away, here or in the next clause: 足内翻、腭裂，均已手术; 浮肿，1岁后消退.
_AGE = r"[\d一二三四五六七八九十半]{1,3}(?:岁|个?月|周|天)"
_OVER = re.compile(
    rf"(?:[、及和][^,。;、]{{1,10}}){{0,3}}(?:[^,。;、\n]{{0,10}}?(?P<at>{_ENDED})"
    rf"|[^,。;、\n]{{0,4}},?(?:均|都|现|目前|于|{_AGE}[时大]?)?(?:已|曾|后来|{_AGE}[后大时]?|石膏)(?:于)?"
    rf"(?:{_AGE}[后大时]?)?(?:行|已|即|自行|接受|做咗|做了|做过|开)?"
    rf"(?P<then>{_ENDED}|消失|缓解|好转|好了|恢复|不明显))"
)
_EARLIER_ON = ("既往", "既往有", "以前", "从前", "过去", "病史有")
#: 皮肤黄过 tells of what is over; 抽搐过多 does not.
_ONCE = re.compile(r"过(?=[,。;、!\n]|\s|\d|[一二两三四五六好几多半]|$)")
_YEARS = re.compile(r"\s?(?:[\d一二三四五六七八九十]{1,3}|数|多)\s?余?年")
_PLANNED = re.compile("建议|拟|需|待|考虑|术前|暂不|未|不能|可行")
_OBSERVED = Asserted(Assertion.OBSERVED)
#: Where what it tells of may end; of each finding that is asked first. The words stand at most this far behind it.
_ENDING = re.compile(rf"{_ENDED}|消失|缓解|好转|好了|恢复|不明显")
_ENDING_REACH = 90
_PERSONS = mask(Cue.RELATIVE, Cue.PATIENT, Cue.CHILD)
_FAMILY_AFTER, _TERMINATES = mask(Cue.FAMILY_AFTER), mask(Cue.TERMINATION)
_DENIES_LIST, _DENIES_BEFORE = mask(Cue.NEGATION_OF_LIST), mask(Cue.NEGATION_AFTER)
_DENIES = mask(Cue.NEGATION) | _DENIES_LIST
_ENDS_DOUBT = _DENIES | _TERMINATES
_DOUBTS = (
    (mask(Cue.HYPOTHETICAL), mask(Cue.HYPOTHETICAL_AFTER), Assertion.HYPOTHETICAL),
    (mask(Cue.UNCERTAIN), mask(Cue.UNCERTAIN_AFTER), Assertion.UNCERTAIN),
    (mask(Cue.HISTORICAL), mask(Cue.HISTORICAL_AFTER), Assertion.HISTORICAL),
)
_DOUBTS_BEHIND = mask(Cue.HYPOTHETICAL, Cue.UNCERTAIN, Cue.HISTORICAL)
_DOUBTS_BEFORE = mask(Cue.HYPOTHETICAL_AFTER, Cue.UNCERTAIN_AFTER, Cue.HISTORICAL_AFTER)


class _Around(NamedTuple):
    """A finding, the cues of its sentence before it, the nearest first, the one right behind it, and its place."""

    finding: Found
    before: list[Hit]
    behind: Hit | None
    behind_may: int  # what that one may say, as CueSet.mask
    section: Section | None
    sentence: int


@dataclass(frozen=True, slots=True)
class ChineseAssertions:
    """Reads the assertions of one note's findings."""

    selection: Selection
    clauses: Clauses
    sections: list[Section]
    courses: Courses
    bearers: Bearers
    ordered: list[Found]  # by position
    starts: list[int]  # of `ordered`
    ends: list[int]  # first characters of words that may end what they stand behind, ascending

    @classmethod
    def of(
        cls, selection: Selection, clauses: Clauses, sections: list[Section], subject: Subject, courses: Courses
    ) -> ChineseAssertions:
        """For the findings kept in `selection`."""
        ordered = sorted(selection.found, key=attrgetter("start", "end"))
        bearers = Bearers(selection.text, clauses, subject, courses)
        ends = [match.start() for match in _ENDING.finditer(selection.text)]
        starts = [one.start for one in ordered]
        return cls(selection, clauses, sections, courses, bearers, ordered, starts, ends)

    def read(self, finding: Found) -> Asserted:
        """What the note says of one finding."""
        around = self._around(finding)
        relative = self._relative(around)
        # What a number tells is not denied by what stands around it: ABR双耳90dB未引出.
        denial = finding.denial if finding.excluded or finding.reading is not None else self._denial(around)
        if relative is not None:
            # That no relative has it says nothing of the patient, so it is neither excluded nor a relative's finding.
            return Asserted(Assertion.HYPOTHETICAL, denial) if denial else Asserted(Assertion.FAMILY, relative)
        asserted = Asserted(Assertion.EXCLUDED, denial) if denial is not None else self._unsure(around)
        if finding.said is not None and asserted.assertion is Assertion.OBSERVED:
            return Asserted(*finding.said)
        return asserted

    def _around(self, finding: Found) -> _Around:
        section = section_of(self.sections, finding.start) if self.sections else None
        low, high = self.clauses.sentence(finding.start)
        before = self.selection.cues_between(max(low, finding.start - _BEFORE), finding.start)
        before.reverse()
        behind = self._behind(finding, min(high, finding.end + _BEHIND))
        return _Around(finding, before, behind, mask_of(behind) if behind else 0, section, low)

    def _relative(self, around: _Around) -> tuple[int, int] | None:
        """The words that name the relative whose finding it is; None for the patient's."""
        behind = around.behind
        if behind is not None and around.behind_may & _FAMILY_AFTER:
            return behind.start, behind.end
        persons = [cue for cue in around.before if mask_of(cue) & _PERSONS]
        if not persons and around.section is None:
            return None
        return self.bearers.relative(around.finding, persons, around.section, around.sentence)

    def _denial(self, around: _Around) -> tuple[int, int] | None:
        """The cue that denies the finding."""
        for cue in around.before:
            may = mask_of(cue)
            if may & _DENIES:
                if self._reaches(cue, around.finding, over_commas=may & _DENIES_LIST > 0):
                    return cue.start, cue.end
                break
            if may & _TERMINATES:
                break
        behind = around.behind
        if behind is not None and around.behind_may & _DENIES_BEFORE and self._looks_back(behind):
            return behind.start, behind.end
        return None

    def _looks_back(self, cue: Hit) -> bool:
        """Whether a denial behind a finding denies that, and not what follows: 无 in A无B denies B."""
        text = self.selection.text
        return text[cue.start] not in "无没未" or cue.end >= len(text) or text[cue.end] in "。,;)\n "

    def _reaches(self, cue: Hit, finding: Found, over_commas: bool) -> bool:
        """Whether a cue before a finding acts on it: nothing ends it between, and few other words stand there."""
        text = self.selection.text
        clause, _ = self.clauses.clause(finding.start)
        if clause > cue.start and not (over_commas and _COMMAS.fullmatch(text, cue.end, clause)):
            return False
        start, words = cue.end, 0
        for other in self._findings_between(cue.end, finding.start):
            words += max(0, other.start - start)
            start = max(start, other.end)
        return words + max(0, finding.start - start) <= (_NEXT if text[cue.start : cue.end] in _SHORT else _REACH)

    def _findings_between(self, start: int, end: int) -> list[Found]:
        low = bisect_left(self.starts, start)
        high = bisect_left(self.starts, end, low)
        return [one for one in self.ordered[low:high] if one.end <= end]

    def _behind(self, finding: Found, beyond: int) -> Hit | None:
        """The cue right behind a finding, or behind the list that it stands in, before the character `beyond`."""
        at = finding.end
        after = self.selection.cues_between(at, beyond)
        if not after:
            return None
        text = self.selection.text
        low = bisect_left(self.starts, at)
        for following in [*self.ordered[low : low + _LONGEST_LIST], None]:
            for cue in after:
                if cue.start >= at:
                    if cue.start - at > _EXAMINED_REACH:
                        break
                    if self._stands_behind(at, cue.start):
                        return cue
            if following is None or not _LIST.fullmatch(text, at, following.start):
                return None
            at = following.end
        return None

    def _stands_behind(self, at: int, cue: int) -> bool:
        """Whether a cue speaks of what ends at `at`: nothing but a side or a colon between, or an examination."""
        if cue == at:
            return True
        text = self.selection.text
        if cue - at <= _AFTER_REACH and _SIDE.fullmatch(text, at, cue):
            return True
        return cue - at <= _EXAMINED_REACH and _EXAMINED.fullmatch(text, at, cue) is not None

    def _unsure(self, around: _Around) -> Asserted:
        """What cues other than negations say, the strongest first."""
        finding, section = around.finding, around.section
        doubts = self._doubts(around.before)
        for kind, behind, assertion in _DOUBTS if doubts or around.behind_may & _DOUBTS_BEFORE else ():
            cue = self._doubted(doubts, finding, kind)
            if cue is None and around.behind is not None and around.behind_may & behind:
                cue = None if self._goes_on(around.behind) else around.behind
            if cue is not None and assertion is Assertion.HISTORICAL and self._is_there_still(cue, finding):
                cue = None
            if cue is not None:
                planned = assertion is Assertion.UNCERTAIN and section is not None and section.name == PLAN
                return Asserted(Assertion.HYPOTHETICAL if planned else assertion, (cue.start, cue.end))
        return self._over(finding) or self._of_wording(finding, section)

    def _doubts(self, before: list[Hit]) -> list[Hit]:
        """Cues before a finding that may doubt it or place it in the past, up to the one that ends what they say."""
        found = []
        for cue in before:
            may = mask_of(cue)
            if may & _DOUBTS_BEHIND:
                found.append(cue)
            if may & _ENDS_DOUBT:
                break
        return found

    def _doubted(self, doubts: list[Hit], finding: Found, kind: int) -> Hit | None:
        """The nearest cue of a kind that reaches the finding."""
        for cue in doubts:
            if mask_of(cue) & kind:
                earlier = self.selection.text.startswith(_EARLIER, cue.start)
                if self._reaches(cue, finding, over_commas=earlier):
                    return cue
        return None

    def _over(self, finding: Found) -> Asserted | None:
        """What was operated on or went away, as the words behind it tell."""
        text, end = self.selection.text, finding.end
        row = bisect_left(self.ends, end)
        if row < len(self.ends) and self.ends[row] <= end + _ENDING_REACH:
            over = _OVER.match(text, end)
            if over is not None and not _PLANNED.search(over[0]):
                return Asserted(Assertion.HISTORICAL, over.span("at" if over["at"] else "then"))
        if text[end : end + 1] == "过" and _ONCE.match(text, end):
            return Asserted(Assertion.HISTORICAL, (end, end + 1))
        return None

    def _of_wording(self, finding: Found, section: Section | None) -> Asserted:
        """What the wording itself tells, or its section."""
        wording = finding.wording
        if wording.endswith(_SCREENED):
            return Asserted(Assertion.UNCERTAIN, (finding.start, finding.end))
        if (wording.endswith(_HISTORY) and not self._goes_on(finding)) or wording.startswith(_PERIODS):
            return Asserted(Assertion.HISTORICAL, (finding.start, finding.end))
        if section is None or section.name != PAST_HISTORY or finding.term in self.courses.lasting:
            return _OBSERVED
        return Asserted(Assertion.HISTORICAL, (section.start, section.body))

    def _is_there_still(self, cue: Hit, finding: Found) -> bool:
        """Whether what is told of before goes on (既往智力落后), or is of the patient before birth (母孕期羊水过多)."""
        told = self.selection.text[cue.start : cue.end]
        return finding.term in (self.courses.lasting if told in _EARLIER_ON else self.courses.prenatal)

    def _goes_on(self, cue: Hit | Found) -> bool:
        """Whether a history is told with its years, and so lasts: 高血压病史20年."""
        text = self.selection.text
        return text[cue.end - 1] == "史" and _YEARS.match(text, cue.end) is not None
