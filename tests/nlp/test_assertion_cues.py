"""Every mention tells by which words it was read as it was, through the reader and in a kept case."""

from __future__ import annotations

from nlp.english import EnglishReader
from ontology.features import Assertion, Mention, TextSpan
from service.cases.mentions import from_json, to_json

NOTE = "She has seizures.\nNo scoliosis.\nFamily history:\nMicrocephaly on his side."


def mentions(english: EnglishReader) -> tuple[Mention, ...]:
    return english.read("note-1", NOTE).mentions


def test_mention_holds_the_words_of_its_assertion(english: EnglishReader) -> None:
    told = [(str(m.assertion), m.cue.text if m.cue else None) for m in mentions(english)]
    assert told == [("observed", None), ("excluded", "No"), ("family", "Family history:")]


def test_cue_is_where_its_words_stand(english: EnglishReader) -> None:
    for cue in (m.cue for m in mentions(english)):
        assert cue is None or NOTE[cue.start : cue.end] == cue.text


def test_kept_mention_keeps_its_cue() -> None:
    span = TextSpan("n", 3, 12, "scoliosis")
    with_cue = Mention("HP:0002650", Assertion.EXCLUDED, span, cue=TextSpan("n", 0, 2, "No"))
    assert from_json(to_json(with_cue)) == with_cue
    without = Mention("HP:0002650", Assertion.OBSERVED, span)
    assert from_json(to_json(without)) == without
