"""Sizes of the body: what a note compares with a norm itself, and bare sizes."""

from __future__ import annotations

import pytest

from nlp.quantitative import QuantityReader
from nlp.readers import open_readers
from nlp.reading import Patient
from nlp.words import tokenise
from ontology.features import Channel, PatientSex
from ontology.knowledge import Knowledge

READER = QuantityReader.open("en")
MICROCEPHALY, MACROCEPHALY, SHORT, TALL = "HP:0000252", "HP:0000256", "HP:0004322", "HP:0000098"
LIGHT, SMALL_AT_BIRTH, LARGE_AT_BIRTH = "HP:0004325", "HP:0001518", "HP:0001520"
THIN, OVERWEIGHT, OBESE = "HP:0045082", "HP:0025502", "HP:0001513"
MILD_ID = "HP:0001256"
UNKNOWN = Patient()
YEAR = 365.25


def ids(text: str, patient: Patient = UNKNOWN) -> list[str]:
    return [found.id for found in READER.find(text, tokenise(text), patient)[0]]


def reasons(text: str, patient: Patient = UNKNOWN) -> list[str]:
    return [unjudged.reason for unjudged in READER.find(text, tokenise(text), patient)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OFC 46 cm (-2.8 SD)", [MICROCEPHALY]),
        ("head circumference was <−3SD", [MICROCEPHALY]),
        ("Head circumference 2.5 standard deviations above the mean", [MACROCEPHALY]),
        ("height 104.5 cm (−2.2 SDS), weight 18.5 kg (0 SD)", [SHORT]),
        ("height z-score -3.1", [SHORT]),
        ("IQ 60, height -2.5 SD", [MILD_ID, SHORT]),
        ("height SDS −3.1", [SHORT]),
        ("height between -2 and -3 SD", [SHORT]),
        ("height -1 to -3 SD", []),  # the end nearer to the mean is -1
        ("height > -2 SD", []),  # on the mean's side
        ("height >97th percentile", [TALL]),
        ("height at the 3rd centile", []),  # on the line is not below it
        ("height below the third centile", [SHORT]),
        ("height < P3", [SHORT]),
        ("height between the 3rd and 10th centile", []),
        ("height -1.9 SD", []),
        ("Weight and height were both below the 3rd centile.", [LIGHT, SHORT]),
        ("height, weight and OFC were at the 10th centile, 25th centile and <3rd centile", [MICROCEPHALY]),
        ("birth weight 2250 g (<3rd percentile)", [SMALL_AT_BIRTH]),
        ("birth weight at the 8th centile", [SMALL_AT_BIRTH]),  # small for gestational age is below the tenth
        ("birth weight >90th centile", [LARGE_AT_BIRTH]),
        ("height was normal. The score was at the <3rd centile", []),  # another sentence
        ("femur length <3rd centile", []),
        ("IQ was 42", ["HP:0002342"]),
        ("IQ below 50", ["HP:0002342"]),  # 49 at most, and mild begins at 50
        ("IQ of 85", []),
        ("IQ at 12 years was 85", []),
        ("verbal IQ 60", []),  # a part of the test
        ("DQ of 45", ["HP:0001263"]),
        ("Weight and height were recorded.", []),
    ],
)
def test_value_is_read_by_the_terms_definition(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


# WHO, girls: 95.1 cm with SD 3.8 on the third birthday, 102 cm with SD 4.3 eleven months later.
# 85 cm lies at -2.7 and -4.0 SD, 88.5 cm at -1.7 and -3.1.
def test_bare_size_is_judged_for_the_whole_year_that_is_told() -> None:
    assert ids("A 3-year-old girl. Her height was 85 cm.") == [SHORT]
    assert ids("A 3-year-old girl. Her height was 88.5 cm.") == []
    assert reasons("A 3-year-old girl. Her height was 88.5 cm.") == ["it turns on age or sex"]
    assert ids("Height 88.5 cm.", Patient(PatientSex.FEMALE, 3.95 * YEAR)) == [SHORT]


def test_bare_size_without_an_age_or_a_norm_is_not_judged() -> None:
    assert (ids("Height 85 cm."), reasons("Height 85 cm.")) == ([], ["no age is told"])
    head = "A 12-year-old boy with head circumference 49 cm."
    assert (ids(head), reasons(head)) == ([], ["there is no norm for this age"])
    assert reasons("Birth weight 2100 g.") == ["there is no norm for sizes at birth"]


def test_age_of_a_relative_is_not_the_patients() -> None:
    assert ids("The 35-year-old mother was well. Height 85 cm.") == []


def test_norm_of_the_note_goes_before_the_tables() -> None:
    assert ids("A 3-year-old girl. Height 85 cm (25th centile).") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 44-year-old man, BMI 31", [OBESE]),
        ("A 44-year-old man, BMI 26.5 kg/m2", [OVERWEIGHT]),
        ("A 44-year-old man, BMI 17.2", [THIN]),
        ("A 44-year-old man, BMI 22", []),
        ("A woman of 30, height 1.37 m", []),  # no age that can be read
        ("A 30-year-old woman, height 1.37 m", [SHORT]),
    ],
)
def test_adults_are_judged_by_norms_of_adults(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_measured_findings_say_how_they_were_read_and_can_be_left_out(small_knowledge: Knowledge) -> None:
    text = "OFC 46 cm (-2.8 SD)."
    (mention,) = open_readers(small_knowledge).read("n", text).mentions
    assert (mention.type, mention.reading) == (MICROCEPHALY, "head circumference -2.8 SD")
    assert mention.channel is Channel.MEASURED
    assert open_readers(small_knowledge, measured=False).read("n", text).mentions == ()


def test_finding_that_words_name_is_not_measured_again(small_knowledge: Knowledge) -> None:
    readers = open_readers(small_knowledge)
    (mention,) = readers.read("n", "OFC showed microcephaly (-2.8 SD)").mentions
    assert (mention.reading, mention.channel) == (None, Channel.WORDS)
