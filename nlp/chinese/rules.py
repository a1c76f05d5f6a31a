"""The rules of reading Chinese, as data: cues, words of quality, words to skip, what is said to be normal, headings.

Files in `nlp/languages/zh`; every phrase is a pattern of `nlp.chinese.patterns` (brackets and
slashes that are meant as such are written in full width). All are folded like the text itself.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

from nlp.chinese.patterns import expand
from nlp.chinese.script import Script
from nlp.chinese.term_wordings import FOLDER


class Cue(IntEnum):
    """What a phrase does beside findings; the names of the lists in `cues.json`, in lower case."""

    NEGATION = 0  # 无, 未见: what follows in the clause
    NEGATION_OF_LIST = 1  # 否认: what follows, over commas
    NEGATION_AFTER = 2  # (-), 阴性, 未引出: what stands just before
    NOT_NEGATION = 3  # 无明显诱因, 不排除: holds the characters of a negation and denies nothing
    TERMINATION = 4  # 有, 但, 可见: ends what a cue before it says
    UNCERTAIN = 5  # 可疑, 疑似
    UNCERTAIN_AFTER = 6  # 待排, ?, 可能
    HYPOTHETICAL = 7  # 警惕, 如出现, 抗: what follows is not said of the patient
    HYPOTHETICAL_AFTER = 8  # 相关基因, 药物
    HISTORICAL = 9  # 曾, 既往
    HISTORICAL_AFTER = 10  # 术后, 已消退
    RELATIVE = 11  # 其母, 舅舅
    FAMILY_AFTER = 12  # 家族史: what stands just before
    PATIENT = 13  # 患儿, 查体: what follows is the patient's again
    NORMAL = 14  # 正常, 未见异常
    PRESENT_AFTER = 15  # (+), 阳性
    CHILD = 17  # 儿子: a relative where the patient is grown up, the patient where parents tell
    NOT_FINDING = 16  # holds the words of a finding and means none


def mask(*kinds: Cue) -> int:
    """A bit for each kind, for questions that are asked of every cue before every finding."""
    return sum(1 << kind for kind in set(kinds))


class CueSet(frozenset[Cue]):
    """All that one phrase may do; `mask` as of `mask`."""

    mask: int

    def __new__(cls, kinds: Iterable[Cue]) -> CueSet:
        """Of these kinds."""
        self = super().__new__(cls, kinds)
        self.mask = mask(*self)
        return self


@dataclass(frozen=True, slots=True)
class Skipped:
    """A word that may stand inside a finding; `kind` says what it adds: `both`, `one`, `mild`, ..., or `filler`."""

    kind: str


@dataclass(frozen=True)
class ChineseRules:
    """The rule files of `folder`, folded by `script`."""

    script: Script
    folder: Path = FOLDER

    @cached_property
    def cues(self) -> Mapping[str, CueSet]:
        """Phrases to what they may do, by where they stand."""
        given = json.loads((self.folder / "cues.json").read_text(encoding="utf-8"))
        found: dict[str, set[Cue]] = defaultdict(set)
        for kind, patterns in given.items():
            for phrase in self._expanded(patterns):
                found[phrase].add(Cue[kind.upper()])
        return {phrase: CueSet(kinds) for phrase, kinds in found.items()}

    @cached_property
    def qualities(self) -> Mapping[str, tuple[str, ...]]:
        """Words of quality to the groups of those that may mean the same: 减低 and 低下 are a low amount."""
        found: dict[str, list[str]] = defaultdict(list)
        for group, word in self._rows("qualities.tsv"):
            found[word].append(group)
        return {word: tuple(dict.fromkeys(groups)) for word, groups in found.items()}

    @cached_property
    def skipped(self) -> Mapping[str, Skipped]:
        """Words of side and degree that may stand inside a finding."""
        return {word: Skipped(kind) for word, kind in self._words("skipped.tsv").items()}

    @cached_property
    def normal(self) -> Mapping[str, tuple[str, ...]]:
        """What may be said to be normal (肌张力, 心), to the ids of the terms that this excludes."""
        return {thing: tuple(ids.split()) for thing, ids in self._words("normal.tsv").items()}

    @cached_property
    def normal_phrases(self) -> Mapping[str, tuple[str, ...]]:
        """Whole statements of normality (律齐, 颈软), to the ids of the terms that they exclude."""
        return {phrase: tuple(ids.split()) for phrase, ids in self._words("normal_phrases.tsv").items()}

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """Headings to section names."""
        return self._words("sections.tsv")

    def _words(self, name: str) -> dict[str, str]:
        """Phrases of a file to their values; of two values the first counts."""
        found: dict[str, str] = {}
        for value, phrase in self._rows(name):
            found.setdefault(phrase, value)
        return found

    def _rows(self, name: str) -> Iterator[tuple[str, str]]:
        """A file of two columns, a value and patterns separated by `|`: the value with each phrase."""
        for line in (self.folder / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                value, patterns = line.split("\t")[:2]
                for phrase in self._expanded(patterns.split("|")):
                    yield value, phrase

    def _expanded(self, patterns: list[str]) -> Iterator[str]:
        for pattern in patterns:
            for phrase in expand(pattern):
                yield self.script.fold(phrase)
