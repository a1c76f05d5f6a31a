"""Findings that share words: "short and broad thumbs", "hypoplasia of the thumbs and radii", "small upturned nose"."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.distribution import Distribution
from nlp.lexicon import NO_TERM, Lexicon
from nlp.recognise import Candidate, Selection
from nlp.word_reader import Kind, Word

_MAX_RANK = 5.5  # made wordings only where the rule was well supported; measured as in nlp.recognise
_BEFORE, _AFTER = 3, 4  # tokens between a coordinator and its conjuncts
_RIGHT_WORDS = 6
_LINKS = (Kind.COORDINATOR, Kind.COMMA)
_BETWEEN = (Kind.STOP, Kind.HYPHEN, Kind.COORDINATOR, Kind.COMMA)


@dataclass(frozen=True, slots=True)
class _Join:
    """A coordinator or comma at `at`, the content word `left` of it and up to six to the `right`.

    `coordinators[i]` counts coordinators from `at` to right[i].
    """

    at: int
    left: int
    right: list[int]
    coordinators: list[int]


@dataclass(frozen=True, slots=True)
class Coordination:
    """Adds the findings whose words are shared between conjuncts to a selection."""

    lexicon: Lexicon

    def extend(self, selection: Selection) -> None:
        """Add findings of conjuncts, then of adjectives piled before one noun."""
        words = selection.sequence.words
        for at in range(1, len(words) - 1):
            if words[at].kind in _LINKS:
                join = _join_at(words, at)
                if join and not self._shared_head(selection, join):
                    self._shared_front(selection, join)
        self._piled_adjectives(selection)
        Distribution(self.lexicon).extend(selection)

    def _shared_head(self, selection: Selection, join: _Join) -> bool:
        """Words left of the join with a head that follows its other conjunct: "short and broad thumbs"."""
        owner, words = selection.owner, selection.sequence.words
        if owner[join.left] >= 0:
            return False
        before = _word_before(selection, join.left)
        fronts = [[join.left]] if before is None else [[before, join.left], [join.left]]
        by_coordinator = words[join.at].kind is Kind.COORDINATOR
        right = join.right
        for front in fronts:
            for r in range(1, min(4, len(right))):
                count = join.coordinators[r]
                if count == 0 or (count > 1 and by_coordinator) or _linked(words, right[r - 1], right[r]):
                    continue
                for e in range(r + 1, min(len(right), r + 3) + 1):
                    holder = owner[right[e - 1]] if owner[right[e - 1]] >= 0 else owner[right[r - 1]]
                    if holder < 0:
                        continue
                    if _linked(words, right[r], right[e - 1]):
                        break
                    found = self._look_up(selection, front + right[r:e], front[0], right[e - 1])
                    if found:
                        selection.take(found, [])
                        owner[join.left] = holder
                        return True
        return False

    def _shared_front(self, selection: Selection, join: _Join) -> bool:
        """The front of a finding left of the join with words right of it: "hypoplasia of the thumbs and radii"."""
        owner, words, right = selection.owner, selection.sequence.words, join.right
        if owner[join.left] < 0 or owner[right[0]] >= 0:
            return False
        members = selection.members[owner[join.left]]
        if len(members) < 2 or members[-1] != join.left:
            return False
        for p in range(len(members) - 1, 0, -1):
            for e in range(min(3, len(right)), 0, -1):
                if any(owner[w] >= 0 for w in right[:e]) or _linked(words, right[0], right[e - 1]):
                    continue
                if _goes_on(words, right[e - 1]):
                    continue
                both = members[:p] + right[:e]
                found = self._look_up(selection, both, members[0], right[e - 1])
                if found:
                    selection.take(found, [])
                    selection.members[-1] = both
                    for w in right[:e]:
                        owner[w] = len(selection.found) - 1
                    return True
        return False

    def _piled_adjectives(self, selection: Selection) -> None:
        """Free adjectives before a finding that begins at the next word: "small, low-set, posteriorly rotated ears"."""
        words, owner = selection.sequence.words, selection.owner
        heads: dict[int, list[list[int]]] = {}  # by the word that an adjective stands before
        for at in range(len(words) - 2, -1, -1):
            word = words[at]
            if word.number < 0 or owner[at] >= 0 or word.is_modifier or self.lexicon.is_anatomy[word.number]:
                continue
            after = at + 1
            while after < len(words) and after - at < 3 and words[after].kind in (Kind.HYPHEN, Kind.COMMA):
                after += 1
            if after >= len(words):
                continue
            if owner[after] >= 0:
                members = selection.members[owner[after]]
                if len(members) > 1 and members[0] == after and _unbroken(words, members):
                    heads[after] = [members[r:] for r in range(1, len(members))]
            before = at - 2
            compound = (
                before >= 0 and words[at - 1].kind is Kind.HYPHEN and owner[before] < 0 and words[before].number >= 0
            )
            for group in [[before, at], [at]] if compound else [[at]]:
                head = self._piled_on(selection, group, heads.get(after, []))
                if head:
                    heads[group[0]] = [head]
                    break

    def _piled_on(self, selection: Selection, group: list[int], heads: list[list[int]]) -> list[int] | None:
        for head in heads:
            found = self._look_up(selection, [*group, *head], group[0], head[-1])
            if found:
                selection.take(found, [])
                return head
        return None

    def _look_up(self, selection: Selection, words: list[int], first: int, last: int) -> Candidate | None:
        row = self.lexicon.wordings.get(selection.key(words))
        if row is None:
            return None
        table = self.lexicon.table
        rank, term = float(table.ranks[row]), int(table.terms[row])
        if rank >= _MAX_RANK or term == NO_TERM:
            return None
        return Candidate(first, last, float(len(words)), rank, term)


def _join_at(words: list[Word], at: int) -> _Join | None:
    left = at - 1
    while left >= 0 and words[left].kind in _BETWEEN and at - left <= _BEFORE:
        left -= 1
    start = at + 1
    while start < len(words) and words[start].kind in _BETWEEN and start - at <= _AFTER:
        start += 1
    if left < 0 or start >= len(words) or at - left > _BEFORE or start - at > _AFTER:
        return None
    if words[left].kind is not Kind.WORD or words[start].kind is not Kind.WORD:
        return None
    right: list[int] = []
    coordinators: list[int] = []
    count = 1 if words[at].kind is Kind.COORDINATOR else 0
    for w in range(start, len(words)):
        kind = words[w].kind
        if kind is Kind.BREAK or len(right) == _RIGHT_WORDS:
            break
        if kind is Kind.WORD:
            right.append(w)
            coordinators.append(count)
        elif kind is Kind.COORDINATOR:
            count += 1
    return _Join(at, left, right, coordinators)


def _word_before(selection: Selection, at: int) -> int | None:
    """The content word just before `at`, a hyphen between allowed, if no finding holds it."""
    words = selection.sequence.words
    before = at - 1
    if before > 0 and words[before].kind is Kind.HYPHEN:
        before -= 1
    if before >= 0 and at > 1 and words[before].kind is Kind.WORD and selection.owner[before] < 0:
        return before
    return None


def _linked(words: list[Word], first: int, last: int) -> bool:
    """Whether a coordinator or comma stands between two words."""
    return any(words[w].kind in _LINKS for w in range(first + 1, last))


def _goes_on(words: list[Word], at: int) -> bool:
    """Whether the next word belongs to the same phrase: "speech and eye contact" is no eye."""
    after = words[at + 1] if at + 1 < len(words) else None
    return after is not None and after.kind is Kind.WORD and after.number >= 0 and not after.is_filler


def _unbroken(words: list[Word], members: list[int]) -> bool:
    return all(words[w].kind in (Kind.WORD, Kind.HYPHEN) for w in range(members[0], members[-1] + 1))
