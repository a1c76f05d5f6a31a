"""Each distinct word of the notes, looked up once: its kind, stem, integer and what it may be misspelt for."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlp.lexicon import Lexicon, word_key
from nlp.rules import LanguageFolder
from nlp.words import Tokens, fold, is_wordlike

_MAX_REMEMBERED = 200_000  # distinct words kept; some 100 MB at most
_MIN_MISSPELT = 6
_TWO_EDITS_FROM = 8


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

    `single` is the gentle form for findings of one word; `partners` are numbers of stems that share a wording.
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
    _spellings: dict[str, list[str]] = field(default_factory=dict)
    _by_second: dict[str, list[str]] = field(default_factory=dict)
    _known_ascending: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for word in self.lexicon.spellings:
            self._spellings.setdefault(word[0], []).append(word)
            self._by_second.setdefault(word[1], []).append(word)
        self._known_ascending.extend(sorted(self.lexicon.known))

    def sequence(self, tokens: Tokens) -> WordSequence:
        """The words of a note: "micro-cephaly" and words broken over a line end are read as one."""
        starts: list[int] = []
        ends: list[int] = []
        words: list[Word] = []
        remembered = self._remembered
        for start, end, surface in zip(tokens.starts, tokens.ends, tokens.surfaces, strict=True):
            word = remembered.get(surface) or self.word(surface)
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
        if len(words) >= 2 and words[-1].text == "-" and words[-2].kind is Kind.WORD:
            first = words[-2].text
            close = ends[-1] == start and ends[-2] == starts[-1]
            if close and first in self.rules.words.joining_prefixes and self._is_known(first + word.text):
                return 2
        if len(words) >= 3 and words[-1].text == "\n" and words[-2].text == "-" and words[-3].kind is Kind.WORD:
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
            return Word(text, Kind.STOP, is_connector=connector)
        stem = self.rules.stems.stem(text)
        spelt = text
        if stem not in self.lexicon.stems and len(text) >= _MIN_MISSPELT:
            spelt = self.meant(text)
            stem = self.rules.stems.stem(spelt)
        number = self.lexicon.stems.get(stem, -1)
        return Word(
            text=text,
            kind=Kind.WORD,
            stem=stem,
            number=number,
            key=word_key(stem),
            exact=word_key(text),
            single=self.rules.stems.single(spelt),
            partners=frozenset(self.lexicon.partners[number].tolist()) if number >= 0 else frozenset(),
            is_modifier=text in rules.modifiers,
            is_filler=text in rules.fillers or (text.endswith("ly") and number < 0),
            is_connector=connector,
        )

    def meant(self, text: str) -> str:
        """The word of a wording that `text` is a misspelling of, or `text`: one edit, two from eight letters on."""
        if text in self.lexicon.known or (len(text) < _TWO_EDITS_FROM and self._begins_known(text[:-1])):
            return text
        edits = 1 if len(text) < _TWO_EDITS_FROM else 2
        near = process.extractOne(text, self._spellings.get(text[0], ()), scorer=OSA.distance, score_cutoff=edits)
        if near is None:
            # A slip in the first letter ("peech", "seesch", "esizure"): words whose second letter is one of the first two.
            others = [word for letter in {text[0], text[1]} for word in self._by_second.get(letter, ())]
            near = process.extractOne(text, others, scorer=OSA.distance, score_cutoff=1)
        return near[0] if near else text

    def _begins_known(self, beginning: str) -> bool:
        """Whether a known word begins so: "drowsy" is a form of "drowsiness", not a slip for "dropsy"."""
        at = bisect_left(self._known_ascending, beginning)
        return at < len(self._known_ascending) and self._known_ascending[at].startswith(beginning)


def _sign_kind(surface: str) -> Kind:
    if surface in "/&":
        return Kind.COORDINATOR
    if surface == ",":
        return Kind.COMMA
    if surface in "-–'’\"“”":
        return Kind.HYPHEN
    return Kind.STOP if surface == "\n" else Kind.BREAK
