"""Findings that share words: "short and broad thumbs", "hypoplasia of the thumbs and radii", "small upturned nose"."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.distribution import Distribution
from nlp.lexicon import NO_TERM, Lexicon
from nlp.recognise import Candidate, Selection
from nlp.shapes import LINKS, Kind
from nlp.word_reader import Word

_MAX_RANK = 5.5  # made wordings only where the rule was well supported; measured as in nlp.recognise
_BEFORE = 3  # tokens between a conjunct and the coordinator behind it; nlp.shapes.LINKS has those after it
_RIGHT_WORDS = 6
_WORD = Kind.WORD
_PILED = (Kind.HYPHEN, Kind.COMMA)
_LINKS = (Kind.COORDINATOR, Kind.COMMA)


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
        words, owner = selection.sequence.words, selection.owner
        for link in LINKS.finditer(selection.sequence.shape):
            at = link.start()
            left, start = at - 1, at + 1
            while words[left].kind is not _WORD:
                left -= 1
            while words[start].kind is not _WORD:
                start += 1
            # Words share a wording only with their partners: most joins need no closer look.
            if owner[left] < 0:
                if _has_partner(words, start, words[left].partners):
                    self._shared_head(selection, _join_at(words, at, left, start))
            elif owner[start] < 0:
                members = selection.members[owner[left]]
                among = words[members[0]].partners if len(members) > 1 and members[-1] == left else ()
                if words[start].number in among:
                    self._shared_front(selection, _join_at(words, at, left, start))
        self._piled_adjectives(selection)
        Distribution(self.lexicon).extend(selection)

    def _shared_head(self, selection: Selection, join: _Join) -> None:
        """Words left of the join with a head that follows its other conjunct: "short and broad thumbs"."""
        owner, words = selection.owner, selection.sequence.words
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
                        return

    def _shared_front(self, selection: Selection, join: _Join) -> None:
        """The front of a finding left of the join with words right of it: "hypoplasia of the thumbs and radii"."""
        owner, words, right = selection.owner, selection.sequence.words, join.right
        members = selection.members[owner[join.left]]
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
                    return

    def _piled_adjectives(self, selection: Selection) -> None:
        """Free adjectives before a finding that begins at the next word: "small, low-set, posteriorly rotated ears"."""
        words = selection.sequence.words
        fronts = [
            members
            for members in selection.members
            if len(members) > 1 and members[0] > 0 and _may_pile(selection, members[0], members[-1])
        ]
        for members in sorted(fronts, reverse=True):
            front: int | None = members[0]
            heads = [members[r:] for r in range(1, len(members))] if _unbroken(words, members) else []
            while front is not None and heads:
                front, heads = self._pile(selection, front, heads)

    def _pile(self, selection: Selection, front: int, heads: list[list[int]]) -> tuple[int | None, list[list[int]]]:
        """Add the adjective before `front` to one of `heads`; where it begins, and heads for the next one."""
        words, owner = selection.sequence.words, selection.owner
        if not _may_pile(selection, front, heads[0][-1]):
            return None, []
        at = _adjective_place(words, front)
        before = at - 2
        compound = before >= 0 and words[at - 1].kind is Kind.HYPHEN and owner[before] < 0 and words[before].number >= 0
        for group in [[before, at], [at]] if compound else [[at]]:
            head = self._piled_on(selection, group, heads)
            if head:
                return group[0], [head]
        return None, []

    def _piled_on(self, selection: Selection, group: list[int], heads: list[list[int]]) -> list[int] | None:
        for head in heads:
            found = self._look_up(selection, [*group, *head], group[0], head[-1])
            if found:
                selection.take(found, [])
                return head
        return None

    def _look_up(self, selection: Selection, words: list[int], first: int, last: int) -> Candidate | None:
        entry = self.lexicon.wordings.get(selection.key(words))
        if entry is None:
            return None
        rank, _, term = entry
        if rank >= _MAX_RANK or term == NO_TERM:
            return None
        return Candidate(first, last, float(len(words)), rank, term)


def _has_partner(words: list[Word], start: int, partners: frozenset[int]) -> bool:
    """Whether a word behind the first conjunct may be the head that is shared."""
    met = 0
    for at in range(start, len(words)) if partners else ():
        word = words[at]
        if word.kind is _WORD:
            met += 1
            if met > 1 and word.number in partners:
                return True
        if met == _RIGHT_WORDS or word.kind is Kind.BREAK:
            return False
    return False


def _join_at(words: list[Word], at: int, left: int, start: int) -> _Join:
    """The link at `at` with the content words around it."""
    right: list[int] = []
    coordinators: list[int] = []
    count = 1 if words[at].kind is Kind.COORDINATOR else 0
    for w in range(start, len(words)):
        kind = words[w].kind
        if kind is Kind.BREAK or len(right) == _RIGHT_WORDS:
            break
        if kind is _WORD:
            right.append(w)
            coordinators.append(count)
        elif kind is Kind.COORDINATOR:
            count += 1
    return _Join(at, left, right, coordinators)


def _may_pile(selection: Selection, front: int, last: int) -> bool:
    """Whether a free quality stands before `front` that shares a wording with the noun at `last`."""
    words = selection.sequence.words
    at = _adjective_place(words, front)
    word = words[at]
    if at < 0 or word.number not in words[last].partners:
        return False
    return selection.owner[at] < 0 and not word.is_modifier and not word.is_anatomy


def _adjective_place(words: list[Word], front: int) -> int:
    """The word before `front`, two hyphens or commas between allowed."""
    at = front - 1
    while at >= 0 and front - at < 3 and words[at].kind in _PILED:
        at -= 1
    return at


def _word_before(selection: Selection, at: int) -> int | None:
    """The content word just before `at`, a hyphen between allowed, if no finding holds it."""
    words = selection.sequence.words
    before = at - 1
    if before > 0 and words[before].kind is Kind.HYPHEN:
        before -= 1
    if before >= 0 and at > 1 and words[before].kind is _WORD and selection.owner[before] < 0:
        return before
    return None


def _linked(words: list[Word], first: int, last: int) -> bool:
    """Whether a coordinator or comma stands between two words."""
    return any(words[w].kind in _LINKS for w in range(first + 1, last))


def _goes_on(words: list[Word], at: int) -> bool:
    """Whether the next word belongs to the same phrase: "speech and eye contact" is no eye."""
    after = words[at + 1] if at + 1 < len(words) else None
    return after is not None and after.kind is _WORD and after.number >= 0 and not after.is_filler


def _unbroken(words: list[Word], members: list[int]) -> bool:
    return all(words[w].kind in (_WORD, Kind.HYPHEN) for w in range(members[0], members[-1] + 1))
