"""The population stability index: by hand, what chance explains, and what is warned of."""

from __future__ import annotations

import math
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.shift.drawn import WORDS, drawn
from matching.shift.figures import BINS, Figure
from matching.shift.profile import NOTHING_COUNTED, Profile
from matching.shift.reference import corpora
from matching.shift.stability import Level, WarningKind, chi_square_99, compare

LENGTHS = BINS[Figure.NOTE_LENGTH]


def languages(en: int, zh: int) -> Profile:
    return Profile({Figure.LANGUAGE: {"en": en, "zh": zh}}, en + zh)


def only(profile: Profile, reference: Profile):
    (figure,) = compare(profile, reference).figures
    return figure


def test_the_index_is_that_worked_out_by_hand():
    found = only(languages(599, 399), languages(799, 199))
    # with half a count more in each bin: shares 599.5/999 = .6001, .3999 and .8003, .1997
    # (.6001-.8003) ln(.6001/.8003) + (.3999-.1997) ln(.3999/.1997) = .0576 + .1390 = .1967
    assert found.psi == pytest.approx(0.1967, abs=0.0005)
    assert found.expected == pytest.approx(2 / 998)  # (B - 1)(1/n + 1/m)
    assert found.chance == pytest.approx(6.635 * 2 / 998, rel=0.01)  # the 99th percentile for one degree is 6.635
    assert found.level is Level.MOVED
    assert [(b.bin, round(b.share, 2), round(b.reference, 2)) for b in found.bins] == [
        ("en", 0.60, 0.80),
        ("zh", 0.40, 0.20),
    ]


@pytest.mark.parametrize(("degrees", "tabled"), [(1, 6.635), (5, 15.086), (10, 23.209), (20, 37.566)])
def test_the_chi_square_is_that_of_the_tables(degrees, tabled):
    assert chi_square_99(degrees) == pytest.approx(tabled, rel=0.01)


@pytest.mark.parametrize(
    ("here", "there", "level"),
    [
        (languages(900, 100), languages(900, 100), Level.STABLE),
        (languages(100, 900), languages(900, 100), Level.SHIFTED),  # PSI 3.5
        (languages(0, 1000), languages(1000, 0), Level.SHIFTED),  # an empty bin has a logarithm
        (languages(6, 4), languages(800, 200), Level.TOO_FEW),  # PSI .19, and .68 by chance
        (languages(10, 0), languages(10, 0), Level.STABLE),  # one bin: nothing can move
    ],
)
def test_a_level_is_claimed_only_beyond_chance(here, there, level):
    assert only(here, there).level is level


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
def test_the_index_is_symmetric_and_never_negative(a, b, c, d):
    one, other = only(languages(a, b), languages(c, d)), only(languages(c, d), languages(a, b))
    assert one.psi == pytest.approx(other.psi)
    assert one.psi >= 0


@pytest.mark.parametrize("size", [150, 600])
def test_two_samples_of_one_population_differ_as_much_as_chance_says_and_are_called_stable(size):
    draw = random.Random(11)
    weights = [8, 1, 6, 18, 39, 15, 2, 6, 6]

    def sample() -> Profile:
        lengths = draw.choices(LENGTHS, weights, k=size)
        return Profile({Figure.NOTE_LENGTH: {bin: lengths.count(bin) for bin in set(lengths)}}, size)

    found = [only(sample(), sample()) for _ in range(400)]
    mean = sum(each.psi / each.expected for each in found) / len(found)
    assert mean == pytest.approx(1, abs=0.15)
    # one in a hundred exceeds chance: of 400, more than 12 is five times in ten thousand by Poisson's law
    assert sum(each.psi > each.chance for each in found) <= 12
    assert sum(each.level in (Level.MOVED, Level.SHIFTED) for each in found) <= 12


def test_many_notes_of_one_patient_are_no_more_than_the_patient():
    moved = Profile({Figure.LANGUAGE: {"en": 500, "zh": 500}}, 1000, patients=4)
    assert only(moved, languages(900, 100)).level is Level.TOO_FEW


def test_a_shift_warns_and_says_of_what_the_worst_first():
    here = Profile(
        {
            Figure.NOTE_LENGTH: {"0-99": 3, "100-249": 2},
            Figure.LANGUAGE: {"zh": 1000},
            Figure.FINDINGS: {"0": 600, "0-2": 400},
            Figure.PHOTO_QUALITY: {"good": 9},
        },
        1000,
    )
    there = Profile(
        {
            Figure.NOTE_LENGTH: {"0-99": 300, "100-249": 200},
            Figure.LANGUAGE: {"en": 1000},
            Figure.FINDINGS: {"0": 800, "0-2": 200},
            Figure.UNMATCHED: {"0": 7},
        },
        1000,
    )
    found = compare(here, there)
    assert [(each.kind, each.figure) for each in found.warnings] == [
        (WarningKind.ACCURACY_NOT_FOR_HERE, Figure.LANGUAGE),
        (WarningKind.ACCURACY_WEAKER, Figure.FINDINGS),
        (WarningKind.TOO_FEW_TO_TELL, Figure.NOTE_LENGTH),
        (WarningKind.NOT_IN_REFERENCE, Figure.PHOTO_QUALITY),
    ]
    assert not found.accuracy_speaks
    told = found.as_json()
    assert told["warnings"][0] == {"kind": "accuracy_not_for_here", "figure": "language"}
    unmatched = next(each for each in told["figures"] if each["figure"] == "unmatched")
    assert (unmatched["level"], unmatched["psi"], unmatched["units"]) == ("too_few", None, 0)


def test_nothing_counted_warns_of_nothing():
    found = compare(NOTHING_COUNTED, corpora())
    assert found.warnings == ()
    assert found.accuracy_speaks


def test_the_corpora_are_stable_against_themselves_and_say_which_they_are():
    reference = corpora()
    assert reference.notes == 481
    assert reference.of(Figure.LANGUAGE) == {"en": 445, "zh": 36}
    assert sum(reference.of(Figure.UNMATCHED).values()) == 481
    levels = {each.figure: each.level for each in compare(reference, reference).figures}
    assert set(levels.values()) == {Level.STABLE}
    assert Figure.PHOTO_QUALITY not in levels


def test_a_chinese_archive_is_told_that_its_language_has_shifted():
    found = {each.figure: each for each in compare(languages(20, 980), corpora()).figures}
    assert found[Figure.LANGUAGE].level is Level.SHIFTED


@pytest.fixture
def picture():
    words = dict.fromkeys(WORDS, "x") | {
        "title": "Length & <kind>",
        "standing": "PSI 0.20: moved",
        "en": "English",
    }
    return drawn(only(languages(600, 400), languages(800, 200)), words)


def test_a_drawing_has_two_bars_a_bin_in_the_proportion_of_their_shares(picture):
    widths = [float(width) for width in re.findall(r'<rect x="260" y="[\d.]+" width="([\d.]+)"', picture)]
    key, *bars = widths
    assert len(bars) == 4
    # the longest, 80 %, is 350 px: 60 % is 262.5, 40 % is 175, 20 % is 87.5
    assert bars == [262.5, 350, 175, 87.5]
    assert key == 12


def test_a_side_that_counted_nothing_has_no_bars():
    figure = only(languages(600, 400), NOTHING_COUNTED)
    picture = drawn(figure, dict.fromkeys(WORDS, "x"))
    bars = re.findall(r'<rect x="260" y="[\d.]+" width="([\d.]+)"', picture)[1:]  # after that of the key
    assert bars == ["350.0", "233.3"]  # 60 % and two thirds of it; no bar of nought
    assert "0 %</text>" not in picture.replace("60 %", "").replace("40 %", "")


def test_a_drawing_is_told_to_those_who_do_not_see_it_and_runs_nothing(picture):
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(picture)
    assert tree.get("role") == "img"
    named = {each.get("id"): each.text for each in tree}
    assert [named[id] for id in tree.get("aria-labelledby").split()] == ["Length & <kind>", "x"]
    assert "PSI 0.20: moved" in picture
    assert "English" in picture
    assert ">zh</text>" in picture  # a bin without words stands under its code
    assert "60 %" in picture
    assert not re.search(r"<script|style=|href|url\(|on\w+=", picture)


def test_a_drawing_without_a_word_it_needs_is_refused():
    with pytest.raises(KeyError):
        drawn(only(languages(6, 4), languages(8, 2)), {"title": "x"})


def test_the_bars_differ_in_lightness(picture):
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = re.findall(r'<rect x="260" y="[\d.]+" width="[\d.]+" height="12" fill="(#\w+)"', picture)[1:3]
    assert (luminance(light) + 0.05) / (luminance(dark) + 0.05) > 4.5
