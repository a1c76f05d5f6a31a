"""The little language of wordings, and the lexicon written in it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from nlp.chinese.patterns import PatternFault, expand
from nlp.chinese.rules import ChineseRules
from nlp.chinese.script import Script
from nlp.chinese.term_wordings import LexiconFault, TermWordings, read_terms
from ontology.knowledge import Knowledge
from ontology.terms import UnknownTerm


@pytest.mark.parametrize(
    ("pattern", "wordings"),
    [
        ("斜视", ["斜视"]),
        ("眼[间]距(宽/远)", ["眼间距宽", "眼间距远", "眼距宽", "眼距远"]),
        ("(小/[短]缩)颌", ["小颌", "短缩颌", "缩颌"]),
        ("[a/b]", ["a", "b"]),
        ("(甲/甲)乙", ["甲乙"]),
    ],
)
def test_pattern_makes_its_wordings_once_each_in_order(pattern: str, wordings: list[str]) -> None:
    assert list(expand(pattern)) == wordings


@pytest.mark.parametrize("pattern", ["(甲", "甲)", "(甲]", "[甲", "(0/1/2/3/4/5/6/7/8/9)" * 4])
def test_pattern_that_is_broken_or_makes_too_many_is_refused(pattern: str) -> None:
    with pytest.raises(PatternFault):
        expand(pattern)


def test_row_with_a_fault_is_told_by_file_and_line(tmp_path) -> None:
    (tmp_path / "eye.tsv").write_text("id\tname\tsynonyms\tnote\nHP:0000486\t斜视\t(斗\t\n", encoding="utf-8")
    with pytest.raises(LexiconFault, match=r"eye\.tsv, line 2"):
        read_terms(tmp_path)


@pytest.fixture(scope="module")
def rows() -> tuple[TermWordings, ...]:
    return read_terms()


def test_lexicon_has_the_terms_it_promises(rows: tuple[TermWordings, ...]) -> None:
    assert len({row.id for row in rows}) == len(rows) >= 5_000


def test_wordings_are_simplified_and_hold_no_signs_that_end_a_clause(rows: tuple[TermWordings, ...]) -> None:
    script = Script.of_opencc()
    for row in rows:
        for wording in row.wordings:
            assert len(wording) > 1, (row.id, wording)
            assert not set(wording) & set(" ,;，；、。（）()|\t"), (row.id, wording)
            assert script.fold(wording) == wording.lower() or not wording.isascii(), (row.id, wording)


def test_few_wordings_are_claimed_by_two_terms(rows: tuple[TermWordings, ...]) -> None:
    claimed = defaultdict(set)
    for row in rows:
        for wording in row.wordings:
            claimed[wording].add(row.id)
    twice = [wording for wording, ids in claimed.items() if len(ids) > 1]
    assert len(twice) < 0.02 * len(claimed)


def test_rules_are_read_whole() -> None:
    rules = ChineseRules(Script({}))
    assert rules.cues
    assert set(rules.qualities["低下"]) & set(rules.qualities["减低"])
    assert rules.skipped["双侧"].kind == "both"
    assert "心肺" in rules.normal
    assert "律齐" in rules.normal_phrases
    assert rules.sections["现病史"] == "present illness"


@pytest.mark.real
def test_every_term_of_the_lexicon_and_of_the_rules_is_in_the_release(
    rows: tuple[TermWordings, ...], real_knowledge: Knowledge
) -> None:
    rules = ChineseRules(Script({}))
    ids = {row.id for row in rows}
    ids.update(id for given in (rules.normal, rules.normal_phrases) for found in given.values() for id in found)
    unknown = []
    for id in sorted(ids):
        try:
            real_knowledge.terms.resolve(id)
        except UnknownTerm:
            unknown.append(id)
    assert unknown == []
