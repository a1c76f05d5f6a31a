"""Substitution rules mined from the release's own synonyms: "pinky" for "little finger", "aplasia" for "absent".

Two wordings of one term that differ in a few stems are evidence that these stems may stand for each other. A pair seen
in enough terms, and which seldom leads to another term's wording, becomes a rule; a filter then keeps anatomy apart
from quality. Constants were measured by document F1 on the open sets (benchmarks.recognition).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

Stems = tuple[str, ...]

MIN_SUPPORT = 3  # terms that show the pair
MIN_CONFIDENCE = 0.75  # share of applications that stay with the term
MAX_SIDE = 2  # stems on either side
MAX_STEMS = 8  # longer wordings are not compared


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """`stems` of a wording may be read as `instead` (empty: may be left out), as seen in `support` terms."""

    stems: Stems
    instead: Stems
    support: int


@dataclass(frozen=True, slots=True)
class StemKinds:
    """What stems speak of: body parts, neither part nor quality, too vague to substitute, safe to leave out."""

    anatomy: frozenset[str]
    neutral: frozenset[str]
    vague: frozenset[str]
    may_be_dropped: frozenset[str]

    def is_quality(self, stem: str) -> bool:
        """Whether the stem says how something is, not what it is."""
        return stem not in self.anatomy and stem not in self.neutral and not stem.startswith("#")

    def allows(self, rule: SynonymRule) -> bool:
        """Anatomy for anatomy, quality for quality, nothing vague; only empty words may be left out."""
        if not rule.instead:
            return all(stem in self.may_be_dropped for stem in rule.stems)
        if any(map(self.is_quality, rule.stems)) != any(map(self.is_quality, rule.instead)):
            return False
        return not all(stem in self.neutral for stem in rule.instead) and not set(rule.instead) & self.vague


def mine(wordings: Iterable[tuple[int, Stems]], kinds: StemKinds) -> list[SynonymRule]:
    """Rules from (term, sorted stems) pairs, in order of their stems."""
    by_term: dict[int, set[Stems]] = defaultdict(set)
    owners: dict[Stems, set[int]] = defaultdict(set)
    for term, stems in wordings:
        if 0 < len(stems) <= MAX_STEMS:
            by_term[term].add(stems)
            owners[stems].add(term)
    support = _pairs(by_term)
    holders: dict[str, list[Stems]] = defaultdict(list)
    for stems in owners:
        for stem in set(stems):
            holders[stem].append(stems)
    found = []
    for (stems, instead), count in sorted(support.items()):
        rule = SynonymRule(stems, instead, count)
        if not stems or count < MIN_SUPPORT or not kinds.allows(rule):
            continue
        if _confidence(rule, owners, holders) >= MIN_CONFIDENCE:
            found.append(rule)
    return found


def substitute(stems: Counter[str], left_out: Counter[str], instead: Stems) -> Stems:
    """`stems` with `left_out` replaced by `instead`, sorted."""
    return tuple(sorted([*(stems - left_out).elements(), *instead]))


def _pairs(by_term: Mapping[int, set[Stems]]) -> Counter[tuple[Stems, Stems]]:
    support: Counter[tuple[Stems, Stems]] = Counter()
    for sets in by_term.values():
        seen: set[tuple[Stems, Stems]] = set()
        counted = [Counter(stems) for stems in sets]
        for one, other in permutations(counted, 2):
            left, right = one - other, other - one
            if not (left or right) or left.total() > MAX_SIDE or right.total() > MAX_SIDE:
                continue
            if left.total() < one.total():  # they share a stem
                seen.add((tuple(sorted(left.elements())), tuple(sorted(right.elements()))))
        support.update(seen)
    return support


def _confidence(rule: SynonymRule, owners: Mapping[Stems, set[int]], holders: Mapping[str, list[Stems]]) -> float:
    left = Counter(rule.stems)
    good = bad = 0
    for stems in holders[rule.stems[0]]:
        counted = Counter(stems)
        if left - counted or len(stems) == len(rule.stems):
            continue
        met = owners.get(substitute(counted, left, rule.instead))
        if met is not None:
            if met & owners[stems]:
                good += 1
            else:
                bad += 1
    return good / (good + bad) if good + bad else 0.0
