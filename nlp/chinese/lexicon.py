"""The compiled Chinese lexicon, and finding all its wordings in a text in one pass, without a segmenter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase, digits
from typing import NamedTuple

from nlp.chinese.analytes import NamedQuantity, named_quantities
from nlp.chinese.phrases import LONGEST, OTHER, TERM_SHIFT, Phrases
from nlp.chinese.rules import ChineseRules, CueSet, Skipped
from nlp.chinese.script import Script
from ontology.arrays import StringPool, read_array
from ontology.errors import KnowledgeDamaged

FOLDER = "nlp_zh"
#: Between a part and the group of its quality in a key of `pairs`.
JOINED = "\x1f"

#: Words of quality by their group; things that are normal; statements of normality: the ids they exclude.
Quality = str


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be said to be normal, and the terms (positions) that this excludes."""

    terms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NormalPhrase:
    """A whole statement of normality, and the terms (positions) that it excludes."""

    terms: tuple[int, ...]


Other = CueSet | Skipped | Thing | NormalPhrase | NamedQuantity | Quality


class Hit(NamedTuple):
    """Characters `start` to `end` are a phrase that is no finding.

    A tuple, like all that is made for every few characters of a note: a frozen dataclass takes three times as long.
    """

    start: int
    end: int
    entry: Other


@dataclass(frozen=True, slots=True)
class Hits:
    """All that one pass finds, overlapping phrases included: findings as (start, end, term position); the rest by kind.

    cues        cues and whole statements of normality, which hold their characters
    skipped     words of side and degree
    things      what may be said to be normal
    qualities   words of quality
    quantities  names of quantities
    """

    findings: list[tuple[int, int, int]]
    cues: list[Hit]
    skipped: list[Hit]
    things: list[Hit]
    qualities: list[Hit]
    quantities: list[Hit]

    def left_out(self, length: int) -> bytearray:
        """A byte for each character of the text, 1 where it belongs to a word of side or degree."""
        out = bytearray(length)
        for start, end, _ in self.skipped:
            out[start:end] = b"\x01" * (end - start)
        return out


def _kind(entry: Other) -> int:
    """The list of `Hits`, counted from `cues`, that a phrase goes to."""
    kinds = (CueSet | NormalPhrase, Skipped, Thing, str, NamedQuantity)
    return next(at for at, kind in enumerate(kinds) if isinstance(entry, kind))


_QUALITY = 3


@dataclass(frozen=True, slots=True)
class ChineseLexicon:
    """Opened lexicon; every phrase is folded (`script`).

    findings    wordings to term positions, and all phrases in one automaton
    pairs       part, JOINED, group of quality, to term positions: 肌张力 + `low`
    qualities   words of quality to their groups, which may be several
    others      phrases that are no findings, each entry with its list in `Hits`
    refined     (term, kind of side or degree) to the term that says both: ptosis and `both`
    """

    script: Script
    findings: Phrases
    pairs: Mapping[str, int]
    qualities: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[tuple[int, Other], ...]]
    refined: Mapping[tuple[int, str], int]

    @classmethod
    def open(cls, release: Path, position: Callable[[str], int | None]) -> ChineseLexicon:
        """Open the lexicon compiled into a release folder; `position` tells that of an id, None where it has none.

        Raises KnowledgeDamaged where it is absent or unreadable.
        """
        folder = release / FOLDER
        try:
            script = Script.read(folder)
            findings = Phrases.read(folder)
            pairs = _read_terms(folder, "pairs")
            refined = {
                (int(term), kind): int(refined)
                for term, kind, refined in zip(
                    read_array(folder, "refined_from"),
                    StringPool.read(folder, "refined_by"),
                    read_array(folder, "refined_to"),
                    strict=True,
                )
            }
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(
                f"{folder} cannot be read ({type(error).__name__}).", "Run `phenomap knowledge build`."
            ) from error
        rules = ChineseRules(script)
        return cls(
            script=script,
            findings=findings,
            pairs=pairs,
            qualities=rules.qualities,
            others=other_phrases(rules, position),
            refined=refined,
        )

    def scan(self, text: str) -> Hits:
        """Every phrase that stands in a folded text; time is linear in its length."""
        found: list[tuple[int, int, int]] = []
        kinds: tuple[list[Hit], ...] = ([], [], [], [], [])
        others = self.others
        for at, stored in self.findings.stored(text):
            last, end = text[at], at + 1
            start = end - (stored & LONGEST)
            # Most phrases begin and end with characters that no word goes on over, which one look tells.
            if (text[start] in _CUT_BEFORE or last in _CUT_BEHIND) and not _stands_alone(text, start, end):
                continue
            goes_on = last in _ENDS and runs_on(text, end)
            if stored >> TERM_SHIFT and not goes_on:
                found.append((start, end, (stored >> TERM_SHIFT) - 1))
            if stored & OTHER:
                for kind, entry in others[text[start:end]]:
                    # A quality that runs on into another word is none.
                    if kind != _QUALITY or not goes_on:
                        kinds[kind].append(Hit(start, end, entry))
        return Hits(found, *kinds)

    def look_up(self, wording: str) -> int | None:
        """The term that a wording names, as it stands or by a quality of the same meaning."""
        term = self.findings.get(wording)
        if term is not None:
            return term
        for length in range(min(5, len(wording) - 1), 0, -1):
            for group in self.qualities.get(wording[-length:], ()):
                term = self.pairs.get(f"{wording[:-length]}{JOINED}{group}")
                if term is not None:
                    return term
        return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a phrase is not cut from a longer word: VSD in VSDX, CD4 in CD41, 骨发育不全 in 软骨发育不全."""
    if start > 0:
        if text[start] in _LATIN and text[start - 1] in _LATIN:
            return False
        if text[start - 1] in _RUN_INTO.get(text[start], ""):
            return False
    if "0" <= text[end - 1] <= "9" and end < len(text) and "0" <= text[end] <= "9":
        return False
    return not (text[end - 1] in _LATIN and end < len(text) and text[end] in _LATIN)


_LATIN = frozenset(ascii_lowercase)
#: Last characters of wordings, and those that make another word of them: 肝大小正常 tells no large liver.
_UNSEEN = ("未见", "未显示", "未探及")
_LENGTH = re.compile(r"[约为:]?\s?\d")  # 阴茎长2.5cm is a length, 肢体不等长2cm is a finding
_LONGER = "等过延细较偏增变"
_RUN_ON = {
    "大": "小便哭笑叫声孔", "小": "时于便球脑管叶眼肌囊泡结斑点片", "短": "暂时期", "长": "期时大径度骨",
    "细": "微菌胞致",
    "肿": "物瘤块", "高": "于度达原血", "低": "于", "宽": "度", "厚": "度", "近": "期", "视": "力野",
    "黄": "体斑色", "多": "次年处种个", "少": "量数年", "弯": "道", "圆": "孔", "指": "标导向征尖",
    "重": "复量", "弱": "阳", "强": "化回", "见": "异明畸确显特病", "无": "异明殊特", "痛": "觉",
    "平": "均时素滑扫片", "直": "径肠接", "突": "然发聋变", "白": "细蛋球", "甲": "状减亢旁基", "烧": "灼伤",
    "糖": "素皮", "朵": "疼痛痒流", "炎": "球链支克衣", "尿": "酸素代筛串质常有",
    "抽": "烟血水筋搐风起出查检屉象泣噎吸取痰脂样验", "床": "休上边旁位突",
}  # fmt: skip


#: Where a phrase that ends otherwise ends, no word goes on.
_ENDS = frozenset((*_RUN_ON, *(words[-1] for words in _UNSEEN)))


#: First characters of wordings, and those before that make another word of them: 软骨发育不全, 胰高血糖素, 数个小囊.
_RUN_INTO = {"骨": "软", "高": "胰", "个": "数几多各两三每", "神": "视", "磨": "一二三乳下上颌状坏", "支": "肠"}
#: First and last characters of phrases that may be cut from longer words.
_CUT_BEFORE, _CUT_BEHIND = _LATIN | _RUN_INTO.keys(), _LATIN | frozenset(digits)


def runs_on(text: str, end: int) -> bool:
    """Whether the end of a phrase is the beginning of another word: 近视力 is no 近视."""
    if text[end - 1] not in _ENDS:
        return False
    if text.endswith(_UNSEEN, 0, end) and end < len(text) and "\u4e00" <= text[end] <= "\u9fff":
        return True  # 小脑未见萎缩 tells no absent cerebellum
    if text[end - 1] == "长" and _LENGTH.match(text, end) and text[end - 2 : end - 1] not in _LONGER:
        return True
    return end < len(text) and text[end] in _RUN_ON.get(text[end - 1], "")


def other_phrases(
    rules: ChineseRules, position: Callable[[str], int | None]
) -> dict[str, tuple[tuple[int, Other], ...]]:
    """Folded phrases that are no findings, each entry with its list in `Hits`; `position` as of `open`."""
    found: dict[str, list[Other]] = defaultdict(list)
    for phrase, cues in rules.cues.items():
        found[phrase].append(cues)
    for phrase, skipped in rules.skipped.items():
        found[phrase].append(skipped)
    for phrase, groups in rules.qualities.items():
        found[phrase].extend(groups)
    for kind, rows in ((Thing, rules.normal), (NormalPhrase, rules.normal_phrases)):
        for phrase, ids in rows.items():
            found[phrase].append(kind(tuple(at for at in map(position, ids) if at is not None)))
    for phrase, quantity in named_quantities(rules.script).items():
        found[phrase].append(quantity)
    return {phrase: tuple((_kind(entry), entry) for entry in entries) for phrase, entries in found.items()}


def _read_terms(folder: Path, name: str) -> dict[str, int]:
    return dict(zip(StringPool.read(folder, name), read_array(folder, f"{name}_terms").tolist(), strict=True))
