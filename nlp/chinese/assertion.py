"""What a Chinese note says of a finding: observed, excluded, uncertain, of a relative, historical or hypothetical.

A cue acts inside its clause and over lists (、及 和 或), some over commas. The nearest person before bears a finding.
Fitted to the open notes of tests/nlp/zh (benchmarks.chinese).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import zip_longest
from operator import attrgetter
from typing import NamedTuple

from nlp.chinese.clauses import Clauses
from nlp.chinese.courses import Courses
from nlp.chinese.lexicon import Hit
from nlp.chinese.rules import Cue
from nlp.chinese.selection import Found, Selection, is_cue
from nlp.norms import DAYS_IN_YEAR, Subject
from nlp.sections import FAMILY_HISTORY, PAST_HISTORY, PLAN, Section, section_of
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
_GROWN_UP = 15 * DAYS_IN_YEAR
_OPENING = 20  # characters in which a parent's story names the child
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
_TELLS = re.compile(
    r"(?:在旁边?|哭着?|急着?)?(?:描述|代?诉|代?述|讲(?![话不])|说(?![话不])|话[:,]|反映|反应|发现|担心|补充|提问|留言|觉得"
    r"|陪|领|带|抱着?来)"
)
_PERSONS = (Cue.RELATIVE, Cue.PATIENT, Cue.CHILD)
_MOTHER = ("母", "母亲", "妈妈", "妈")
_MOTHERS, _PARENTS = frozenset("母妈娘"), frozenset("父母爸妈")
#: Parents' ages are told before the patient's own birth: 母33岁,G2P1,足月顺产.
_BORN = re.compile(r"足月|顺产|出生体重|娩出")
#: A note about a relative of the first patient met begins so: 先证者之父,38岁.
_INTRODUCED = re.compile(r"\s*先证者(?:之|的)?")
_AGED = re.compile(r"[,:(\s]{0,2}\d{1,2}岁")
_EXAMINATION = ("体检", "查体", "体格检查")
_POSSESSIVE = ("的", "之", "家", "家的", "所生", "生的")
_TELLER = re.compile(r"(?:说|讲|述|诉|话)[:,]\"?$")
_FETUS = re.compile("胎|超声|b超|彩超|产检|四维|产前|羊|mri")
#: A sentence of a family history that begins so is of the patient.
_CONCLUDED = re.compile("(?:考虑|诊断|初步|印象|拟|处理|建议|目前|查体|辅助检查|综上)")
#: 皮肤黄过 tells of what is over; 抽搐过多 does not.
_ONCE = re.compile(r"过(?=[,。;、!\n]|\s|\d|[一二两三四五六好几多半]|$)")
_YEARS = re.compile(r"\s?(?:[\d一二三四五六七八九十]{1,3}|数|多)\s?余?年")
_PLANNED = re.compile("建议|拟|需|待|考虑|术前|暂不|未|不能|可行")
_OBSERVED = Asserted(Assertion.OBSERVED)


class _Around(NamedTuple):
    """A finding, the cues of its sentence before it, the nearest first, the one right behind it, and its place."""

    finding: Found
    before: list[Hit]
    behind: Hit | None
    sentence: int
    section: str | None
    heading: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ChineseAssertions:
    """Reads the assertions of one note's findings."""

    selection: Selection
    clauses: Clauses
    sections: list[Section]
    subject: Subject
    courses: Courses
    ordered: list[Found]  # by position
    starts: list[int]  # of `ordered`

    @classmethod
    def of(
        cls, selection: Selection, clauses: Clauses, sections: list[Section], subject: Subject, courses: Courses
    ) -> ChineseAssertions:
        """For the findings kept in `selection`."""
        ordered = sorted(selection.found, key=attrgetter("start", "end"))
        return cls(selection, clauses, sections, subject, courses, ordered, [one.start for one in ordered])

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
        section = section_of(self.sections, finding.start)
        low, high = self.clauses.sentence(finding.start)
        before = self.selection.cues_between(max(low, finding.start - _BEFORE), finding.start)
        after = self.selection.cues_between(finding.end, min(high, finding.end + _BEHIND))
        name, heading = (section.name, (section.start, section.body)) if section else (None, None)
        behind = self._behind(after, finding) if after else None
        return _Around(finding, before[::-1], behind, low, name, heading)

    def _relative(self, around: _Around) -> tuple[int, int] | None:
        """The words that name the relative whose finding it is; None for the patient's."""
        behind = around.behind
        if behind is not None and is_cue(behind, Cue.FAMILY_AFTER):
            return behind.start, behind.end
        persons = [cue for cue in around.before if is_cue(cue, *_PERSONS)]
        for cue, earlier in zip_longest(persons, persons[1:]):
            if self._is_closed(cue, around.finding):
                continue
            if self._is_of_pregnancy(cue, around.finding):
                return cue.start, cue.end
            if is_cue(cue, Cue.RELATIVE) and self._is_of_patient(cue, around):
                return None
            if earlier is not None and self._is_whose(earlier, cue):
                return earlier.start, cue.end
            if is_cue(cue, Cue.PATIENT):
                of_pregnancy = around.section == FAMILY_HISTORY and "孕" in self.selection.text[cue.start : cue.end]
                return around.heading if of_pregnancy else None
            if is_cue(cue, Cue.RELATIVE) or self._is_of_adult(cue):
                return cue.start, cue.end
            if is_cue(cue, Cue.CHILD):
                return None
        if around.section != FAMILY_HISTORY or _CONCLUDED.match(self.selection.text, around.sentence):
            return None
        return around.heading

    def _is_closed(self, cue: Hit, finding: Found) -> bool:
        """Whether a person stands in brackets that end before the finding: 咖啡斑(父亲亦有),腋窝雀斑."""
        text = self.selection.text
        if text[cue.start - 1 : cue.start] == "(" and text.startswith(")", cue.end):
            return False  # 姐姐(本人) says who it is
        closed = text.count(")", cue.end, finding.start)
        return closed > 0 and closed > text.count("(", cue.end, finding.start)

    def _is_of_patient(self, cue: Hit, around: _Around) -> bool:
        """Whether what follows a relative is the patient's: who tells, is pregnant or gave birth, or is introduced."""
        text, finding = self.selection.text, around.finding
        if self._carries(cue) or self._is_told_of(cue) or self._tells(cue, around.section):
            return True
        if text[cue.start : cue.end].lstrip("其") in _MOTHER and finding.term in self.courses.prenatal:
            return True
        if not _PARENTS.isdisjoint(text[cue.start : cue.end]) and _BORN.search(text, cue.end, finding.start):
            return True
        return _INTRODUCED.fullmatch(text, 0, cue.start) is not None and _AGED.match(text, cue.end) is not None

    def _is_whose(self, relative: Hit, other: Hit) -> bool:
        """Whether a person is named, or examined, as a relative's: 姐姐的孩子, 母亲体检."""
        if not is_cue(relative, Cue.RELATIVE) or is_cue(other, Cue.RELATIVE):
            return False
        text = self.selection.text
        if text[other.start : other.end] in _EXAMINATION:
            return relative.end == other.start
        return text[relative.end : other.start] in _POSSESSIVE and not self._tells(relative, None)

    def _is_of_pregnancy(self, cue: Hit, finding: Found) -> bool:
        """Whether the mother has a finding while pregnant with the patient: 母亲孕期贫血, but not 母孕期羊水过多."""
        told = self.selection.text[cue.start : cue.end + 2]
        if _MOTHERS.isdisjoint(told) or not ("孕" in told or "妊娠" in told) or finding.term in self.courses.prenatal:
            return False
        between = self.selection.text[cue.end : finding.start]
        return self.clauses.clause(finding.start)[0] <= cue.start and _FETUS.search(between) is None

    def _is_told_of(self, cue: Hit) -> bool:
        """Whether a parent's story begins with a brother or sister, who is the patient: 阿妈讲：妹妹5个月了."""
        return (
            cue.start <= _OPENING and _TELLER.search(self.selection.text, max(0, cue.start - 4), cue.start) is not None
        )

    def _tells(self, cue: Hit, section: str | None) -> bool:
        """Whether a relative tells the story: 奶奶说, 妈妈描述; 奶奶： at its beginning, not in a family history."""
        text = self.selection.text
        if _TELLS.match(text, cue.end):
            return True
        named = cue.end - cue.start > 1  # "父:高血压" tells of the father
        return named and text.startswith(":", cue.end) and cue.start <= _OPENING and section != FAMILY_HISTORY

    def _carries(self, cue: Hit) -> bool:
        """Whether a mother is told of as pregnant with the patient: 母孕期羊水过多."""
        return self.selection.text.startswith(("孕", "怀孕"), cue.end)

    def _is_of_adult(self, cue: Hit) -> bool:
        """Whether a son or a daughter is the patient's child, and not the patient as a parent speaks of them."""
        if not is_cue(cue, Cue.CHILD):
            return False
        ages = self.subject.ages
        return ages[0].youngest >= _GROWN_UP if ages else cue.start > _OPENING

    def _denial(self, around: _Around) -> tuple[int, int] | None:
        """The cue that denies the finding."""
        for cue in around.before:
            if is_cue(cue, Cue.NEGATION, Cue.NEGATION_OF_LIST):
                if self._reaches(cue, around.finding, over_commas=is_cue(cue, Cue.NEGATION_OF_LIST)):
                    return cue.start, cue.end
                break
            if is_cue(cue, Cue.TERMINATION):
                break
        behind = around.behind
        if behind is not None and is_cue(behind, Cue.NEGATION_AFTER) and self._looks_back(behind):
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

    def _behind(self, after: list[Hit], finding: Found) -> Hit | None:
        """The cue right behind a finding, or behind the list that it stands in."""
        text, at = self.selection.text, finding.end
        low = bisect_left(self.starts, at)
        for following in [*self.ordered[low : low + _LONGEST_LIST], None]:
            cue = next((cue for cue in after if cue.start >= at and self._stands_behind(at, cue.start)), None)
            if cue is not None:
                return cue
            if following is None or not _LIST.fullmatch(text, at, following.start):
                return None
            at = following.end
        return None

    def _stands_behind(self, at: int, cue: int) -> bool:
        """Whether a cue speaks of what ends at `at`: nothing but a side or a colon between, or an examination."""
        text = self.selection.text
        if cue - at <= _AFTER_REACH and _SIDE.fullmatch(text, at, cue):
            return True
        return cue - at <= _EXAMINED_REACH and _EXAMINED.fullmatch(text, at, cue) is not None

    def _unsure(self, around: _Around) -> Asserted:
        """What cues other than negations say, the strongest first."""
        finding, section = around.finding, around.section
        for kind, behind, assertion in (
            (Cue.HYPOTHETICAL, Cue.HYPOTHETICAL_AFTER, Assertion.HYPOTHETICAL),
            (Cue.UNCERTAIN, Cue.UNCERTAIN_AFTER, Assertion.UNCERTAIN),
            (Cue.HISTORICAL, Cue.HISTORICAL_AFTER, Assertion.HISTORICAL),
        ):
            cue = self._before(around, kind)
            if cue is None and around.behind is not None and is_cue(around.behind, behind):
                cue = None if self._goes_on(around.behind) else around.behind
            if cue is not None and assertion is Assertion.HISTORICAL and self._is_there_still(cue, finding):
                cue = None
            if cue is not None:
                planned = assertion is Assertion.UNCERTAIN and section == PLAN
                return Asserted(Assertion.HYPOTHETICAL if planned else assertion, (cue.start, cue.end))
        over = _OVER.match(self.selection.text, finding.end)
        if over is not None and not _PLANNED.search(over[0]):
            return Asserted(Assertion.HISTORICAL, over.span("at" if over["at"] else "then"))
        if _ONCE.match(self.selection.text, finding.end):
            return Asserted(Assertion.HISTORICAL, (finding.end, finding.end + 1))
        if finding.wording.endswith(_SCREENED):
            return Asserted(Assertion.UNCERTAIN, (finding.start, finding.end))
        if (finding.wording.endswith(_HISTORY) and not self._goes_on(finding)) or finding.wording.startswith(_PERIODS):
            return Asserted(Assertion.HISTORICAL, (finding.start, finding.end))
        if section != PAST_HISTORY or finding.term in self.courses.lasting:
            return _OBSERVED
        return Asserted(Assertion.HISTORICAL, around.heading)

    def _is_there_still(self, cue: Hit, finding: Found) -> bool:
        """Whether what is told of before goes on (既往智力落后), or is of the patient before birth (母孕期羊水过多)."""
        told = self.selection.text[cue.start : cue.end]
        return finding.term in (self.courses.lasting if told in _EARLIER_ON else self.courses.prenatal)

    def _goes_on(self, cue: Hit | Found) -> bool:
        """Whether a history is told with its years, and so lasts: 高血压病史20年."""
        text = self.selection.text
        return text[cue.end - 1] == "史" and _YEARS.match(text, cue.end) is not None

    def _before(self, around: _Around, kind: Cue) -> Hit | None:
        """The nearest cue of a kind that reaches the finding."""
        for cue in around.before:
            if is_cue(cue, kind):
                earlier = self.selection.text.startswith(_EARLIER, cue.start)
                if self._reaches(cue, around.finding, over_commas=earlier):
                    return cue
            if is_cue(cue, Cue.TERMINATION, Cue.NEGATION, Cue.NEGATION_OF_LIST):
                return None
        return None
