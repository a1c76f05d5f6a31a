"""Each distinct word of the notes, looked up once: its kind, stem, integer and what it may be misspelt for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlp.lexicon import Lexicon, word_key
from nlp.rules import LanguageFolder
from nlp.shapes import HYPHENS, JOINTS, RUN_TOGETHER, Kind, Role, content_shape, sign_shape
from nlp.words import Offsets, Tokens, fold, is_wordlike

_MAX_REMEMBERED = 200_000  # distinct words kept; some 100 MB at most
_MIN_MISSPELT = 4
_MIN_MISSPELT_ALONE = 6  # shorter ones are mended only inside longer findings: "clwft palate"
_TWO_EDITS_FROM = 8
_LONGEST_SYMBOL = 8  # letters of a gene or tool name
_MAX_LETTERS = 40  # no word is longer; what is may be a sequence or an attack, and is not looked into
_INFLECTIONS = "sdyre"  # last letters that make a form of a word rather than a slip
_MIN_RUN_TOGETHER = 4  # letters of either half of "unilateralrenal"
_DIGITS = frozenset("12345")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A distinct word: folded text, kind, and for content words the stem, its number (-1: in no wording) and integers.

    `single` is the gentle form for findings of one word; `partners` are numbers of stems that share a wording. `split`
    is where two words that were run together come apart, 0 elsewhere. `alone` is the finding (rank, term) that the word
    is by itself; `digit` is 1 to 5 for "first", "4th", "IV", "3", else 0; `shape` is its letter (nlp.shapes).
    """

    text: str
    kind: Kind
    shape: str
    role: Role = Role.NONE
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
    is_anatomy: bool = False
    split: int = 0
    digit: int = 0
    alone: tuple[float, int] | None = None

    @property
    def is_numeral(self) -> bool:
        """Whether it counts or numbers something."""
        return self.stem.startswith("#")


@dataclass(frozen=True, slots=True)
class WordSequence:
    """The words of one note with their offsets, compounds joined; `words[i]` lies at `starts[i]` to `ends[i]`.

    `shape[i]` is the letter of words[i].
    """

    starts: Offsets
    ends: Offsets
    words: list[Word]
    shape: str

    def __len__(self) -> int:
        return len(self.words)


class _Remembered(dict[str, Word]):
    """Words by their surface; one that is not there is looked up."""

    look_up: Callable[[str], Word]

    def __missing__(self, surface: str) -> Word:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        word = self[surface] = self.look_up(surface)
        return word


@dataclass(slots=True)
class _Edit:
    """Words that take the place of words `first` to `beyond` (exclusive)."""

    first: int
    beyond: int
    starts: list[int]
    ends: list[int]
    words: list[Word]


@dataclass(frozen=True, slots=True)
class WordReader:
    """Looks words up and remembers them; what it remembers changes no answer, and readers may share it."""

    lexicon: Lexicon
    rules: LanguageFolder
    _remembered: _Remembered = field(default_factory=lambda: _Remembered())
    _partners: dict[int, frozenset[int]] = field(default_factory=dict)
    _by_first: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _by_second: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    _known_ascending: list[str] = field(default_factory=list)
    _spelt: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._remembered.look_up = self._look_up
        for word in self.lexicon.spellings:
            self._by_first.setdefault((word[0], len(word)), []).append(word)
            self._by_second.setdefault((word[1], len(word)), []).append(word)
        self._known_ascending.extend(sorted(self.lexicon.known))
        self._spelt.update(self.lexicon.spellings)

    def sequence(self, tokens: Tokens) -> WordSequence:
        """The words of a note: "micro-cephaly" and words broken over a line end are read as one."""
        words = list(map(self._remembered.__getitem__, tokens.surfaces))
        shape = "".join([word.shape for word in words])
        edits: list[_Edit] = []
        for joint in JOINTS.finditer(shape):
            at = joint.start()
            if joint[0] == RUN_TOGETHER:
                edits.append(self._parted(tokens, at, words[at]))
            else:
                self._join(tokens, words, at, joint.end(), edits)
        if not edits:
            return WordSequence(tokens.starts, tokens.ends, words, shape)
        starts = _edited(tokens.starts, [(edit.first, edit.beyond, edit.starts) for edit in edits])
        ends = _edited(tokens.ends, [(edit.first, edit.beyond, edit.ends) for edit in edits])
        words = list(_edited(words, [(edit.first, edit.beyond, edit.words) for edit in edits]))
        return WordSequence(starts, ends, words, "".join([word.shape for word in words]))

    def word(self, surface: str) -> Word:
        """The word that a token is."""
        return self._remembered[surface]

    def _parted(self, tokens: Tokens, at: int, word: Word) -> _Edit:
        surface, start, end = tokens.surfaces[at], tokens.starts[at], tokens.ends[at]
        middle = start + word.split
        halves = [self.word(surface[: word.split]), self.word(surface[word.split :])]
        return _Edit(at, at + 1, [start, middle], [middle, end], halves)

    def _join(self, tokens: Tokens, words: list[Word], hyphen: int, right: int, edits: list[_Edit]) -> None:
        """Join the word before `hyphen`, itself edited perhaps, and the word at `right`, if together they are one."""
        before = edits[-1] if edits and edits[-1].beyond == hyphen else None
        first = before.words[-1] if before else words[hyphen - 1]
        together = first.text + words[right].text
        if first.kind is not Kind.WORD:
            return
        if right == hyphen + 1:  # or over a line end
            close = tokens.ends[hyphen] == tokens.starts[right] and tokens.ends[hyphen - 1] == tokens.starts[hyphen]
            if not close or first.text not in self.rules.words.joining_prefixes:
                return
        if not self._is_known(together):
            return
        edit = before or _Edit(hyphen - 1, hyphen, [tokens.starts[hyphen - 1]], [0], [first])
        edit.beyond = right + 1
        edit.ends[-1] = tokens.ends[right]
        edit.words[-1] = self.word(together)
        if before is None:
            edits.append(edit)

    def _is_known(self, text: str) -> bool:
        return text in self.lexicon.known or self.rules.stems.single(text) in self.lexicon.singles

    def _look_up(self, surface: str) -> Word:
        text = fold(surface)
        if not is_wordlike(surface) or not text:
            return _sign(text or surface, surface)
        rules = self.rules.words
        connector = text in rules.connectors
        if text in rules.coordinators:
            return Word(text, Kind.COORDINATOR, sign_shape(Kind.COORDINATOR, text))
        if text in rules.stop:
            copula = text in rules.copulas
            shape = sign_shape(Kind.STOP, text, copula)
            return Word(text, Kind.STOP, shape, is_connector=connector, is_copula=copula)
        capitals = _in_capitals(surface)
        if len(text) > _MAX_LETTERS:
            return Word(text[:_MAX_LETTERS], Kind.WORD, content_shape(False, False, capitals), Role.FOREIGN)
        stem = self.rules.stems.stem(text)
        spelt = text
        split = 0
        ordinary = text in self.lexicon.known or text in rules.not_slips
        if stem not in self.lexicon.stems and _may_be_a_slip(surface) and not ordinary:
            spelt = self.meant(text)
            stem = self.rules.stems.stem(spelt)
            split = self._run_together(text) if spelt == text and text == surface.lower() else 0
        number = self.lexicon.stems.get(stem, -1)
        single = self.rules.stems.single(spelt) if spelt == text or len(text) >= _MIN_MISSPELT_ALONE else ""
        passes = text in rules.modifiers or text in rules.fillers or (text.endswith("ly") and number < 0)
        digit = int(stem.removeprefix("#")) if stem.removeprefix("#") in _DIGITS else 0
        anatomy = number >= 0 and bool(self.lexicon.is_anatomy[number])
        shut = stem.startswith("#") or text in rules.barriers
        return Word(
            text=text,
            kind=Kind.WORD,
            shape=RUN_TOGETHER if split else content_shape(anatomy, digit > 0, capitals),
            role=Role.OPEN if passes else Role.SHUT if shut else Role.FOREIGN,
            stem=stem,
            number=number,
            key=word_key(stem),
            exact=word_key(text),
            single=single,
            partners=self._partners_of(number),
            is_modifier=text in rules.modifiers,
            is_filler=text in rules.fillers or (text.endswith("ly") and number < 0),
            is_connector=connector,
            is_barrier=text in rules.barriers,
            is_absence=text in rules.absences,
            is_side=text in rules.sides,
            is_anatomy=anatomy,
            split=split,
            digit=digit,
            alone=self.lexicon.singles.get(single) if number >= 0 else None,
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
        if near is None and len(text) > 1:
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


def _edited(whole: MutableSequence[_T], edits: Sequence[tuple[int, int, list[_T]]]) -> MutableSequence[_T]:
    """`whole` with slices replaced; edits are (first, beyond, instead) in order."""
    made = whole[:0]
    reached = 0
    for first, beyond, instead in edits:
        made.extend(whole[reached:first])
        made.extend(instead)
        reached = beyond
    made.extend(whole[reached:])
    return made


def _in_capitals(surface: str) -> bool:
    """Whether a word is written in capitals, a plural s allowed."""
    if not surface[0].isupper():
        return False
    return surface.isupper() or (len(surface) > 2 and surface[-1] == "s" and surface[:-1].isupper())


def _sign(text: str, surface: str) -> Word:
    kind = _sign_kind(surface)
    ends = kind is Kind.BREAK or kind is Kind.COMMA
    role = Role.NONE if not ends else Role.OPEN if text == "(" else Role.SHUT
    return Word(text, kind, sign_shape(kind, surface), role)


def _sign_kind(surface: str) -> Kind:
    if surface in "/&":
        return Kind.COORDINATOR
    if surface == ",":
        return Kind.COMMA
    if surface in HYPHENS or surface in "–'’\"“”":
        return Kind.HYPHEN
    return Kind.STOP if surface == "\n" else Kind.BREAK
