"""What is said to be normal excludes what would be abnormal: 心肺未见异常, 肝肾功能、电解质正常, 脑干未见异常."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.chinese.clauses import Clauses
from nlp.chinese.lexicon import ChineseLexicon, Hit, Hits, NormalPhrase, Thing
from nlp.chinese.rules import Cue
from nlp.chinese.selection import FINDING, Found, Selection, is_cue, things_of

#: Between what was examined and what is said of it, and between two that were examined.
_FILLED = re.compile(
    r"(?:[、/,及和与:()~ ]|以及|查体|听诊|检查|平扫|增强|b超|彩超|超声|mri|ct|双侧|两侧|左右|双|四肢|上下肢"
    r"|均|都|也|亦|尚|大致|基本"
    r"|外观|结构|形态|功能|发育|发展|测定|测试|水平|结果|示|提示|显示|复查|监测|各|全|目前|现|等|的|为|是|在"
    r"|[a-z0-9.+%]|[μ°℃])*"
)
_LONGEST_FILLING = 16
#: Words that judge what stands right before them and no more; 可 is also "may".
_WEAK = frozenset({"可", "好", "佳", "尚可", "良好", "通过", "相符", "同龄", "适龄"})
#: Last characters of words for parts.
_PARTS = frozenset("骨指趾脑肾心肺肝脾耳眼鼻唇齿牙甲腺巢囊宫器茎丸房体叶核肌节髋膝足手掌腕肢部区干桥底")
_LONGEST_PART = 8
_MOST_THINGS = 12
#: Verbs of one character that are too short to be wordings, and the wordings that say the same.
_VERBS = {"咳": "咳嗽", "吐": "呕吐", "泻": "腹泻", "抽": "抽搐", "烧": "发烧", "喘": "气喘", "痒": "瘙痒"}
_DENIED_VERB = re.compile(r"(?P<denial>[无冇没未不])(?P<verb>[咳吐泻抽烧喘痒])(?=[、,。;!\n)无不没冇也]|$)")
#: What is the patient's as a whole, and not a part's that stands right before it: 桡骨发育可.
_WHOLE = frozenset({"发育", "外观", "血管", "运动"})
_BEFORE = "前"  # 病前发育正常 says nothing of today
_FARTHEST = 80  # characters before the word that says so


@dataclass(frozen=True, slots=True)
class Normality:
    """Finds statements of normality and the terms that they exclude."""

    lexicon: ChineseLexicon

    def extend(self, selection: Selection, hits: Hits, clauses: Clauses) -> None:
        """Add to `selection`, as excluded findings."""
        things = [hit for hit in things_of(hits) if selection.is_open(hit.start, hit.end)]
        ending: dict[int, Hit] = {}
        for thing in things:
            longest = ending.get(thing.end)
            if longest is None or thing.start < longest.start:
                ending[thing.end] = thing
        selection.found.extend(self._denied_verbs(selection))
        for cue in selection.cues:
            if isinstance(cue.entry, NormalPhrase):
                for term in cue.entry.terms:
                    selection.found.append(_excluded(selection.text, cue.start, cue.end, term, (cue.start, cue.end)))
                continue
            low, _ = clauses.sentence(cue.start)
            low = max(low, cue.start - _FARTHEST)
            if is_cue(cue, Cue.NORMAL):
                selection.found.extend(self._of_cue(selection, ending, low, cue))
            elif is_cue(cue, Cue.PRESENT_AFTER):
                selection.found.extend(self._of_part(selection, low, cue, ("阳性",), excluded=False))

    def _denied_verbs(self, selection: Selection) -> Iterator[Found]:
        """A single character that is a finding only where it is denied: 无咳、无喘, 不吐."""
        for match in _DENIED_VERB.finditer(selection.text):
            term = self.lexicon.look_up(_VERBS[match["verb"]])
            if term is not None and selection.owned[match.start("verb")] != FINDING:
                yield _excluded(selection.text, match.start("verb"), match.end(), term, match.span("denial"))

    def _of_cue(self, selection: Selection, ending: dict[int, Hit], low: int, cue: Hit) -> Iterator[Found]:
        """What was examined before one cue, from right to left."""
        text = selection.text
        weak = text[cue.start : cue.end] in _WEAK
        if weak and cue.end < len(text) and "\u4e00" <= text[cue.end] <= "\u9fff":
            return  # 肝、脾可触及 is no 可
        at, first = cue.start, True
        for _ in range(_MOST_THINGS):
            thing = self._before(selection, ending, low, at, weak, first)
            if thing is None:
                break
            start, terms = thing
            for term in terms:
                yield _excluded(text, start, cue.end, term, (cue.start, cue.end))
            at, first = start, False
            if at <= low:
                break
        if first and not weak:
            results = ("异常", "阳性", "增高")
            negative = text[cue.start : cue.end].endswith(("阴性", "-)", "阴性)"))
            yield from self._of_part(selection, low, cue, results[1:] + results[:1] if negative else results, True)

    def _before(
        self, selection: Selection, ending: dict[int, Hit], low: int, at: int, weak: bool, nearest: bool
    ) -> tuple[int, tuple[int, ...]] | None:
        """The nearest thing before `at` with nothing but filling between, and the terms it excludes."""
        text = selection.text
        for end in range(at, max(low, at - (2 if weak else _LONGEST_FILLING)), -1):
            hit = ending.get(end)
            if hit is not None and hit.start >= low and isinstance(hit.entry, Thing) and text[hit.start - 1] != _BEFORE:
                filled = _FILLED.match(text, end, at)
                # A value of its own is said of what stands before it: Hb 92g/L，补体C3正常.
                own_value = not nearest and any(map(str.isdigit, text[end:at]))
                if filled is not None and filled.end() == at and not own_value and not _is_of_part(text, hit):
                    return hit.start, hit.entry.terms
            if end > low and not selection.is_open(end - 1, end):
                return None
        return None

    def _of_part(
        self, selection: Selection, low: int, cue: Hit, results: tuple[str, ...], excluded: bool
    ) -> Iterator[Found]:
        """What the lexicon knows with another result: 脑干未见异常 excludes 脑干异常, ANA(+) is ANA阳性."""
        text = selection.text
        for start in range(max(low, cue.start - _LONGEST_PART), cue.start):
            if not selection.is_free(start, cue.start) or _cuts_a_word(text, start):
                continue
            tested = text[start : cue.start].rstrip()
            if tested in _WHOLE:
                continue
            term = self._tested(text, low, start, tested, results)
            if term is not None:
                wording = text[start : cue.end]
                denial = (cue.start, cue.end) if excluded else None
                yield Found(start, cue.end, term, wording, "normality" if excluded else None, excluded, denial)
                return

    def _tested(self, text: str, low: int, start: int, tested: str, results: tuple[str, ...]) -> int | None:
        """The term of a test's result; 蛋白(+) behind 尿常规 is that of the urine."""
        specimens = ("尿", "") if "尿" in text[low:start] else ("",)
        for specimen in specimens:
            for result in results:
                term = self.lexicon.look_up(f"{specimen}{tested}{result}")
                if term is not None:
                    return term
        return None


def _is_of_part(text: str, thing: Hit) -> bool:
    """Whether a word for the whole patient is said of the part before it."""
    return text[thing.start : thing.end] in _WHOLE and text[thing.start - 1 : thing.start] in _PARTS


def _excluded(text: str, start: int, end: int, term: int, denial: tuple[int, int]) -> Found:
    return Found(start, end, term, text[start:end], "normality", True, denial)


def _cuts_a_word(text: str, start: int) -> bool:
    """Whether `start` lies inside a word of Latin letters: "gn" in "meningeal sign(-)"."""
    return start > 0 and text[start - 1 : start + 1].isascii() and text[start - 1 : start + 1].isalpha()
