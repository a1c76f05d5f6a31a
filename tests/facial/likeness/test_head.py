"""A head puts the right disease first, tells no more than it knows, and lets nothing weigh that did not help."""

from __future__ import annotations

from math import log, pi

import numpy as np
import pytest

from facial.likeness.calibrate import MOST_AGAINST_NATS, MOST_FOR_NATS
from facial.likeness.discriminant import Discriminant
from facial.likeness.evaluate import evaluate
from facial.likeness.gallery import Gallery
from facial.likeness.head import Verdict, fit, likenesses, ranks
from facial.reading import Face


def face_of(gallery, row, model="m"):
    return Face((0, 0, 1, 1), (), model, gallery.vectors[row])


def normal(x, mean, variance):
    return -0.5 * (log(2 * pi * variance) + (x - mean) ** 2 / variance)


def test_the_score_is_the_difference_of_two_log_densities():
    # one direction, t = 3: a disease of n = 2 at m = 1 is expected at 1 * 6/7, with variance 1 + 3/7; none at 0, 1 + 3
    one = np.eye(1)
    fitted = Discriminant(np.array([2.0]), np.zeros(1), one, np.array([[1.0]]), 3.0)
    expected = normal(0.5, 6 / 7, 10 / 7) - normal(0.5, 0, 4)
    assert fitted.scores(np.array([[0.5]], np.float32))[0, 0] == pytest.approx(expected)


def test_a_disease_of_more_cases_is_believed_more_firmly():
    fitted = Discriminant(np.array([1.0, 20.0]), np.zeros(1), np.eye(1), np.array([[2.0], [2.0]]), 1.0)
    few, many = fitted.scores(np.array([[2.0]], np.float32))[0]
    assert many > few > 0


def test_the_right_disease_comes_first_for_people_not_enrolled(drawn):
    gallery = drawn(12, apart=4.0)
    enrolled, asked = gallery.chosen(_every(gallery, odd=False)), gallery.chosen(_every(gallery, odd=True))
    head = fit(enrolled)
    first = [likenesses(head, face_of(asked, row))[0].disease for row in range(len(asked))]
    right = np.mean([found == true for found, true in zip(first, asked.diseases, strict=True)])
    assert right > 0.8  # chance is 1/6


def _every(gallery, odd):
    return np.array([int(person.split(".")[1]) % 2 == odd for person in gallery.persons])


def test_measures_tell_where_embeddings_do_not(drawn):
    told = drawn(12, apart=4.0, measured=8)
    generator = np.random.default_rng(5)
    mute = Gallery(generator.normal(size=told.vectors.shape), told.measures, told.diseases, told.persons, "m")
    assert evaluate(mute).top1 > 0.5 > evaluate(Gallery(mute.vectors, mute.measures[:, :0], *_names(mute))).top1


def _names(gallery):
    return gallery.diseases, gallery.persons, gallery.model


def test_what_is_told_is_bounded(drawn):
    gallery = drawn(10, apart=30.0)
    found = [each for row in range(len(gallery)) for each in likenesses(fit(gallery), face_of(gallery, row))]
    assert max(each.nats for each in found) == MOST_FOR_NATS
    assert min(each.nats for each in found) == -MOST_AGAINST_NATS


def test_few_people_cannot_calibrate(drawn):
    # 6 diseases of 3: 18 people meet others of their own disease, fewer than the 20 that a line needs
    found = likenesses(fit(drawn(3)), face_of(drawn(3), 0))
    assert {(each.nats, each.weighs, each.why_not) for each in found} == {(None, False, "few_cases")}
    assert [each.rank for each in found] == [1, 2, 3, 4, 5, 6]


def test_one_disease_alone_is_compared_with_nothing(drawn):
    gallery = drawn(6, diseases=1)
    (only,) = likenesses(fit(gallery), face_of(gallery, 0))
    assert (only.rank, only.nats, only.weighs) == (1, None, False)


def test_level_scores_share_a_rank():
    # 3 and 3 are level: one better than each, and half of the other: 1 + 0 + .5; NaN is last
    assert ranks(np.array([[3.0, 3.0, 1.0, np.nan]])).tolist() == [[1.5, 1.5, 3.0, 4.0]]


def test_a_face_of_another_model_is_not_compared(drawn):
    gallery = drawn(6)
    found = likenesses(fit(gallery), face_of(gallery, 0, model="another"))
    assert {(each.nats, each.rank, each.weighs, each.why_not) for each in found} == {(None, 1, False, "other_model")}


def test_without_an_evaluation_nothing_weighs(drawn):
    gallery = drawn(8)
    assert {each.why_not for each in likenesses(fit(gallery), face_of(gallery, 0))} == {"not_evaluated"}


def test_what_passed_weighs_until_the_gallery_changes(drawn):
    gallery = drawn(8, apart=4.0)
    verdict = evaluate(gallery).verdict("2026-11-23")
    found = likenesses(fit(gallery), face_of(gallery, 0), verdict)
    assert all(each.weighs and each.why_not is None and each.evaluated == "2026-11-23" for each in found)
    smaller = gallery.without(["p0.0"])
    assert {each.why_not for each in likenesses(fit(smaller), face_of(gallery, 0), verdict)} == {"not_evaluated"}
    assert all(
        not each.weighs and each.evaluated is None for each in likenesses(fit(smaller), face_of(gallery, 0), verdict)
    )


def test_a_synthetic_gallery_never_weighs_whatever_an_evaluation_says(drawn):
    gallery = drawn(8, apart=4.0, synthetic=True)
    head = fit(gallery)
    bought = Verdict(head.digest, head.model, "2026-11-23", frozenset(head.diseases))
    found = likenesses(head, face_of(gallery, 0), bought)
    assert {(each.weighs, each.why_not) for each in found} == {(False, "synthetic")}
