"""Suggestions for a Chinese note: phrases that look like a finding and were read as none, each with its nearest terms.

A phrase begins with what begins wordings of the lexicon (mostly a body part) and ends with what ends them (a quality,
异常, 畸形). What was read, cues, headings and family histories are not looked at, nor what is said to be normal,
denied, a relative's or a possibility.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from nlp.chinese.clauses import Clauses
from nlp.chinese.lexicon import Hit
from nlp.chinese.nearest import NearestChinese
from nlp.chinese.reader import ChineseReader
from nlp.chinese.rules import Cue
from nlp.sections import FAMILY_HISTORY, Section
from nlp.suggestions import MOST_SPANS, MOST_TERMS, Suggested, SuggestedTerm, Suggestion
from ontology.features import Mention, TextSpan
from ontology.knowledge import Knowledge

#: What a phrase must share with its first term. At .4, suggestions are a fifth more and meet 2 % more of the missed.
_LEAST_LIKENESS = 0.5
#: The same for what stands alone and begins or ends unlike a wording, and for two characters. At .85 a suggestion in
#: four is of use, at .75 one in five (benchmarks.suggestions_zh); without two characters a tenth of the hits is lost.
_LEAST_WHOLE, _LEAST_OF_TWO = 0.85, 0.95
#: Of several phrases in one stretch, that with the greatest length * (likeness - this) is taken. Of 80 findings that
#: were missed in two sets of fresh notes, suggestions then held 40; 38 at .3, 37 at .4.
_PRICE = 0.2
#: Beginnings of a stretch, and ends of each, that are looked up; five of each meet no more.
_TRIED = 3
_LONGEST, _SHORTEST = 14, 3  # characters of a phrase
#: Characters of what stands alone between two signs, and is looked up however it begins and ends.
_ALONE = (2, 6)
_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1fa-z]{2,}")
_JOINS = re.compile("以及|[及和与或伴且]")
#: No phrase begins or ends with these.
_IDLE = "的了有呈示见为是在于后时均亦也都就曾仍又再并其该此至"
#: Words inside a phrase that no wording has.
_SAID = re.compile("有点儿?|看着|看起来|好像|似乎|几乎|明显|一直|比较|特别|老是|总是|[也了着就都很太挺]")
#: 不 is part of too many findings (不稳, 不能) to deny what follows.
_DENYING = ("无", "未", "没", "否认")
#: A cue of one character that is none of these is most often part of a word: 母 in 父母.
_SHORT_CUES = ("无",)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Note:
    """A folded note; `taken` holds 1 for a character where nothing is looked for, `things` what may be normal."""

    text: str
    taken: bytearray
    things: frozenset[Span]
    near: dict[str, tuple[SuggestedTerm, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ChineseSuggester:
    """Makes suggestions with the lexicon of a Chinese reader; the index is compiled, and mapped on first use."""

    knowledge: Knowledge
    reader: ChineseReader
    least_likeness: float = _LEAST_LIKENESS

    @cached_property
    def nearest(self) -> NearestChinese:
        """The compiled index; raises KnowledgeDamaged where the release has none."""
        return NearestChinese.open(self.knowledge.folder, self.reader.lexicon.qualities)

    def suggest(self, text: str, mentions: Sequence[Mention]) -> Suggested:
        """Suggestions for what `mentions`, the reading of the same `text`, leave unread."""
        note = self._note(text, mentions)
        found: list[Suggestion] = []
        looked_up = 0
        for at, end in _stretches(note):
            while windows := [*self._windows(note, at, end)]:
                looked_up += len(windows)
                if looked_up > MOST_SPANS:
                    return Suggested(tuple(found), looked_to=at)
                start, at = max(windows, key=lambda window: self._worth(note, window))
                terms = note.near[note.text[start:at]]
                if terms and terms[0].likeness >= self._least(note.text[start:at]):
                    found.append(Suggestion(start, at, text[start:at], terms))
        return Suggested(tuple(found))

    def _least(self, phrase: str) -> float:
        """What a phrase must share with its first term: more if it is short, or begins or ends unlike a wording."""
        if len(phrase) >= _SHORTEST and self._begins(phrase[:2]) and self._ends(phrase[-2:]):
            return self.least_likeness
        return max(self.least_likeness, _LEAST_WHOLE if len(phrase) >= _SHORTEST else _LEAST_OF_TWO)

    def terms_near(self, phrase: str) -> tuple[SuggestedTerm, ...]:
        """The nearest terms to any phrase, best first."""
        terms = self.reader.terms
        near = self.nearest.near(_SAID.sub("", self.reader.lexicon.script.fold(phrase)), MOST_TERMS)
        return tuple(SuggestedTerm(terms.id(n.term), terms.label(n.term), round(n.likeness, 3)) for n in near)

    def _note(self, text: str, mentions: Sequence[Mention]) -> _Note:
        folded = self.reader.lexicon.script.fold(text)
        hits = self.reader.lexicon.scan(folded)
        spans = [span for mention in mentions for span in (mention.evidence, mention.cue)]
        taken = bytearray(len(folded))
        for start, end in (
            *((span.start, span.end) for span in spans if isinstance(span, TextSpan)),
            *_elsewhere(self.reader.headings.find(folded), len(folded)),
            *_said_otherwise(folded, hits.cues, Clauses.of(folded)),
        ):
            taken[start:end] = b"\x01" * (end - start)
        return _Note(folded, taken, frozenset((hit.start, hit.end) for hit in hits.things))

    def _worth(self, note: _Note, window: Span) -> float:
        phrase = note.text[slice(*window)]
        if phrase not in note.near:
            note.near[phrase] = self.terms_near(phrase)
        terms = note.near[phrase]
        return len(phrase) * ((terms[0].likeness if terms else 0.0) - _PRICE)

    def _windows(self, note: _Note, start: int, end: int) -> Iterator[Span]:
        """Phrases that begin and end as wordings do, first beginnings with last ends; and a short stretch whole."""
        if self._stands_alone(note, start, end):
            yield start, end
        tried: list[int] = []
        for first in range(start, end - _SHORTEST + 1):
            if len(tried) == _TRIED or (tried and first - tried[0] > _LONGEST):
                return
            if not self._begins(note.text[first : first + 2]):
                continue
            lasts = range(min(end, first + _LONGEST), first + _SHORTEST - 1, -1)
            ends = islice((at for at in lasts if self._ends(note.text[at - 2 : at])), _TRIED)
            windows = [(first, last) for last in ends if (first, last) not in note.things]
            tried += [first] * bool(windows)
            yield from windows

    def _stands_alone(self, note: _Note, start: int, end: int) -> bool:
        """Whether signs stand at both ends: such short words are most often a finding."""
        before, behind = note.text[start - 1 : start], note.text[end : end + 1]
        signs = not before.isalnum() and not behind.isalnum()
        return signs and _ALONE[0] <= end - start <= _ALONE[1] and (start, end) not in note.things

    def _begins(self, two: str) -> bool:
        return two[0] not in _IDLE and (self.nearest.is_part(two[0]) or self.nearest.is_part(two))

    def _ends(self, two: str) -> bool:
        return two[-1] not in _IDLE and (self.nearest.is_end(two[-1]) or self.nearest.is_end(two))


def _stretches(note: _Note) -> Iterator[Span]:
    """Words in a row that may be one finding, from left to right: no sign, joining word or cue between."""
    for run in _RUN.finditer(note.text):
        for start, end in _untaken(note.taken, run.start(), run.end()):
            last = start
            for join in _JOINS.finditer(note.text, start, end):
                yield last, join.start()
                last = join.end()
            yield last, end


def _untaken(taken: bytearray, start: int, end: int) -> Iterator[Span]:
    while start < end:
        start = taken.find(0, start, end)
        if start < 0:
            return
        stop = taken.find(1, start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop


def _elsewhere(sections: Sequence[Section], length: int) -> Iterator[Span]:
    """Headings, and family histories whole."""
    for row, section in enumerate(sections):
        yield section.start, section.body
        if section.name == FAMILY_HISTORY:
            yield section.start, sections[row + 1].start if row + 1 < len(sections) else length


def _said_otherwise(folded: str, cues: Iterable[Hit], clauses: Clauses) -> Iterator[Span]:
    """Cues with the words of which they say something else than that they are found; the longest cue counts."""
    reach = 0
    for hit in sorted(cues, key=lambda hit: (hit.start, -hit.end)):
        words = folded[hit.start : hit.end]
        if hit.start < reach or (len(words) == 1 and words not in _SHORT_CUES) or _SAID.fullmatch(words):
            continue
        reach = hit.end
        if hit.entry == frozenset({Cue.NOT_NEGATION}):
            continue  # 发育不良, 无故大笑
        yield _reach(hit, words, clauses)


def _reach(hit: Hit, words: str, clauses: Clauses) -> Span:
    """Where a cue acts: on itself, on all of its clause before it, or on what follows."""
    low, high = clauses.clause(hit.start)
    start, end = hit.start, hit.end
    kinds = hit.entry if isinstance(hit.entry, frozenset) else frozenset()
    denies_on = Cue.NEGATION in kinds and words.startswith(_DENYING)
    looks_back = kinds & {Cue.NORMAL, Cue.NEGATION_AFTER, Cue.HYPOTHETICAL_AFTER, Cue.FAMILY_AFTER}
    if looks_back and (end >= high - 1 or not denies_on):
        start = low
    if Cue.NEGATION_OF_LIST in kinds:
        end = clauses.sentence(hit.start)[1]
    elif denies_on or kinds & {Cue.RELATIVE, Cue.HYPOTHETICAL}:
        end = high
    return start, end
