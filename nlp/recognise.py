"""Finding wordings in a sequence of words: windows grow by words, then the best that do not overlap are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nlp.lexicon import AND_KEY, Lexicon
from nlp.word_reader import Kind, Word, WordSequence
from nlp.wordings import MADE_RANK

#: Constants measured by document F1 on the open sets (benchmarks.recognition).
_WINDOW = 14  # tokens
_MAX_STEMS = 12
_MAX_RANK_MADE = 9.0  # a made wording of a worse rank is not believed
_SKIPPED_PRICE = 3.0  # in rank, for a foreign word inside a finding


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words `first` to `last` (inclusive) may be the term at position `term`; `size` counts stems met."""

    first: int
    last: int
    size: float
    rank: float
    term: int

    @property
    def order(self) -> tuple[float, float, int, int]:
        """Longest first, then the best rank, then from left to right."""
        return (-self.size, self.rank, self.first, self.last)


@dataclass(slots=True)
class Selection:
    """Findings chosen so far.

    `members[i]` are the words of finding i, `owner[w]` is the finding that holds word w, or -1.
    """

    sequence: WordSequence
    found: list[Candidate] = field(default_factory=list)
    members: list[list[int]] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owner = [-1] * len(self.sequence)

    def take(self, candidate: Candidate, members: list[int] | None = None) -> None:
        """Keep a finding; `members` become its own words (default: every content word it spans)."""
        words = self.content(candidate.first, candidate.last) if members is None else members
        for word in words:
            self.owner[word] = len(self.found)
        self.found.append(candidate)
        self.members.append(words)

    def content(self, first: int, last: int) -> list[int]:
        """The content words from `first` to `last`."""
        return [w for w in range(first, last + 1) if self.sequence.words[w].kind is Kind.WORD]

    def key(self, words: list[int]) -> int:
        """The key of these words together."""
        return sum(self.sequence.words[w].key for w in words)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds candidates by the lexicon and selects among them."""

    lexicon: Lexicon

    def candidates(self, sequence: WordSequence) -> list[Candidate]:
        """Every wording that stands in the sequence, overlapping ones included."""
        found: list[Candidate] = []
        singles = self.lexicon.singles
        for at, word in enumerate(sequence.words):
            if word.number < 0:
                continue
            single = singles.get(word.single)
            if single is not None:
                found.append(Candidate(at, at, 1.0, *single))
            if word.partners:
                found.extend(self._windows(sequence.words, at))
        return found

    def select(self, sequence: WordSequence, candidates: list[Candidate]) -> Selection:
        """Keep the longest, best-ranked candidates whose content words do not overlap."""
        selection = Selection(sequence)
        for candidate in sorted(candidates, key=lambda c: c.order):
            words = selection.content(candidate.first, candidate.last)
            if all(selection.owner[w] < 0 for w in words):
                selection.take(candidate, words)
        return selection

    def _windows(self, words: list[Word], first: int) -> Iterator[Candidate]:
        """Candidates that begin at `first`.

        A word that shares no wording with the first one ends the window, unless it is a modifier, a filler, or the one
        foreign word that is let pass.
        """
        head = words[first]
        partners = head.partners
        wordings = self.lexicon.wordings
        key = plain = head.key  # plain: without modifiers
        met = 1
        joined = connected = modified = False
        skipped = resumed = 0
        for at in range(first + 1, min(first + _WINDOW, len(words))):
            word = words[at]
            kind = word.kind
            if at < resumed:
                continue
            if kind is not Kind.WORD:
                if kind is Kind.BREAK or kind is Kind.COMMA:
                    resumed = _after_brackets(words, at)
                    if not resumed:
                        return
                    continue
                joined = joined or kind is Kind.COORDINATOR
                connected = connected or word.is_connector
                continue
            if word.number in partners:
                key += word.key
                met += 1
                if word.is_modifier:
                    modified = True
                else:
                    plain += word.key
            elif word.is_modifier:
                modified = True
                key += word.key
                continue
            elif word.is_filler:
                continue
            elif skipped or word.is_numeral or word.is_barrier:
                return
            else:
                skipped = 1
                continue
            if met > _MAX_STEMS:
                return
            row = wordings.get(key + AND_KEY) if joined else wordings.get(key, wordings.get(key + AND_KEY))
            if row is None and modified and not word.is_modifier and not head.is_modifier:
                row = wordings.get(plain + AND_KEY if joined else plain)
            if row is not None:
                yield from self._believed(words, first, at, row, connected, skipped, joined)

    def _believed(
        self, words: list[Word], first: int, last: int, row: int, connected: bool, skipped: int, joined: bool
    ) -> Iterator[Candidate]:
        table = self.lexicon.table
        rank, size, term = float(table.ranks[row]), int(table.sizes[row]), int(table.terms[row])
        if rank >= MADE_RANK and (connected or rank > _MAX_RANK_MADE):
            return
        if words[first].is_absence and self._is_denied(words, first, last):
            return
        if skipped:
            if size > 2 and rank < MADE_RANK and not joined:
                yield Candidate(first, last, size - 0.5, rank + _SKIPPED_PRICE, term)
            return
        if not joined and self.lexicon.overrides:
            exact = sum(words[w].exact for w in range(first, last + 1))
            term = self.lexicon.overrides.get(exact, term)
        yield Candidate(first, last, float(size), rank, term)

    def _is_denied(self, words: list[Word], first: int, last: int) -> bool:
        """Whether "absence of" stands before what is a finding itself: seizures, but not the corpus callosum."""
        if words[first + 1].kind is not Kind.STOP:
            return False
        rest = [word for word in words[first + 1 : last + 1] if word.kind is Kind.WORD]
        if len(rest) == 1:
            return rest[0].single in self.lexicon.singles
        return sum(word.key for word in rest) in self.lexicon.wordings


def _after_brackets(words: list[Word], at: int) -> int:
    """Where reading goes on after one word in brackets, an abbreviation: "lactate dehydrogenase (LDH) was raised"."""
    closing = at + 2
    if words[at].text == "(" and closing < len(words) and words[closing].text == ")":
        return closing + 1
    return 0
