"""Each distinct word of the notes, looked up once: its kind, stem, integer and what it may be misspelt for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlp.lexicon import Lexicon, word_key
from nlp.rules import LanguageFolder
from nlp.words import Tokens, fold, is_wordlike

_MAX_REMEMBERED = 200_000  # distinct words kept; some 100 MB at most
_MIN_MISSPELT = 4
_MIN_MISSPELT_ALONE = 6  # shorter ones are mended only inside longer findings: "clwft palate"
_TWO_EDITS_FROM = 8
_LONGEST_SYMBOL = 8  # letters of a gene or tool name
_MAX_LETTERS = 40  # no word is longer; what is may be a sequence or an attack, and is not looked into
_HYPHENS = frozenset("-‐‑−")
_INFLECTIONS = "sdyre"  # last letters that make a form of a word rather than a slip
_MIN_RUN_TOGETHER = 4  # letters of either half of "unilateralrenal"


class Kind(IntEnum):
    """What a token does inside a finding."""

    WORD = 0
    STOP = 1
    COORDINATOR = 2
    COMMA = 3
    HYPHEN = 4
    BREAK = 5


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A distinct word: folded text, kind, and for content words the stem, its number (-1: in no wording) and integers.

    `single` is the gentle form for findings of one word; `partners` are numbers of stems that share a wording. `split`
    is where two words that were run together come apart, 0 elsewhere.
    """

    text: str
    kind: Kind
    stem: str = ""
    number: int = -1
    key: int = 0
    exact: int = 0
    single: str = ""
    partners: frozenset[int] = frozenset()
    is_modifier: bool = False
    is_filler: bool = False
    is_connector: bool = False
    is_barrier: bool = False
    is_absence: bool = False
    is_copula: bool = False
    is_side: bool = False
    split: int = 0

    @property
    def is_numeral(self) -> bool:
        """Whether it counts or numbers something."""
        return self.stem.startswith("#")


@dataclass(frozen=True, slots=True)
class WordSequence:
    """The words of one note with their offsets, compounds joined; `words[i]` lies at `starts[i]` to `ends[i]`."""

    starts: list[int]
    ends: list[int]
    words: list[Word]

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True, slots=True)
class WordReader:
    """Looks words up and remembers them; what it remembers changes no answer, and readers may share it."""

    lexicon: Lexicon
    rules: LanguageFolder
    _remembered: dict[str, Word] = field(default_factory=dict)
    _partners: dict[int, frozenset[int]] = field(default_factory=dict)
    _by_first: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _by_second: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _known_ascending: list[str] = field(default_factory=list)
    _spelt: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for word in self.lexicon.spellings:
            self._by_first.setdefault((word[0], len(word)), []).append(word)
            self._by_second.setdefault((word[1], len(word)), []).append(word)
        self._known_ascending.extend(sorted(self.lexicon.known))
        self._spelt.update(self.lexicon.spellings)

    def sequence(self, tokens: Tokens) -> WordSequence:
        """The words of a note: "micro-cephaly" and words broken over a line end are read as one."""
        starts: list[int] = []
        ends: list[int] = []
        words: list[Word] = []
        remembered = self._remembered
        for start, end, surface in zip(tokens.starts, tokens.ends, tokens.surfaces, strict=True):
            word = remembered.get(surface) or self.word(surface)
            if word.split:
                middle = start + word.split
                starts.append(start)
                ends.append(middle)
                words.append(self.word(surface[: word.split]))
                start, word = middle, self.word(surface[word.split :])
            if word.kind is Kind.WORD and words and words[-1].kind in (Kind.HYPHEN, Kind.STOP):
                parts = self._parts_before(start, word, starts, ends, words)
                if parts:
                    word = self.word(words[-parts].text + word.text)
                    start = starts[-parts]
                    del starts[-parts:], ends[-parts:], words[-parts:]
            starts.append(start)
            ends.append(end)
            words.append(word)
        return WordSequence(starts, ends, words)

    def word(self, surface: str) -> Word:
        """The word that a token is."""
        known = self._remembered.get(surface)
        if known is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            known = self._remembered[surface] = self._look_up(surface)
        return known

    def _parts_before(self, start: int, word: Word, starts: list[int], ends: list[int], words: list[Word]) -> int:
        """How many words before this one belong to it: 2 ("micro" "-"), 3 ("micro" "-" line end) or 0."""
        if len(words) >= 2 and words[-1].text in _HYPHENS and words[-2].kind is Kind.WORD:
            first = words[-2].text
            close = ends[-1] == start and ends[-2] == starts[-1]
            if close and first in self.rules.words.joining_prefixes and self._is_known(first + word.text):
                return 2
        if len(words) >= 3 and words[-1].text == "\n" and words[-2].text in _HYPHENS and words[-3].kind is Kind.WORD:
            return 3 if self._is_known(words[-3].text + word.text) else 0
        return 0

    def _is_known(self, text: str) -> bool:
        return text in self.lexicon.known or self.rules.stems.single(text) in self.lexicon.singles

    def _look_up(self, surface: str) -> Word:
        text = fold(surface)
        if not is_wordlike(surface) or not text:
            return Word(text or surface, _sign_kind(surface))
        rules = self.rules.words
        connector = text in rules.connectors
        if text in rules.coordinators:
            return Word(text, Kind.COORDINATOR)
        if text in rules.stop:
            return Word(text, Kind.STOP, is_connector=connector, is_copula=text in rules.copulas)
        if len(text) > _MAX_LETTERS:
            return Word(text[:_MAX_LETTERS], Kind.WORD)
        stem = self.rules.stems.stem(text)
        spelt = text
        split = 0
        ordinary = text in self.lexicon.known or text in rules.not_slips
        if stem not in self.lexicon.stems and _may_be_a_slip(surface) and not ordinary:
            spelt = self.meant(text)
            stem = self.rules.stems.stem(spelt)
            split = self._run_together(text) if spelt == text and text == surface.lower() else 0
        number = self.lexicon.stems.get(stem, -1)
        return Word(
            text=text,
            kind=Kind.WORD,
            stem=stem,
            number=number,
            key=word_key(stem),
            exact=word_key(text),
            single=self.rules.stems.single(spelt) if spelt == text or len(text) >= _MIN_MISSPELT_ALONE else "",
            partners=self._partners_of(number),
            is_modifier=text in rules.modifiers,
            is_filler=text in rules.fillers or (text.endswith("ly") and number < 0),
            is_connector=connector,
            is_barrier=text in rules.barriers,
            is_absence=text in rules.absences,
            is_side=text in rules.sides,
            split=split,
        )

    def _partners_of(self, number: int) -> frozenset[int]:
        """Stems that share a wording with this one; one set for all forms of a word, for some hold thousands."""
        if number < 0:
            return frozenset()
        known = self._partners.get(number)
        if known is None:
            known = self._partners[number] = frozenset(self.lexicon.partners[number].tolist())
        return known

    def meant(self, text: str) -> str:
        """The word of a wording that `text` is a misspelling of, or `text`: one edit, two from eight letters on."""
        if len(text) < _TWO_EDITS_FROM and text[-1] in _INFLECTIONS and self._begins_known(text[:-1]):
            return text
        edits = 1 if len(text) < _TWO_EDITS_FROM else 2
        near = _nearest(text, self._by_first, text[0], edits)
        if near is None:
            # A slip in the first letter ("peech", "seech", "psaech"): the second letter is one of the first two then.
            near = _nearest(text, self._by_second, text[1], 1) or _nearest(text, self._by_second, text[0], 1)
        return near or text

    def _run_together(self, text: str) -> int:
        """Where `text` comes apart into two words of wordings, 0 where it does not."""
        for at in range(_MIN_RUN_TOGETHER, len(text) - _MIN_RUN_TOGETHER + 1):
            halves = (text[:at], text[at:])
            if all(half in self._spelt for half in halves):
                return at
        return 0

    def _begins_known(self, beginning: str) -> bool:
        """Whether a known word begins so: "drowsy" is a form of "drowsiness", not a slip for "dropsy"."""
        at = bisect_left(self._known_ascending, beginning)
        return at < len(self._known_ascending) and self._known_ascending[at].startswith(beginning)


def _may_be_a_slip(surface: str) -> bool:
    """Whether the word is long enough, and written as words are: not PolyPhen, and not SCN1A's like."""
    return len(surface) >= _MIN_MISSPELT and (surface.islower() or surface.istitle() or len(surface) > _LONGEST_SYMBOL)


def _nearest(text: str, words: Mapping[tuple[str, int], Sequence[str]], letter: str, edits: int) -> str | None:
    """The nearest of the words under `letter` within `edits` (insertions, deletions, exchanges, swapped neighbours)."""
    lengths = sorted(range(len(text) - edits, len(text) + edits + 1), key=lambda length: abs(length - len(text)))
    candidates = [word for length in lengths for word in words.get((letter, length), ())]
    near = process.extractOne(text, candidates, scorer=OSA.distance, score_cutoff=edits)
    return near[0] if near else None


def _sign_kind(surface: str) -> Kind:
    if surface in "/&":
        return Kind.COORDINATOR
    if surface == ",":
        return Kind.COMMA
    if surface in _HYPHENS or surface in "–'’\"“”":
        return Kind.HYPHEN
    return Kind.STOP if surface == "\n" else Kind.BREAK
