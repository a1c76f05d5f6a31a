"""Hostile notes: every offset holds, nothing crashes, and twice the text takes about twice the time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.english import EnglishReader
from nlp.readers import NoteReaders
from nlp.suggestions import Suggester
from ontology.features import TextSpan
from ontology.knowledge import Knowledge

CpuSeconds = Callable[[Callable[[], object]], float]


@pytest.fixture(scope="module")
def suggester(small_knowledge: Knowledge, english: EnglishReader) -> Suggester:
    return Suggester(small_knowledge, english)


# Every code point there is, lone surrogates and unassigned ones included.
anything = st.text(st.characters(exclude_categories=()), max_size=60)
pieces = st.sampled_from(
    [
        *[
            "Seizures",
            "low-set ears",
            "scoliosis",
            "OFC -3.5 SD",
            "IQ 45",
            "CK 850 U/l",
            "aged 3 years",
            "VSD",
            "ears low",
        ],
        *["no ", "denies ", "mother ", "II-3 ", "Family history:", "if ", "? ", "absence of ", "and ", " or ", "with "],
        *["(", ")", "[", "\n", "\r\n", "\n\n", ". ", ", ", "; ", ":", " ", "\t", "-", "‑", "/", "'s", "%", "°", "×10⁹"],
        *[
            "\u0301",
            "\u200d",
            "\u00ad",
            "\ufeff",
            "\u202e",
            "\x00",
            "İ",
            "ß",
            "ﬁ",
            "𝒳",
            "👨\u200d👩\u200d👧",
            "微",
            "\u2028",
            "\x85",
        ],
    ]
)
notes = st.lists(st.one_of(pieces, anything), max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=notes)
def test_every_offset_of_a_reading_is_a_slice_of_the_note(english: EnglishReader, text: str) -> None:
    reading = english.read("n", text)
    for mention in reading.mentions:
        for span in filter(None, (mention.evidence, mention.cue)):
            assert isinstance(span, TextSpan)
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.text
    for value in reading.unjudged:
        assert 0 <= value.start < value.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(text=notes)
def test_whatever_is_sent_is_read_or_declined_with_a_reason(readers: NoteReaders, text: str) -> None:
    reading = readers.read("n", text)
    assert reading.abstention is None or (reading.mentions == () and reading.abstention.reason)


@settings(max_examples=150, deadline=None)
@given(text=notes)
def test_suggestions_never_touch_what_is_read(suggester: Suggester, text: str) -> None:
    mentions = suggester.english.read("n", text).mentions
    for each in suggester.suggest(text, mentions).suggestions:
        assert text[each.start : each.end] == each.text != ""
        assert all(m.evidence.end <= each.start or each.end <= m.evidence.start for m in mentions)


_SMALL, _LARGE = 40_000, 160_000  # characters
# Four times the text takes 4 times as long where time is linear, 16 times where it is quadratic.
_MOST_TIMES = 8
_TOO_SHORT_TO_JUDGE = 0.05  # seconds


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


HOSTILE = {
    "repeated negations": repeated("no "),
    "negated findings in one sentence": repeated("no seizures, "),
    "findings in one line": repeated("seizures and scoliosis or low-set ears "),
    "nested brackets": lambda size: "(" * (size // 2) + "seizures" + ")" * (size // 2),
    "opened brackets": repeated("(seizures "),
    "one long word": lambda size: "a" * size,
    "hyphens": repeated("micro-\n"),
    "combining marks": lambda size: "e" + "\u0301" * size,
    "emoji": repeated("👨\u200d👩\u200d👧"),
    "digits": lambda size: "1" * size,
    "numbers": repeated("1."),
    "sizes": repeated("OFC 46 cm "),
    "laboratory values": repeated("CK 850 U/l, "),
    "empty lines": repeated("\n "),
    "family histories": repeated("Family history:\n"),
    "family histories in one line": repeated("Family history: x. "),
    "wrapped family histories": repeated("Family history: " + "x " * 30 + "\n"),
    "relatives": repeated("mother has seizures and "),
    "pedigree names": repeated("II-3 had seizures. "),
    "abbreviations": repeated("ASD (VSD) "),
    "conjuncts": repeated("low-set and "),
    "near findings": repeated("ears set by the neck. "),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_text_and_no_faster(
    cpu_seconds: CpuSeconds, suggester: Suggester, english: EnglishReader, name: str
) -> None:
    english.read("n", HOSTILE[name](1000))  # words are looked up once

    def seconds(size: int) -> float:
        text = HOSTILE[name](size)
        return cpu_seconds(lambda: suggester.suggest(text, english.read("n", text).mentions))

    assert seconds(_LARGE) <= max(_MOST_TIMES * seconds(_SMALL), _TOO_SHORT_TO_JUDGE)


def test_new_words_without_end_are_not_all_remembered(english: EnglishReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.word_reader._MAX_REMEMBERED", 500)
    text = " ".join(f"q{number:04}x" for number in range(2000)).translate(str.maketrans("0123456789", "abcdefghij"))
    english.read("n", text)
    assert len(english.words._remembered) <= 500
