"""Mining substitution rules from synonyms, on wordings small enough to count by hand."""

from __future__ import annotations

from nlp.synonym_rules import StemKinds, SynonymRule, mine
from nlp.variants import variants
from ontology.knowledge import Knowledge

KINDS = StemKinds(
    anatomy=frozenset({"littl", "finger", "pinky", "toe", "nose"}),
    neutral=frozenset({"serum"}),
    vague=frozenset(),
    may_be_dropped=frozenset({"serum"}),
)
# Three terms say "little finger" and "pinky" of the same thing; nothing says otherwise.
WORDINGS = [
    (1, ("finger", "littl", "short")),
    (1, ("pinky", "short")),
    (2, ("curved", "finger", "littl")),
    (2, ("curved", "pinky")),
    (3, ("broad", "finger", "littl")),
    (3, ("broad", "pinky")),
]


def test_pair_seen_in_three_terms_becomes_a_rule_both_ways() -> None:
    assert mine(WORDINGS, KINDS) == [
        SynonymRule(("finger", "littl"), ("pinky",), 3),
        SynonymRule(("pinky",), ("finger", "littl"), 3),
    ]


def test_pair_seen_in_two_terms_is_no_rule() -> None:
    assert mine(WORDINGS[:4], KINDS) == []


def test_rule_that_leads_to_other_terms_is_dropped() -> None:
    # Two further terms tell little finger and pinky apart: 3 right, 2 wrong, confidence .6 < .75.
    apart = [
        (4, ("finger", "littl", "thin")),
        (5, ("pinky", "thin")),
        (6, ("finger", "littl", "long")),
        (7, ("long", "pinky")),
    ]
    assert mine(WORDINGS + apart, KINDS) == []


def test_quality_is_never_exchanged_for_anatomy() -> None:
    assert not KINDS.allows(SynonymRule(("pinky",), ("short",), 9))
    assert KINDS.allows(SynonymRule(("short",), ("small",), 9))


def test_only_empty_words_may_be_left_out() -> None:
    assert KINDS.allows(SynonymRule(("serum",), (), 9))
    assert not KINDS.allows(SynonymRule(("short",), (), 9))


def test_variant_claimed_by_unrelated_terms_is_nobodys(small_knowledge: Knowledge) -> None:
    terms = small_knowledge.terms
    myopia, scoliosis = terms.position("HP:0000545"), terms.position("HP:0002650")
    rules = [SynonymRule(("short",), ("small",), 3), SynonymRule(("tiny",), ("small",), 3)]
    one = {("nose", "short"): (0.0, myopia)}
    both = {**one, ("nose", "tiny"): (0.0, scoliosis)}
    assert variants(one, rules, KINDS, terms)[("nose", "small")][1] == myopia
    assert ("nose", "small") not in variants(both, rules, KINDS, terms)


def test_variant_never_replaces_a_wording(small_knowledge: Knowledge) -> None:
    given = {("nose", "short"): (0.0, 1), ("nose", "small"): (0.0, 2)}
    assert variants(given, [SynonymRule(("short",), ("small",), 3)], KINDS, small_knowledge.terms) == {}
