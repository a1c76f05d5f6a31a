from __future__ import annotations

import numpy as np
import pytest

from facial.alignment import TEMPLATE
from facial.measures.points import offsets, symmetric
from facial.measures.views import BLOCKS, VIEWS, features, views
from facial.models.dlib_resnet import FEATURES, FINEST


class Brightness:
    """A model whose features are all the brightness of the chip, the finest twice that."""

    name, sha256, dimensions = "brightness", "0" * 64, 1

    def embed(self, chips):
        return np.ones((len(chips), 1), np.float32)

    def features(self, chips):
        found = np.repeat(chips.mean((1, 2, 3), dtype=np.float32)[:, None], FEATURES, axis=1)
        found[:, :FINEST] *= 2
        return found


class Blind(Brightness):
    def features(self, chips):
        return None


@pytest.fixture
def chip():
    return np.random.default_rng(5).integers(0, 256, (150, 150, 3), dtype=np.uint8)


def test_views_of_a_mirrored_chip_are_the_same_views_in_another_order(chip):
    there, back = views(chip).astype(int), views(chip[:, ::-1]).astype(int)
    assert there.shape == (VIEWS, 150, 150, 3)
    assert (back[[0, 1]] == there[[1, 0]]).all()


def test_the_eye_at_the_right_is_shown_as_if_it_were_at_the_left():
    chip = np.zeros((150, 150, 3), np.uint8)
    chip[40:50, 40:50] = 255  # left of the middle line at x = 73.7, so also at 2 * 73.7 - 49.5 = 97.9 as its image
    chip[40:50, 98:108] = 255
    left, right = views(chip)[2].astype(int), views(chip)[3].astype(int)
    assert left.max() > 200
    assert np.abs(left - right).mean() < 3


def test_features_are_means_over_a_view_and_its_mirror_image(chip):
    found = features(Brightness(), np.stack([chip, chip]))
    assert found.shape == (2, sum(BLOCKS))
    assert np.allclose(found[0, :FINEST], 2 * chip.mean(), rtol=1e-3)
    assert np.allclose(found[0, FINEST : BLOCKS[0]], chip.mean(), rtol=1e-3)
    assert (found[0] == found[1]).all()


def test_no_chips_give_no_rows_and_a_model_without_features_none(chip):
    assert features(Brightness(), chip[None][:0]).shape == (0, sum(BLOCKS))
    assert features(Blind(), chip[None]) is None


def test_points_where_they_usually_lie_are_nought():
    assert not offsets(TEMPLATE[None]).any()
    assert not symmetric(TEMPLATE[None]).any()


def test_symmetric_points_are_those_of_the_mirrored_face():
    points = TEMPLATE[None] + np.random.default_rng(3).normal(size=(1, 5, 2))
    off = (points - TEMPLATE)[0][[1, 0, 2, 4, 3]] * (-1, 1)  # left and right change places, and sign
    assert np.allclose(symmetric(TEMPLATE + off[None]), symmetric(points))
