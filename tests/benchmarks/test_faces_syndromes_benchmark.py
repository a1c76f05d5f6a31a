"""The made-up syndromes are as they are said to be, and the figures are those of the faces asked about."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.face_warps.warp import ONE_SIDED
from benchmarks.faces_syndromes import CHANGES, STRENGTHS, SYNDROMES, figures, syndromes
from facial.likeness.gallery import Gallery


@pytest.mark.parametrize("seed", range(3))
def test_syndromes_are_of_four_changes_and_share_no_more_than_two(seed):
    made = syndromes(np.random.default_rng(seed))
    assert [len(each) for each in made] == [CHANGES] * SYNDROMES
    for place, one in enumerate(made):
        for other in made[:place]:
            assert sum(one.get(kind) == value for kind, value in other.items()) <= 2
    assert all(abs(value) == STRENGTHS[kind] for each in made for kind, value in each.items())
    assert all(value > 0 for each in made for kind, value in each.items() if kind in ONE_SIDED)
    assert made == syndromes(np.random.default_rng(seed))


def faces(people, seed, told):
    """Six faces of each of eight groups, near to the group's own place where it is `told`."""
    generator = np.random.default_rng(seed)
    groups = np.repeat(np.arange(8), 6)
    places = np.random.default_rng(0).normal(size=(8, 20)) * told
    vectors = places[groups] + generator.normal(size=(48, 20))
    names = tuple(f"{group:02d}" for group in groups)
    return Gallery(vectors, vectors[:, :4] * 3, names, tuple(f"{people}{row}" for row in range(48)), "m")


def test_groups_that_are_told_apart_are_retrieved_and_calibrated():
    found = figures(faces("a", 1, 4.0), faces("b", 2, 4.0))
    assert found["syndromes_top1"] > 0.95
    assert found["log_loss"] < 0.4


def test_groups_that_are_not_told_apart_are_retrieved_at_chance():
    found = figures(faces("a", 1, 0.0), faces("b", 2, 0.0))
    # 48 faces, chance 1/8 and 5/8: three standard errors are .14 and .21
    assert found["syndromes_top1"] == pytest.approx(1 / 8, abs=0.15)
    assert found["syndromes_top5"] == pytest.approx(5 / 8, abs=0.22)
    assert found["log_loss"] == pytest.approx(np.log(2), abs=0.05)


def test_the_nearest_raw_cosine_stands_beside():
    # enrolled: A at (1, 0), B at (0, 1) and (.6, .8); asked: A at (.8, .6): A has .8, B .96
    enrolled = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    gallery = Gallery(enrolled, enrolled[:, :0], ("A", "B", "B"), ("p", "q", "r"), "m")
    one = np.array([[0.8, 0.6], [0, 1]], np.float32)
    found = figures(gallery, Gallery(one, one[:, :0], ("A", "B"), ("s", "t"), "m"))
    assert (found["syndromes_cosine_top1"], found["syndromes_cosine_top5"]) == (0.5, 1.0)
    assert "log_loss" not in found  # three people calibrate nothing
