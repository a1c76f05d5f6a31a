"""Whose finding it is: the patient's, or that of a relative. The nearest person named before a finding bears it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from nlp.chinese.clauses import Clauses
from nlp.chinese.courses import Courses
from nlp.chinese.lexicon import Hit
from nlp.chinese.rules import Cue
from nlp.chinese.selection import Found, is_cue
from nlp.norms import DAYS_IN_YEAR, Subject
from nlp.sections import FAMILY_HISTORY, Section

_GROWN_UP = 15 * DAYS_IN_YEAR
_OPENING = 20  # characters in which a parent's story names the child
_TELLS = re.compile(
    r"(?:在旁边?|哭着?|急着?)?(?:描述|代?诉|代?述|讲(?![话不])|说(?![话不])|话[:,]|反映|反应|发现|担心|补充|提问|留言|觉得"
    r"|陪|领|带|抱着?来)"
)
_TELLER = re.compile(r"(?:说|讲|述|诉|话)[:,]\"?$")
_MOTHER = ("母", "母亲", "妈妈", "妈")
_MOTHERS, _PARENTS = frozenset("母妈娘"), frozenset("父母爸妈")
#: Parents' ages are told before the patient's own birth: 母33岁,G2P1,足月顺产.
_BORN = re.compile(r"足月|顺产|出生体重|娩出")
#: A note about a relative of the first patient met begins so: 先证者之父,38岁.
_INTRODUCED = re.compile(r"\s*先证者(?:之|的)?")
_AGED = re.compile(r"[,:(\s]{0,2}\d{1,2}岁")
_EXAMINATION = ("体检", "查体", "体格检查")
_POSSESSIVE = ("的", "之", "家", "家的", "所生", "生的")
_FETUS = re.compile("胎|超声|b超|彩超|产检|四维|产前|羊|mri")
#: A sentence of a family history that begins so is of the patient.
_CONCLUDED = re.compile("(?:考虑|诊断|初步|印象|拟|处理|建议|目前|查体|辅助检查|综上)")


@dataclass(frozen=True, slots=True)
class Bearers:
    """Reads who bears the findings of one note."""

    text: str
    clauses: Clauses
    subject: Subject
    courses: Courses

    def relative(
        self, finding: Found, persons: Sequence[Hit], section: Section | None, sentence: int
    ) -> tuple[int, int] | None:
        """The words that name the relative whose finding it is; None for the patient's.

        `persons` are the cues that name somebody in its sentence before it, the nearest first; `sentence` begins it.
        """
        heading = (section.start, section.body) if section is not None and section.name == FAMILY_HISTORY else None
        for cue, earlier in zip_longest(persons, persons[1:]):
            if self._is_closed(cue, finding):
                continue
            if self._is_of_pregnancy(cue, finding):
                return cue.start, cue.end
            named = is_cue(cue, Cue.RELATIVE)
            if named and self._is_of_patient(cue, finding, heading is not None):
                return None
            if earlier is not None and self._is_whose(earlier, cue):
                return earlier.start, cue.end
            if is_cue(cue, Cue.PATIENT):
                return heading if "孕" in self.text[cue.start : cue.end] else None
            return (cue.start, cue.end) if named or self._is_of_adult(cue) else None
        return None if heading is None or _CONCLUDED.match(self.text, sentence) else heading

    def _is_closed(self, cue: Hit, finding: Found) -> bool:
        """Whether a person stands in brackets that end before the finding: 咖啡斑(父亲亦有),腋窝雀斑."""
        text = self.text
        closed = text.count(")", cue.end, finding.start)
        if not closed or (text[cue.start - 1 : cue.start] == "(" and text.startswith(")", cue.end)):
            return False  # 姐姐(本人) says who it is
        return closed > text.count("(", cue.end, finding.start)

    def _is_of_patient(self, cue: Hit, finding: Found, of_family: bool) -> bool:
        """Whether what follows a relative is the patient's: who tells, is pregnant or gave birth, or is introduced."""
        text = self.text
        if text.startswith(("孕", "怀孕"), cue.end) or self._is_told_of(cue) or self._tells(cue, of_family):
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
        if self.text[other.start : other.end] in _EXAMINATION:
            return relative.end == other.start
        return self.text[relative.end : other.start] in _POSSESSIVE and not self._tells(relative, False)

    def _is_of_pregnancy(self, cue: Hit, finding: Found) -> bool:
        """Whether the mother has a finding while pregnant with the patient: 母亲孕期贫血, but not 母孕期羊水过多."""
        told = self.text[cue.start : cue.end + 2]
        if _MOTHERS.isdisjoint(told) or not ("孕" in told or "妊娠" in told) or finding.term in self.courses.prenatal:
            return False
        within = self.clauses.clause(finding.start)[0] <= cue.start
        return within and _FETUS.search(self.text, cue.end, finding.start) is None

    def _is_told_of(self, cue: Hit) -> bool:
        """Whether a parent's story begins with a brother or sister, who is the patient: 阿妈讲：妹妹5个月了."""
        return cue.start <= _OPENING and _TELLER.search(self.text, max(0, cue.start - 4), cue.start) is not None

    def _tells(self, cue: Hit, of_family: bool) -> bool:
        """Whether a relative tells the story: 奶奶说, 妈妈描述; 奶奶： at its beginning, not in a family history."""
        if _TELLS.match(self.text, cue.end):
            return True
        named = cue.end - cue.start > 1  # "父:高血压" tells of the father
        return named and self.text.startswith(":", cue.end) and cue.start <= _OPENING and not of_family

    def _is_of_adult(self, cue: Hit) -> bool:
        """Whether a son or a daughter is the patient's child, and not the patient as a parent speaks of them."""
        ages = self.subject.ages
        return ages[0].youngest >= _GROWN_UP if ages else cue.start > _OPENING
