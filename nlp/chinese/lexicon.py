"""The compiled Chinese lexicon, and finding all its wordings in a text in one pass.

A wording is looked up by its first three characters, then by the lengths that wordings with these have: no segmenter,
and no automaton to build, so that the index opens as fast as its strings are read.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.chinese.analytes import NamedQuantity, named_quantities
from nlp.chinese.rules import ChineseRules, Cue, Skipped
from nlp.chinese.script import Script
from ontology.arrays import StringPool, read_array
from ontology.errors import KnowledgeDamaged

FOLDER = "nlp_zh"
#: Between a part and the group of its quality in a key of `pairs`.
JOINED = "\x1f"
#: Characters by which phrases are looked up first.
_HEAD = 3
_SHORT = (2, 1)

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


Other = frozenset[Cue] | Skipped | Thing | NormalPhrase | NamedQuantity | Quality


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters `start` to `end` are a phrase that is no finding."""

    start: int
    end: int
    entry: Other


@dataclass(frozen=True, slots=True)
class Hits:
    """All that one pass finds: findings as (start, end, term position), overlapping ones included; and the rest."""

    findings: list[tuple[int, int, int]]
    others: list[Hit]


@dataclass(frozen=True, slots=True)
class ChineseLexicon:
    """Opened lexicon; every phrase is folded (`script`).

    findings    wordings to term positions
    pairs       part, JOINED, group of quality, to term positions: 肌张力 + `low`
    qualities   words of quality to their groups, which may be several
    others      phrases that are no findings
    lengths     first three characters to the lengths of phrases that begin so, longest first, then the shorter
    begins      first characters of the phrases that are shorter than that
    refined     (term, kind of side or degree) to the term that says both: ptosis and `both`
    """

    script: Script
    findings: Mapping[str, int]
    pairs: Mapping[str, int]
    qualities: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[Other, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    begins: frozenset[str]
    refined: Mapping[tuple[int, str], int]

    @classmethod
    def open(cls, release: Path, position: Callable[[str], int | None]) -> ChineseLexicon:
        """Open the lexicon compiled into a release folder; `position` tells that of an id, None where it has none.

        Raises KnowledgeDamaged where it is absent or unreadable.
        """
        folder = release / FOLDER
        try:
            script = Script.read(folder)
            findings = _read_terms(folder, "wordings")
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
        others = _others(rules, position)
        lengths: dict[str, set[int]] = defaultdict(set)
        for phrases in (findings, others):
            for phrase in phrases:
                if len(phrase) >= _HEAD:
                    lengths[phrase[:_HEAD]].add(len(phrase))
        return cls(
            script=script,
            findings=findings,
            pairs=pairs,
            qualities=rules.qualities,
            others=others,
            lengths={head: (*sorted(found, reverse=True), *_SHORT) for head, found in lengths.items()},
            begins=frozenset(phrase[0] for phrases in (findings, others) for phrase in phrases if len(phrase) < _HEAD),
            refined=refined,
        )

    def scan(self, text: str) -> Hits:
        """Every phrase that stands in a folded text; time is linear in its length."""
        found: list[tuple[int, int, int]] = []
        hits: list[Hit] = []
        findings, others, lengths, begins = self.findings, self.others, self.lengths, self.begins
        beyond = len(text)
        for start in range(beyond):
            for length in lengths.get(text[start : start + _HEAD]) or (_SHORT if text[start] in begins else ()):
                end = start + length
                if end > beyond:
                    continue
                phrase = text[start:end]
                term = findings.get(phrase)
                if term is not None and _stands_alone(text, start, end) and not runs_on(text, end):
                    found.append((start, end, term))
                if phrase in others and _stands_alone(text, start, end):
                    hits.extend(_hits(text, start, end, others[phrase]))
        return Hits(found, hits)

    def lengths_at(self, text: str, start: int) -> tuple[int, ...]:
        """Lengths of the phrases that may begin there."""
        return self.lengths.get(text[start : start + _HEAD], _SHORT)

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


def _hits(text: str, start: int, end: int, entries: tuple[Other, ...]) -> list[Hit]:
    """One phrase as everything that it may be; a quality that runs on into another word is none."""
    return [Hit(start, end, entry) for entry in entries if not (isinstance(entry, str) and runs_on(text, end))]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether Latin letters at the ends of a phrase are not cut from a longer word: VSD, but not in VSDX."""
    if _is_latin(text[start]) and start > 0 and _is_latin(text[start - 1]):
        return False
    return not (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))


#: Last characters of wordings, and those that make another word of them: 肝大小正常 tells no large liver.
_UNSEEN = ("未见", "未显示", "未探及")
_LENGTH = re.compile(r"[约为:]?\s?\d")  # 阴茎长2.5cm is a length, 肢体不等长2cm is a finding
_LONGER = "等过延细较偏增变"
_RUN_ON = {
    "大": "小便", "小": "时于便球脑管叶眼", "短": "暂时期", "长": "期时大径度", "细": "微菌胞致", "肿": "物瘤块",
    "高": "于度达原", "低": "于", "宽": "度", "厚": "度", "近": "期", "视": "力野", "黄": "体斑", "白": "细蛋",
    "多": "次年", "少": "量数年", "弯": "道", "圆": "孔", "指": "标导向征", "重": "复量", "弱": "阳", "强": "化回",
    "见": "异明畸确显特病", "无": "异明殊特", "痛": "觉", "平": "均时素滑", "直": "径肠接",
}  # fmt: skip


def runs_on(text: str, end: int) -> bool:
    """Whether the end of a phrase is the beginning of another word: 近视力 is no 近视."""
    if text.endswith(_UNSEEN, 0, end) and end < len(text) and "\u4e00" <= text[end] <= "\u9fff":
        return True  # 小脑未见萎缩 tells no absent cerebellum
    if text[end - 1] == "长" and _LENGTH.match(text, end) and text[end - 2 : end - 1] not in _LONGER:
        return True
    return end < len(text) and text[end] in _RUN_ON.get(text[end - 1], "")


def _is_latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def _others(rules: ChineseRules, position: Callable[[str], int | None]) -> dict[str, tuple[Other, ...]]:
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
    return {phrase: tuple(entries) for phrase, entries in found.items()}


def _read_terms(folder: Path, name: str) -> dict[str, int]:
    return dict(zip(StringPool.read(folder, name), read_array(folder, f"{name}_terms").tolist(), strict=True))
