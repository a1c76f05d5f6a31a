"""A note laid out for asking what it says of a finding: words, sentences, cues, and the place of each finding."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nlp.cues import Cue, CueFinder
from nlp.sections import Section
from nlp.sentences import sentence_starts
from nlp.words import Folds, Offsets, Tokens

#: Words beyond which a cue no longer acts, before and after a finding; they also bound the work on endless sentences.
BEFORE, AFTER = 60, 40
_BEFORE_KINDS = (
    "negation", "negation_of_list", "negation_of_next_word", "not_negation", "termination", "uncertain",
    "hypothetical", "historical",
)  # fmt: skip
_AFTER_KINDS = (
    "negation_after", "negation_right_after", "not_negation_after", "uncertain_after", "historical_after",
    "family_after", "termination",
)  # fmt: skip
_FAMILY_KINDS = ("family_history", "no_family_history", "relative", "sibling", "patient", "cousins_wed")


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues of one sort in order of position, and their first words for bisecting."""

    cues: list[Cue]
    firsts: list[int]

    @classmethod
    def ordered(cls, cues: list[Cue]) -> Cues:
        """These cues, which come in order of their first words."""
        return cls(cues, [cue.first for cue in cues])

    def between(self, first: int, beyond: int) -> list[Cue]:
        """Cues that lie wholly in words `first` to `beyond` (exclusive)."""
        low, high = bisect_left(self.firsts, first), bisect_left(self.firsts, beyond)
        return [cue for cue in self.cues[low:high] if cue.last < beyond]


@dataclass(frozen=True, slots=True)
class Place:
    """A finding among the words: it holds `first` to `beyond` (exclusive) of a sentence from `low` to `high`.

    Both ends of the sentence lie at most BEFORE and AFTER words off; `row` counts sentences.
    """

    first: int
    beyond: int
    low: int
    high: int
    row: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A note: its folded words without line ends, their characters, and what stands where among them.

    words, starts, ends: folded words and the characters they hold
    findings:            ascending first words of the findings asked about
    sentences:           ascending first words of the sentences; `at_line` are those that begin a line
    """

    words: list[str]
    starts: Offsets
    ends: Offsets
    findings: list[int]
    sentences: list[int]
    at_line: frozenset[int]
    before: Cues
    after: Cues
    family: Cues
    sections: Sequence[Section]

    def sentence(self, row: int) -> tuple[int, int]:
        """First word of a sentence, and the word behind it."""
        beyond = self.sentences[row + 1] if row + 1 < len(self.sentences) else len(self.words)
        return self.sentences[row], beyond

    def place(self, start: int, end: int) -> Place:
        """The place of characters `start` to `end`."""
        first, beyond = bisect_right(self.ends, start), bisect_left(self.starts, end)
        row = max(bisect_right(self.sentences, first) - 1, 0)
        low, high = self.sentence(row) if self.sentences else (0, len(self.words))
        beyond = max(beyond, first)
        return Place(first, beyond, max(low, first - BEFORE), min(max(high, beyond), beyond + AFTER), row)

    def has_finding(self, first: int, beyond: int) -> bool:
        """Whether a finding begins in words `first` to `beyond` (exclusive)."""
        return bisect_left(self.findings, first) < bisect_left(self.findings, beyond)

    def characters(self, cue: Cue) -> tuple[int, int]:
        """Where a cue stands in the text, start and end."""
        return self.starts[cue.first], self.ends[cue.last]


@dataclass(frozen=True, slots=True)
class CueFinders:
    """Finders of the cues that act on what follows, on what stands before, and that name persons."""

    before: CueFinder
    after: CueFinder
    family: CueFinder
    no_sentence_end: frozenset[str]
    first_words: frozenset[str]
    _folds: Folds = field(default_factory=Folds)

    @classmethod
    def of(cls, rules: Mapping[str, Sequence[str]]) -> CueFinders:
        """Finders for the cue phrases of one language."""
        before, after, family = (CueFinder.of(rules, kinds) for kinds in (_BEFORE_KINDS, _AFTER_KINDS, _FAMILY_KINDS))
        first_words = frozenset((*before.phrases, *after.phrases, *family.phrases))
        return cls(before, after, family, frozenset(rules["no_sentence_end"]), first_words)

    def lay_out(
        self, text: str, tokens: Tokens, spans: Sequence[tuple[int, int]], sections: Sequence[Section]
    ) -> LaidOut:
        """The note with its findings at `spans`; time is linear in its length."""
        words = list(map(self._folds.__getitem__, tokens.surfaces))
        breaks = sentence_starts(text, tokens, words, self.no_sentence_end)
        starts, ends = tokens.starts, tokens.ends
        lines = [0]
        if "\n" in words:
            kept = [at for at, word in enumerate(words) if word != "\n"]
            lines = [bisect_left(kept, at + 1) for at, word in enumerate(words) if word == "\n"]
            lines.append(0)
            breaks = [bisect_left(kept, at) for at in breaks]
            words = [words[at] for at in kept]
            starts, ends = array("i", [starts[at] for at in kept]), array("i", [ends[at] for at in kept])
        cued = [at for at, word in enumerate(words) if word in self.first_words]
        return LaidOut(
            words=words,
            starts=starts,
            ends=ends,
            findings=sorted({bisect_right(ends, start) for start, _ in spans}),
            sentences=sorted(set(breaks)),
            at_line=frozenset(lines),
            before=Cues.ordered(self.before.find(words, cued)),
            after=Cues.ordered(self.after.find(words, cued)),
            family=Cues.ordered(self.family.find(words, cued)),
            sections=sections,
        )


def scope_before(note: LaidOut, place: Place) -> list[Cue]:
    """Cues before the finding that nothing has closed."""
    cues = note.before.between(place.low, place.first)
    closed = [at for at, cue in enumerate(cues) if cue.kind == "termination"]
    return cues[closed[-1] + 1 :] if closed else cues


def scope_after(note: LaidOut, place: Place) -> list[Cue]:
    """Cues after the finding up to one that closes."""
    cues = note.after.between(place.beyond, place.high)
    closed = [at for at, cue in enumerate(cues) if cue.kind == "termination"]
    return cues[: closed[0]] if closed else cues
