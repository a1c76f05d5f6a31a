from __future__ import annotations

import numpy as np
import pytest

from benchmarks.face_warps.fit import Lesson, cross_fitted, fit, folds
from benchmarks.face_warps.measured import measured
from benchmarks.face_warps.terms import area, detections
from benchmarks.face_warps.warp import STRENGTHS, changed, displacement, drawn, spline, warped
from facial.measures.definitions import CODES


@pytest.fixture
def mesh():
    """A mesh whose landmarks lie at random, those of the measures where a face has them (pixels of a 384 square)."""
    places = np.random.default_rng(1).uniform(100, 280, (478, 3))
    face = {
        468: (150, 170), 473: (234, 170), 133: (168, 172), 362: (216, 172), 33: (130, 170), 263: (254, 170),
        159: (149, 163), 145: (149, 177), 386: (235, 163), 374: (235, 177), 129: (172, 225), 358: (212, 225),
        168: (192, 170), 2: (192, 232), 0: (192, 248), 13: (192, 256), 14: (192, 258), 17: (192, 268),
        61: (162, 257), 291: (222, 257), 10: (192, 70), 152: (192, 310), 234: (100, 190), 454: (284, 190),
        107: (172, 150), 70: (122, 150), 105: (147, 140), 336: (212, 150), 300: (262, 150), 334: (237, 140),
    }  # fmt: skip
    for at, place in face.items():
        places[at, :2] = place
    return places


def test_measures_of_a_face_drawn_by_hand(mesh):
    found = measured(mesh)
    assert found["ipd_fw"] == pytest.approx(84 / 184)
    assert found["icd_ocd"] == pytest.approx(48 / 124)
    # outer canthi 2 higher over 38 across
    assert found["slant"] == pytest.approx(np.degrees(np.arctan(2 / 38)))
    assert found["brow_arch"] == pytest.approx(10 / 50)
    assert found["chin"] == pytest.approx(42 / 140)
    assert found["phil_ipd"] == pytest.approx(16 / 84)
    assert found["fh_ipd"] == pytest.approx(140 / 84)


@pytest.mark.parametrize(
    ("kind", "code"), [("icd", "ipd_fw"), ("mouth", "mouth_fw"), ("phil", "phil_lf"), ("upverm", "upper_lip")]
)
def test_a_positive_change_makes_its_measure_larger(mesh, kind, code):
    after = mesh[:, :2] + displacement(mesh, kind, STRENGTHS[kind])
    assert measured(after)[code] > measured(mesh)[code]


def test_changes_add_up(mesh):
    both = changed(mesh, {"icd": 0.2, "mouth": 0.1})
    assert np.allclose(both, displacement(mesh, "icd", 0.2) + displacement(mesh, "mouth", 0.1))


def test_the_same_seed_draws_the_same_changes():
    one, two = (drawn(np.random.default_rng(9)) for _ in range(2))
    assert one == two
    assert all(abs(value) <= STRENGTHS[kind] for kind, value in one.items())


def test_a_spline_goes_near_its_points_and_is_exact_for_a_plane():
    places = np.random.default_rng(2).uniform(0, 100, (30, 2))
    plane = places @ np.array([[0.1, 0.3], [-0.2, 0.5]]) + 2
    wanted = np.random.default_rng(3).uniform(0, 100, (10, 2))
    assert np.allclose(spline(places, plane, wanted), wanted @ np.array([[0.1, 0.3], [-0.2, 0.5]]) + 2, atol=1e-6)


def test_an_unmoved_face_stays_as_it_is(mesh):
    square = np.random.default_rng(4).integers(0, 256, (384, 384, 3), dtype=np.uint8)
    assert (warped(square, mesh, np.zeros((478, 2))) == square).all()


def test_area_counts_ties_as_half():
    # pairs: 2>1, 2>0, 1=1, 1>0: 3.5 of 4
    assert area(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == 0.875


def test_terms_are_told_from_the_change_and_judged_by_what_was_read():
    # four photos, measures 0, 0, 2 and 2 unchanged; SD over people 1; 20 faces of each
    truth = np.tile(np.array([[0.0], [0.0], [2.0], [2.0]])[:, None], (1, 20, len(CODES)))
    unchanged = truth.reshape(80, len(CODES)).copy()
    truth[:, 5:10] += 1.6
    truth[:, 10:15] += 1.0  # between the bounds: left out
    rows = truth.reshape(80, len(CODES))
    found = {each.term: each for each in detections(rows, unchanged, np.ones(len(CODES)), rows)}
    hypertelorism = found["HP:0000316"]
    assert (hypertelorism.positives, hypertelorism.negatives) == (20, 40)
    # 1.6 against 0 and 2: above half of them; 3.6 above all: (.5 + 1) / 2
    assert hypertelorism.auc == 0.75
    assert hypertelorism.tpr == 0.5
    assert "HP:0000601" not in found  # nobody has it


def test_folds_keep_an_identity_together():
    people = [f"s{at % 13}" for at in range(60)]
    fold = folds(people)
    assert all(len({int(fold[at]) for at in range(60) if people[at] == who}) == 1 for who in people)
    assert set(fold) == set(range(5))


def taught(people: int = 30, each: int = 8) -> Lesson:
    """Features that hold one measure, with a trait of each person in the same features and one that only it has."""
    draw = np.random.default_rng(7)
    photo = np.repeat(np.arange(people), each)
    measure = draw.normal(size=people)[photo] + draw.normal(size=len(photo))
    trait = draw.normal(size=people)[photo]
    ways = draw.normal(size=(3, 40))
    block = np.stack([measure, 3 * trait, draw.normal(size=len(photo))], 1) @ ways
    points = draw.normal(size=(len(photo), 10))
    return Lesson([block.astype(np.float32), points.astype(np.float32)], measure[:, None], photo)


def test_the_head_reads_a_measure_of_people_left_out_and_looks_past_their_traits():
    lesson = taught()
    read = cross_fitted(lesson, folds([str(who) for who in lesson.photo]))
    assert np.corrcoef(read[:, 0], lesson.truth[:, 0])[0, 1] > 0.95


def test_the_same_lesson_gives_the_same_head():
    one, two = fit(taught()), fit(taught())
    assert np.allclose(one.weights, two.weights)
    assert one(taught().rows).mean() == pytest.approx(taught().truth.mean(), abs=1e-3)
