"""Values that a note compares with a norm itself."""

from __future__ import annotations

import pytest

from nlp.measurements import MeasurementReader
from nlp.readers import open_readers
from nlp.rules import LanguageFolder
from ontology.knowledge import Knowledge

READER = MeasurementReader.of(LanguageFolder("en").measurements)
MICROCEPHALY, MACROCEPHALY, SHORT, TALL = "HP:0000252", "HP:0000256", "HP:0004322", "HP:0000098"
LIGHT, SMALL_AT_BIRTH = "HP:0004325", "HP:0001518"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("OFC 46 cm (-2.8 SD)", [MICROCEPHALY]),
        ("head circumference was <−3SD", [MICROCEPHALY]),
        ("Head circumference 2.5 standard deviations above the mean", [MACROCEPHALY]),
        ("height 104.5 cm (−2.2 SDS), weight 18.5 kg (0 SD)", [SHORT]),
        ("height z-score -3.1", [SHORT]),
        ("height >97th percentile", [TALL]),
        ("height at the 3rd centile", []),  # on the line is not below it
        ("height below the 3rd centile", [SHORT]),
        ("height -1.9 SD", []),
        ("Weight and height were both below the 3rd centile.", [LIGHT, SHORT]),
        ("height, weight and OFC were at the 10th centile, 25th centile and <3rd centile", [MICROCEPHALY]),
        ("birth weight 2250 g (<3rd percentile)", [SMALL_AT_BIRTH]),
        ("height was normal. The score was at the <3rd centile", []),  # another sentence
        ("femur length <3rd centile", []),
        ("IQ was 42", ["HP:0002342"]),
        ("IQ of 85", []),
        ("IQ at 12 years was 85", []),
    ],
)
def test_value_is_read_by_the_terms_definition(text: str, ids: list[str]) -> None:
    assert [m.id for m in READER.find(text)] == ids


def test_measured_findings_are_asked_for_and_say_how_they_were_read(small_knowledge: Knowledge) -> None:
    text = "OFC 46 cm (-2.8 SD)."
    assert open_readers(small_knowledge).read("n", text).mentions == ()
    (mention,) = open_readers(small_knowledge, measured=True).read("n", text).mentions
    assert (mention.type, mention.reading) == (MICROCEPHALY, "head circumference -2.8 SD")


def test_finding_that_words_name_is_not_measured_again(small_knowledge: Knowledge) -> None:
    readers = open_readers(small_knowledge, measured=True)
    (mention,) = readers.read("n", "OFC showed microcephaly (-2.8 SD)").mentions
    assert mention.reading is None
