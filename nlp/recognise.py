"""Finding wordings in a sequence of words: windows grow by words, then the best that do not overlap are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nlp.lexicon import AND_KEY, Entry, Lexicon
from nlp.shapes import BREAK, Kind, Role
from nlp.word_reader import Word, WordSequence
from nlp.wordings import MADE_RANK

#: Constants measured by document F1 on the open sets (benchmarks.recognition).
_WINDOW = 14  # tokens
_MAX_STEMS = 12
_MAX_RANK_MADE = 9.0  # a made wording of a worse rank is not believed
_SKIPPED_PRICE = 3.0  # in rank, for a foreign word inside a finding
_WORD, _COORDINATOR = Kind.WORD, Kind.COORDINATOR
_FOREIGN, _OPEN, _SHUT = Role.FOREIGN, Role.OPEN, Role.SHUT
_ADJECTIVES = ("al", "lar", "ic", "ary")  # last letters of "aortic", but not of "ear"
_END = Word("", Kind.BREAK, BREAK, Role.SHUT)


class Candidate(NamedTuple):
    """Words `first` to `last` (inclusive) may be the term at position `term`; `size` counts stems met."""

    first: int
    last: int
    size: float
    rank: float
    term: int


@dataclass(slots=True)
class Selection:
    """Findings chosen so far.

    `members[i]` are the words of finding i, `owner[w]` is the finding that holds word w, or -1.
    """

    sequence: WordSequence
    found: list[Candidate] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    _said: set[tuple[int, int]] | None = None  # (term, word), made when first asked for

    def __post_init__(self) -> None:
        self.owner = [-1] * len(self.sequence)

    def take(self, candidate: Candidate, members: list[int] | None = None) -> None:
        """Keep a finding; `members` become its own words (default: every content word it spans)."""
        words = self.content(candidate.first, candidate.last) if members is None else members
        for word in words:
            self.owner[word] = len(self.found)
        self.found.append(candidate)
        self.members.append(words)
        if self._said is not None:
            self._said.update(_said(candidate))

    def says(self, term: int, first: int, last: int) -> bool:
        """Whether a finding of this term holds any of the words `first` to `last`."""
        if self._said is None:
            self._said = {said for candidate in self.found for said in _said(candidate)}
        return any((term, word) in self._said for word in range(first, last + 1))

    def content(self, first: int, last: int) -> list[int]:
        """The content words from `first` to `last`."""
        words = self.sequence.words
        if first == last:
            return [first] if words[first].kind is _WORD else []
        return [w for w in range(first, last + 1) if words[w].kind is _WORD]

    def key(self, words: list[int]) -> int:
        """The key of these words together."""
        among = self.sequence.words
        return sum([among[w].key for w in words])


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds candidates by the lexicon and selects among them."""

    lexicon: Lexicon

    def candidates(self, sequence: WordSequence) -> list[Candidate]:
        """Every wording that stands in the sequence, overlapping ones included."""
        found: list[Candidate] = []
        words, wordings = sequence.words, self.lexicon.wordings
        places = [at for at, word in enumerate(words) if word.role]
        inside = [words[at] for at in places]
        inside += [_END, _END, _END]
        for at, head, one, two, three in zip(places, inside, inside[1:], inside[2:], inside[3:], strict=False):
            if head.alone is not None:
                found.append(Candidate(at, at, 1.0, *head.alone))
            partners = head.partners
            if not partners:
                continue
            # Most windows end at once: at a sign, or at a second foreign word before a finding of three words is met.
            if one.number in partners:
                if two.role is _SHUT and two.number not in partners:
                    key = head.key + one.key
                    if key not in wordings and key + AND_KEY not in wordings:
                        continue
            elif one.role is _FOREIGN:
                if two.number in partners:
                    if three.number not in partners and three.role is not _OPEN:
                        continue
                elif two.role is not _OPEN:
                    continue
            elif one.role is not _OPEN:
                continue
            self._windows(words, at, found)
        return found

    def select(self, sequence: WordSequence, candidates: list[Candidate]) -> Selection:
        """Keep the longest, best-ranked candidates whose content words do not overlap."""
        selection = Selection(sequence)
        owner = selection.owner
        for candidate in sorted(candidates, key=_order):
            words = selection.content(candidate.first, candidate.last)
            for word in words:
                if owner[word] >= 0:
                    break
            else:
                selection.take(candidate, words)
        return selection

    def _windows(self, words: list[Word], first: int, found: list[Candidate]) -> None:
        """Add the candidates that begin at `first`.

        A word that shares no wording with the first one ends the window, unless it is a modifier, a filler, or the one
        foreign word that is let pass.
        """
        head = words[first]
        partners = head.partners
        look_up = self.lexicon.wordings.get
        key = plain = head.key  # plain: without modifiers and fillers
        met = 1
        joined = connected = modified = False
        skipped = resumed = 0
        for at in range(first + 1, min(first + _WINDOW, len(words))):
            word = words[at]
            if at < resumed:
                continue
            kind = word.kind
            if kind is not _WORD:
                if word.role:
                    resumed = _after_brackets(words, at)
                    if not resumed:
                        return
                    continue
                joined = joined or kind is _COORDINATOR
                connected = connected or word.is_connector
                continue
            if word.number in partners:
                key += word.key
                met += 1
                if word.is_modifier or word.is_filler:  # "low-set ears" holds "set", "eyes set far apart" may
                    modified = True
                else:
                    plain += word.key
            elif word.is_modifier:
                modified = True
                key += word.key
                continue
            elif word.is_filler:
                continue
            elif skipped or word.role is _SHUT:
                return
            else:
                skipped = 1
                continue
            if met > _MAX_STEMS:
                return
            entry = look_up(key + AND_KEY) if joined else look_up(key) or look_up(key + AND_KEY)
            if entry is None and modified and not word.is_modifier and not word.is_filler and not head.is_modifier:
                entry = look_up(plain + AND_KEY if joined else plain)
            if entry is not None:
                candidate = self._believed(words, first, at, entry, connected, skipped, joined)
                if candidate is not None:
                    found.append(candidate)

    def _believed(
        self, words: list[Word], first: int, last: int, entry: Entry, connected: bool, skipped: int, joined: bool
    ) -> Candidate | None:
        rank, size, term = entry
        if rank >= MADE_RANK and (connected or rank > _MAX_RANK_MADE):
            return None
        if _is_cut_off(words, first, last, joined):
            return None
        if words[first].is_absence and self._is_denied(words, first, last):
            return None
        if skipped:
            if size > 2 and rank < MADE_RANK and not joined:
                return Candidate(first, last, size - 0.5, rank + _SKIPPED_PRICE, term)
            return None
        if not joined and self.lexicon.overrides:
            term = self.lexicon.overrides.get(sum([word.exact for word in words[first : last + 1]]), term)
        return Candidate(first, last, float(size), rank, term)

    def _is_denied(self, words: list[Word], first: int, last: int) -> bool:
        """Whether "absence of" stands before what is a finding itself: seizures, but not the corpus callosum."""
        if words[first + 1].kind is not Kind.STOP:
            return False
        rest = [word for word in words[first + 1 : last + 1] if word.kind is Kind.WORD]
        if len(rest) == 1:
            return rest[0].single in self.lexicon.singles
        return sum(word.key for word in rest) in self.lexicon.wordings


def _said(candidate: Candidate) -> list[tuple[int, int]]:
    return [(candidate.term, word) for word in range(candidate.first, candidate.last + 1)]


def _order(candidate: Candidate) -> tuple[float, float, int, int]:
    """Longest first, then the best rank, then from left to right."""
    first, last, size, rank, _ = candidate
    return (-size, rank, first, last)


def _is_cut_off(words: list[Word], first: int, last: int, joined: bool) -> bool:
    """Whether the phrase goes on: "thickening of the aortic" valve, "agenesis of the A and hypoplasia" of the B."""
    if last + 1 >= len(words):
        return False
    behind, end = words[last + 1], words[last]
    if behind.kind is _WORD:
        adjective = end.is_anatomy and end.text.endswith(_ADJECTIVES) and behind.role is _FOREIGN
        return adjective and any(word.text == "of" for word in words[first:last])
    return joined and behind.text == "of" and not end.is_anatomy and any(w.text == "of" for w in words[first:last])


def _after_brackets(words: list[Word], at: int) -> int:
    """Where reading goes on after one word in brackets, an abbreviation: "lactate dehydrogenase (LDH) was raised"."""
    closing = at + 2
    if words[at].text == "(" and closing < len(words) and words[closing].text == ")":
        return closing + 1
    return 0
