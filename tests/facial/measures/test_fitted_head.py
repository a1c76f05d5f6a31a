from __future__ import annotations

import numpy as np
import pytest

from facial.alignment import TEMPLATE
from facial.measures.definitions import BY_CODE, CODES, LANDMARKS
from facial.measures.head import MeasurementHead
from facial.measures.views import BLOCKS
from facial.models.dlib_resnet import NAME


@pytest.fixture(scope="module")
def head():
    return MeasurementHead.open()


def test_the_head_says_of_what_it_was_fitted(head):
    assert head.manifest["data"]["credit"] == "AT&T Laboratories Cambridge, ORL database of faces"
    assert len(head.manifest["data"]["sha256"]) == 64
    assert head.manifest["model"] == NAME


def test_every_measure_has_an_error_found_on_people_left_out(head):
    assert (head.sd > 0).all()
    assert (head.ninety > head.sd).all()  # 90 % of errors lie within more than one SD, whatever their shape here
    assert (head.ninety < 3 * head.sd).all()


def test_every_measure_and_every_place_is_read_from_the_features(head):
    assert (np.abs(head.weights[: sum(BLOCKS)]).max(0) > 0).all()
    assert (np.abs(head.drawn).max(0) > 0).all()


def test_a_mirrored_face_measures_the_same(head):
    draw = np.random.default_rng(2)
    features = draw.normal(size=(1, sum(BLOCKS))).astype(np.float32)
    points = TEMPLATE[None] + draw.normal(size=(1, 5, 2))
    mirrored = TEMPLATE + (points - TEMPLATE)[:, [1, 0, 2, 4, 3]] * (-1, 1)
    assert np.allclose(head.values(features, points), head.values(features, mirrored))


def test_values_do_not_depend_on_who_else_is_measured(head):
    features = np.random.default_rng(4).normal(size=(3, sum(BLOCKS))).astype(np.float32)
    points = np.repeat(TEMPLATE[None], 3, axis=0)
    assert np.allclose(head.values(features, points)[1], head.values(features[1:2], points[:1])[0], atol=1e-4)


def test_lines_join_the_places_of_their_landmarks(head):
    features = np.random.default_rng(6).normal(size=sum(BLOCKS)).astype(np.float32)
    places = dict(zip(LANDMARKS, head.places(features[None], TEMPLATE[None])[0], strict=True))
    for each in head.measure(features, TEMPLATE):
        ends = [end for line in BY_CODE[each.code].lines for end in line]
        assert np.allclose(each.line, [places[end] for end in ends])
    assert len(CODES) == len(head.measure(features, TEMPLATE))
