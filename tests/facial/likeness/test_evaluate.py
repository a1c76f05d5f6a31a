"""An evaluation passes what helps people it had not seen, and nothing else."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from facial.likeness.calibrate import Trials, calibrated, held_out
from facial.likeness.evaluate import cosines, evaluate, reliability
from facial.likeness.gallery import Gallery
from facial.likeness.head import LEAST_PERSONS


def test_faces_that_tell_pass(drawn):
    found = evaluate(drawn(8, apart=4.0))
    assert all(each.passed and each.gain > each.gain_at_least > 0 for each in found.diseases)
    assert found.top1 > 0.8 > found.chance_top1
    assert found.log_loss < log(2)


def test_faces_that_tell_nothing_hardly_ever_pass(drawn):
    # 10 galleries x 6 diseases of noise, each tested at 2.5 %: 1.5 expected of 60; 6 and more has a chance below 1 %
    passed = sum(each.passed for seed in range(10) for each in evaluate(drawn(8, apart=0.0, seed=seed)).diseases)
    assert passed < 6


def test_a_disease_of_few_people_does_not_pass_however_plain_its_face(drawn):
    found = evaluate(drawn([LEAST_PERSONS - 1, 8, 8, 8, 8, 8], apart=8.0)).diseases
    assert [(each.passed, each.why_not) for each in found] == [(False, "few_cases")] + [(True, None)] * 5


def test_a_synthetic_gallery_does_not_pass(drawn):
    found = evaluate(drawn(8, apart=4.0, synthetic=True))
    assert {each.why_not for each in found.diseases} == {"synthetic"}
    assert not found.verdict("2026-11-23").passed


def test_many_photos_make_no_more_people(drawn):
    one = drawn(4, apart=4.0)
    names = [tuple(np.repeat(each, 4)) for each in (one.diseases, one.persons)]
    four = Gallery(np.repeat(one.vectors, 4, axis=0), np.repeat(one.measures, 4, axis=0), *names, "m")
    assert {each.persons for each in evaluate(four).diseases} == {4}
    assert {each.why_not for each in evaluate(four).diseases} == {"few_cases"}


def test_nobody_is_scored_by_a_head_that_has_seen_them(drawn):
    gallery = drawn(1, diseases=8)  # each disease has one person: none is left when they are asked about
    trials = held_out(gallery)
    assert np.isnan(trials.scores[trials.same]).all()
    assert np.isfinite(trials.scores[~trials.same]).all()


def test_a_person_is_left_out_with_both_diseases_they_have():
    generator = np.random.default_rng(1)
    names = [("A", "both"), ("B", "both"), *(("A", f"a{i}") for i in range(4)), *(("B", f"b{i}") for i in range(4))]
    vectors = generator.normal(size=(len(names), 8)).astype(np.float32)
    gallery = Gallery(vectors, vectors[:, :0], tuple(n[0] for n in names), tuple(n[1] for n in names), "m")
    trials = held_out(gallery)
    own = [row for row, person in enumerate(gallery.persons) if person == "both"]
    assert len(set(trials.folds[own].tolist())) == 1


def test_the_line_is_level_where_scores_tell_nothing_and_never_falls():
    generator = np.random.default_rng(2)
    same = np.eye(30, dtype=bool)
    against = Trials(np.where(same, -1.0, 1.0) + generator.normal(size=same.shape), same, np.arange(30))
    assert calibrated(against).slope == 0


def test_the_line_recovers_a_known_likelihood_ratio():
    # scores of N(2, 1) with the disease, N(0, 1) without: the log likelihood ratio is 2 s - 2
    generator = np.random.default_rng(3)
    same = np.zeros((4000, 10), bool)
    same[:, 0] = True
    line = calibrated(Trials(generator.normal(size=same.shape) + 2 * same, same, np.arange(4000)))
    assert line.slope == pytest.approx(2, abs=0.15)
    assert line.shift == pytest.approx(-2, abs=0.15)


def test_calibration_error_is_the_gap_between_said_and_so():
    # .9 said of four, of whom two are: .4 off; .1 said of four, none is: .1 off; half the weight each
    chance, same = np.array([0.9] * 4 + [0.1] * 4), np.array([1, 1, 0, 0, 0, 0, 0, 0], bool)
    assert reliability(chance, same, np.full(8, 1 / 8)) == pytest.approx(0.25)


def test_the_nearest_of_another_person_counts_beside_it():
    # the same person's second disease is no neighbour
    vectors = np.array([[1, 0], [1, 0], [0.6, 0.8]], np.float32)
    gallery = Gallery(vectors, vectors[:, :0], ("A", "B", "B"), ("p", "p", "q"), "m")
    found = cosines(gallery)
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(0.6)
