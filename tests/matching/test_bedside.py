"""How a feature is come by, from the lines of bedside.tsv."""

from __future__ import annotations

import pytest

from matching.bedside import BedsideLine, ComeBy, come_by, packaged_lines, read_lines
from ontology.errors import KnowledgeDamaged

NERVES, SEIZURE, FOCAL, HYPOTONIA, EYE, FACE, WIDE_EYES = (
    "HP:0012638", "HP:0001250", "HP:0007359", "HP:0001252", "HP:0000478", "HP:0000271", "HP:0000316"
)  # fmt: skip


def how(small_knowledge, *lines):
    found = come_by(small_knowledge.terms, tuple(BedsideLine(id, "", how, "x") for id, how in lines))
    return lambda id: list(ComeBy)[found[small_knowledge.terms.position(id)]]


def test_what_no_line_covers_is_of_the_bedside(small_knowledge):
    assert how(small_knowledge)(SEIZURE) is ComeBy.BEDSIDE


def test_the_most_specific_line_decides_for_all_below_it(small_knowledge):
    of = how(small_knowledge, (SEIZURE, ComeBy.BEDSIDE), (NERVES, ComeBy.INVESTIGATION))
    assert [of(id) for id in (NERVES, HYPOTONIA, SEIZURE, FOCAL)] == [
        ComeBy.INVESTIGATION, ComeBy.INVESTIGATION, ComeBy.BEDSIDE, ComeBy.BEDSIDE
    ]  # fmt: skip


def test_of_two_lines_above_a_term_the_bedside_goes_first_and_never_before_all(small_knowledge):
    # Hypertelorism lies below the face and below the eye.
    assert how(small_knowledge, (FACE, ComeBy.BEDSIDE), (EYE, ComeBy.INVESTIGATION))(WIDE_EYES) is ComeBy.BEDSIDE
    assert how(small_knowledge, (FACE, ComeBy.NEVER), (EYE, ComeBy.BEDSIDE))(WIDE_EYES) is ComeBy.NEVER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id\tlabel\n",
        "id\tlabel\thow\tby\nHP:1\tx\tguess\ty",
        "id\tlabel\thow\tby\nHP:1\tx\tnever\ty\nHP:1\tx\tnever\ty",
    ],
)
def test_a_table_that_cannot_be_used_is_refused(text):
    with pytest.raises(KnowledgeDamaged):
        read_lines(text)


@pytest.mark.real
def test_every_line_names_a_term_of_the_release_by_its_label(real_knowledge):
    terms = real_knowledge.terms
    lines = packaged_lines()
    assert len(lines) > 60
    for line in lines:
        assert terms.label(terms.position(line.id)) == line.label
