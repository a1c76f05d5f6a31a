from __future__ import annotations

from facial.measures.definitions import BY_CODE, CODES, DEFINITIONS, LANDMARKS, PUPILS, Kind

TERMS = [term for each in DEFINITIONS for term in (each.high, each.low) if term]


def test_24_terms_are_called_each_from_one_measure():
    assert len(TERMS) == len(set(TERMS)) == 24


def test_lengths_call_no_term():
    assert not any(each.high or each.low for each in DEFINITIONS if each.kind is Kind.LENGTH)


def test_eye_spacing_is_called_from_the_pupils():
    caller = next(each for each in DEFINITIONS if each.high == "HP:0000316")
    assert caller.lines == (PUPILS,)
    assert caller.low == "HP:0000601"


def test_codes_are_their_own_and_every_line_ends_at_a_known_landmark():
    assert len(set(CODES)) == len(DEFINITIONS) == len(BY_CODE)
    assert {end for each in DEFINITIONS for line in each.lines for end in line} == set(LANDMARKS)
