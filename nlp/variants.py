"""Wordings that the release lacks, made from those it has by one substitution rule each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from nlp.synonym_rules import StemKinds, Stems, SynonymRule, substitute
from nlp.wordings import MADE_RANK
from ontology.terms import Terms

#: (rank, term) of a wording; None stands for a wording that two unrelated terms could claim.
Claim = tuple[float, int | None]
_NEAR = 0.3  # ranks closer than this do not decide between two terms
_MAX_STEMS = 10


def variants(
    wordings: Mapping[Stems, tuple[float, int]], rules: Iterable[SynonymRule], kinds: StemKinds, terms: Terms
) -> dict[Stems, tuple[float, int]]:
    """New wordings by sorted stems; none replaces a wording of the release, none is shared by unrelated terms."""
    by_first: dict[str, list[tuple[Counter[str], SynonymRule, float]]] = defaultdict(list)
    for rule in rules:
        price = (0.2 if rule.instead else 0.5) + 0.6 / rule.support
        by_first[rule.stems[0]].append((Counter(rule.stems), rule, price))
    made: dict[Stems, Claim] = {}
    for stems, (rank, term) in wordings.items():
        counted = Counter(stems)
        for stem in counted:
            for left, rule, price in by_first.get(stem, ()):
                if left - counted or len(stems) <= left.total():
                    continue
                new = substitute(counted, left, rule.instead)
                if _is_fit(new, kinds) and new not in wordings:
                    claim = (max(rank, MADE_RANK - 1) + 1 + price, term)
                    made[new] = _settle(made.get(new), claim, terms)
    return {stems: (rank, term) for stems, (rank, term) in made.items() if term is not None}


def _is_fit(stems: Stems, kinds: StemKinds) -> bool:
    distinct = len(set(stems)) == len(stems)
    return distinct and 2 <= len(stems) <= _MAX_STEMS and any(map(kinds.is_quality, stems))


def _settle(held: Claim | None, new: tuple[float, int], terms: Terms) -> Claim:
    """Of two claims: the same term's better rank, the more general of related terms, the better rank, or nobody."""
    if held is None:
        return new
    (held_rank, holder), (rank, term) = held, new
    if holder is None:
        return held
    if holder == term:
        return min(held_rank, rank), term
    if terms.is_ancestor(term, holder):
        return new if rank <= held_rank + _NEAR else held
    if terms.is_ancestor(holder, term):
        return new if rank < held_rank - _NEAR else held
    if abs(rank - held_rank) < _NEAR:
        return min(rank, held_rank), None
    return new if rank < held_rank else held
