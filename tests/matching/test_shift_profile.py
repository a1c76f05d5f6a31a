"""Counting what was read: which bin a note falls in, and how counts merge, are kept and are refused."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facial.reading import Check, Fault, PhotoReading, Quality, QualityFinding
from matching.shift.figures import BINS, Figure, Flaw, is_bin, length_bin, phrase_bin, quality_bin, rate_bin
from matching.shift.profile import NOTHING_COUNTED, Profile, Tally, is_sampled
from nlp.reading import Reading
from ontology.errors import InputError
from ontology.features import Abstention, Assertion, Mention, TextSpan, Unread

SEIZURE, FOCAL, LENS = "HP:0001250", "HP:0007359", "HP:0001083"


@pytest.fixture
def tally(small_knowledge):
    return Tally.of(small_knowledge.terms)


def reading(*said: tuple[str, Assertion]) -> Reading:
    return Reading("en", tuple(Mention(type, how, TextSpan("n", 0, 1, "x")) for type, how in said))


@st.composite
def profiles(draw):
    counts = {}
    for figure in draw(st.sets(st.sampled_from([f for f in Figure if BINS[f]]))):
        counts[figure] = draw(st.dictionaries(st.sampled_from(BINS[figure]), st.integers(1, 9), min_size=1))
    return Profile(counts, draw(st.integers(0, 99)), draw(st.none() | st.integers(0, 9)))


@pytest.mark.parametrize(
    ("characters", "bin"), [(0, "0-99"), (99, "0-99"), (100, "100-249"), (15999, "8000-15999"), (16000, "16000+")]
)
def test_a_length_falls_in_its_bin_edges_in_the_upper_one(characters, bin):
    assert length_bin(characters) == bin


@pytest.mark.parametrize(
    ("findings", "characters", "bin"),
    [(0, 500, "0"), (1, 1000, "0-2"), (1, 500, "2-5"), (5, 1000, "5-10"), (1, 50, "20+"), (1, 0, "20+")],
)
def test_a_rate_is_findings_per_thousand_characters(findings, characters, bin):
    assert rate_bin(findings, characters) == bin


@pytest.mark.parametrize(("phrases", "bin"), [(0, "0"), (1, "1"), (3, "2-3"), (15, "8-15"), (16, "16+")])
def test_phrases_fall_in_doubling_bins(phrases, bin):
    assert phrase_bin(phrases) == bin


def test_a_note_counts_in_every_figure_once_and_a_term_said_twice_is_one_finding(tally, small_knowledge):
    said = reading(
        (SEIZURE, Assertion.OBSERVED), (SEIZURE, Assertion.OBSERVED), (FOCAL, Assertion.HISTORICAL),
        (LENS, Assertion.EXCLUDED),
    )  # fmt: skip
    tally.add_note("x" * 1000, said)
    profile = tally.profile()
    assert profile.notes == 1
    assert profile.counts == {
        Figure.NOTE_LENGTH: {"1000-1999": 1},
        Figure.LANGUAGE: {"en": 1},
        Figure.FINDINGS: {"2-5": 1},  # seizure and focal seizure: 2 in 1,000; the lens is excluded
        Figure.SYSTEMS: {"HP:0000707": 1},  # both of the nervous system, which counts once a note
        Figure.ASSERTIONS: {"observed": 2, "historical": 1, "excluded": 1},
    }


def test_a_note_that_was_not_read_counts_by_length_and_language_alone(tally):
    tally.add_note("Lorem", Reading("la", (), Abstention("nlp", Unread.LANGUAGE_NOT_READ)))
    assert tally.profile().counts == {Figure.NOTE_LENGTH: {"0-99": 1}, Figure.LANGUAGE: {"other": 1}}


def test_a_term_of_another_release_is_a_finding_of_no_known_system(tally):
    tally.add_note("x" * 1000, reading(("HP:9999999", Assertion.OBSERVED)))
    assert tally.profile().of(Figure.FINDINGS) == {"0-2": 1}
    assert Figure.SYSTEMS not in tally.profile()


def test_every_fault_of_a_photo_has_its_bin_and_a_refusal_weighs_more_than_a_warning():
    def found(fault: Fault, refused: bool) -> QualityFinding:
        return QualityFinding(Check.SIZE, fault, refused, 1, 2, "pixels")

    for fault in Fault:
        assert is_bin(Figure.PHOTO_QUALITY, quality_bin(Quality((found(fault, True),))))
    both = Quality((found(Fault.TURNED, False), found(Fault.BLURRED, True)))
    assert quality_bin(both) == f"refused_{Flaw.DETAIL}"
    assert quality_bin(Quality((found(Fault.TURNED, False),))) == f"warned_{Flaw.POSE}"
    assert quality_bin(Quality()) == "good"


def test_a_photo_counts_only_where_its_quality_was_judged(tally):
    for reason in (Unread.NO_FACE_MODEL, Unread.FACE_SWITCHED_OFF):
        tally.add_photo(PhotoReading(abstention=Abstention("facial", reason)))
    assert Figure.PHOTO_QUALITY not in tally.profile()
    tally.add_photo(PhotoReading())
    assert tally.profile().of(Figure.PHOTO_QUALITY) == {"good": 1}


def test_patients_are_unknown_unless_they_are_counted(tally):
    assert tally.profile() == NOTHING_COUNTED
    tally.add_unmatched(3)
    assert tally.profile().patients is None
    tally.add_patient()
    assert tally.profile().patients == 1


@given(profiles(), profiles(), profiles())
def test_merging_is_commutative_and_associative_and_nothing_counted_changes_nothing(a, b, c):
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + NOTHING_COUNTED == a


@given(profiles())
def test_a_profile_is_read_as_it_was_written(profile):
    assert Profile.loads(json.dumps(profile.as_json())) == profile


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"schema": 2, "notes": 1, "patients": None, "counts": {}},
        {"schema": 1, "notes": -1, "patients": None, "counts": {}},
        {"schema": 1, "notes": True, "patients": None, "counts": {}},
        {"schema": 1, "notes": 1, "patients": "two", "counts": {}},
        {"schema": 1, "notes": 1, "patients": None, "counts": {"shoe_size": {}}},
        {"schema": 1, "notes": 1, "patients": None, "counts": {"language": {"Wang Xiaoming": 1}}},
        {"schema": 1, "notes": 1, "patients": None, "counts": {"systems": {"HP:12": 1}}},
        {"schema": 1, "notes": 1, "patients": None, "counts": {"language": {"en": 1.5}}},
        {"schema": 1, "notes": 1, "patients": None, "counts": {"language": {"en": -1}}},
    ],
)
def test_what_is_no_profile_is_refused_without_being_quoted(told):
    with pytest.raises(InputError) as refused:
        Profile.from_json(told)
    assert "Wang" not in str(refused.value)


def test_a_file_that_is_no_json_is_refused():
    with pytest.raises(InputError, match="not valid JSON"):
        Profile.loads("{")


def test_units_are_notes_with_findings_and_no_more_than_patients():
    counts = {
        Figure.FINDINGS: {"0": 4, "2-5": 6},
        Figure.SYSTEMS: {"HP:0000707": 6, "HP:0000478": 5},
        Figure.LANGUAGE: {"en": 10},
    }
    assert Profile(counts, 10).units(Figure.SYSTEMS) == 6  # 11 counts, of 10 - 4 notes
    assert Profile(counts, 10).units(Figure.LANGUAGE) == 10
    assert Profile(counts, 10, patients=3).units(Figure.LANGUAGE) == 3


def test_the_sample_is_chosen_by_the_hash_alone():
    assert is_sampled(bytes(8), 50)
    assert is_sampled((100).to_bytes(8) + b"more", 50)
    assert not is_sampled((101).to_bytes(8), 50)


def test_a_note_of_1500_characters_costs_less_than_100_microseconds(tally):
    said = reading(*[(SEIZURE, Assertion.OBSERVED), (LENS, Assertion.EXCLUDED)] * 10)
    text = "x" * 1500

    def microseconds() -> float:
        started = time.thread_time()
        for _ in range(500):
            tally.add_note(text, said)
        return (time.thread_time() - started) / 500 * 1e6

    assert min(microseconds() for _ in range(5)) < 100
