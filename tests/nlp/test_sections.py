"""Sections by their headings."""

from __future__ import annotations

from nlp.rules import LanguageFolder
from nlp.sections import SectionFinder, is_heading, section_at

FINDER = SectionFinder(LanguageFolder("en").sections)


def section_of(text: str, word: str) -> str | None:
    return section_at(FINDER.find(text), text.index(word))


def test_heading_opens_a_section_until_the_next() -> None:
    text = "HPI: X1 fever.\nX2 cough.\r\nPhysical Examination\r\nX3 pale.\nPlan: X4"
    assert [section_of(text, f"X{i}") for i in (1, 2, 3, 4)] == [
        "history of present illness",
        "history of present illness",
        "examination",
        "plan",
    ]


def test_family_history_of_one_line_ends_with_it() -> None:
    text = "Family history: X1 mother deaf.\nX2 has ptosis."
    assert section_of(text, "X1") == "family history"
    assert section_of(text, "X2") is None


def test_family_history_of_a_paragraph_ends_at_the_blank_line() -> None:
    text = "Family history:\nX1 mother deaf.\nX2 father well.\n\nX3 ptosis."
    assert [section_of(text, f"X{i}") for i in (1, 2, 3)] == ["family history", "family history", None]


def test_heading_is_told_from_its_body() -> None:
    text = "Allergies: none"
    assert is_heading(FINDER.find(text), text.index("Allergies"))
    assert not is_heading(FINDER.find(text), text.index("none"))


def test_words_inside_a_sentence_open_nothing() -> None:
    assert section_of("There is no family history: X1", "X1") is None
