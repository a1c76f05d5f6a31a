"""`text[start:end]` is the mention, whatever the note is made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import words
from nlp.english import EnglishReader
from nlp.words import fold, tokenise
from ontology.features import TextSpan

# Signs whose lower case, upper case or normal form has another length, and everything a line may end with.
AWKWARD = [
    "İ",
    "ß",
    "ﬁ",
    "ﬀ",
    "é",
    "e\u0301",
    "ｍ",
    "\r\n",
    "\n",
    "\r",
    "\u00ad",
    "\u200b",
    "’",
    "'s",
    "𝒳",
    "微",
    "-",
    "(",
    ")",
    ",",
]
FINDINGS = ["microcephaly", "Seizures", "low-set ears", "myopia", "VSD", "no", "mother", "and", "severe", "hypotonia"]
notes = st.lists(st.one_of(st.sampled_from(AWKWARD + FINDINGS + [" "]), st.text(max_size=5)), max_size=40).map("".join)


@given(notes)
def test_tokens_are_slices_in_order(text: str) -> None:
    tokens = tokenise(text)
    last = 0
    for start, end, surface in zip(tokens.starts, tokens.ends, tokens.surfaces, strict=True):
        assert last <= start < end <= len(text)
        assert text[start:end] == surface
        last = end
    assert "".join(tokens.surfaces).split() == "".join(c for c in text if not c.isspace() or c == "\n").split()


@given(notes, st.integers(1, 20))
def test_long_text_is_cut_as_a_short_one(text: str, part: int) -> None:
    whole = tokenise(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_PART", part)
        parts = tokenise(text)
    assert list(parts.starts) == list(whole.starts)
    assert list(parts.ends) == list(whole.ends)
    assert parts.surfaces == whole.surfaces


@given(text=notes)
def test_every_word_has_its_letter_and_its_place(english: EnglishReader, text: str) -> None:
    sequence = english.words.sequence(tokenise(text))
    assert sequence.shape == "".join(word.shape for word in sequence.words)
    assert len(sequence.starts) == len(sequence.ends) == len(sequence.words)
    assert list(sequence.starts) == sorted(sequence.starts)


@settings(max_examples=300, deadline=None)
@given(text=notes)
def test_every_mention_is_a_slice_of_the_note(english: EnglishReader, text: str) -> None:
    last = 0
    for mention in english.read("n", text).mentions:
        span = mention.evidence
        assert isinstance(span, TextSpan)
        assert text[span.start : span.end] == span.text != ""
        assert last <= span.start
        last = span.start


@given(text=notes)
def test_reading_twice_says_the_same(english: EnglishReader, text: str) -> None:
    assert english.read("n", text) == english.read("n", text)


@given(notes)
def test_folding_leaves_no_word_empty(text: str) -> None:
    assert all(fold(surface) for surface in tokenise(text).surfaces)


def test_signs_that_fold_to_nothing_do_not_break_a_denial(english: EnglishReader) -> None:
    (mention,) = english.read("n", "No \u200b \u0301 \u00ad seizures.").mentions
    assert mention.assertion == "excluded"


def test_folding_makes_forms_of_one_word_equal() -> None:
    assert fold("ﬁbroma") == fold("FIBROMA") == "fibroma"
    assert fold("Café") == fold("Cafe\u0301") == "cafe"
    assert fold("Marfan’s") == fold("marfan's") == "marfan"
    assert fold("arach\u00adno") == "arachno"


def test_an_abbreviation_whose_meanings_the_release_does_not_have_is_passed_over(english: EnglishReader) -> None:
    assert english.read("n", "PS").mentions == ()
