"""Faces are found, wherever they stand, and their points stay where they are however the photo is turned."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="the extra `facial` is not installed")

import torch
from PIL import Image

from facial import detection
from facial.alignment import align
from facial.detection import Detector
from facial.models.errors import ModelDamaged
from facial.photo import read_photo
from facial.torchvision_stand_in import batched_nms, to_tensor


@pytest.fixture(scope="module")
def rgb(astronaut):
    return read_photo(astronaut).rgb


@pytest.fixture(scope="module")
def face(detector, rgb):
    (found,) = detector.faces(rgb)
    return found


def test_the_face_is_found_with_its_points(face):
    # by eye, in the photo of 276 x 320 pixels
    assert face.probability > 0.99
    assert face.turned == 0
    np.testing.assert_allclose(face.points, [[114, 101], [156, 103], [134, 128], [111, 139], [155, 141]], atol=3)
    left, top, right, bottom = face.box
    assert left < 111 < 156 < right
    assert top < 100 < 141 < bottom


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_face_on_its_side_or_its_head_is_found_and_said_to_be_so(detector, rgb, face, turned):
    height, width = rgb.shape[:2]
    there = np.rot90(rgb, -turned // 90)  # clockwise, so that turning counterclockwise rights it
    (found,) = detector.faces(np.ascontiguousarray(there))
    assert found.turned == turned
    x, y = face.points.T
    expected = {90: (height - 1 - y, x), 180: (width - 1 - x, height - 1 - y), 270: (y, width - 1 - x)}[turned]
    np.testing.assert_allclose(found.points, np.column_stack(expected), atol=0.5)


@pytest.mark.parametrize("degrees", [-25, 12, 35])
@pytest.mark.parametrize("scale", [0.8, 1.7])
def test_points_move_with_the_photo_to_a_hundredth_of_the_eyes_distance(detector, rgb, face, degrees, scale):
    height, width = rgb.shape[:2]
    image = Image.fromarray(rgb).resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
    image = image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(128, 128, 128))
    (found,) = detector.faces(np.asarray(image))
    angle = np.radians(-degrees)  # Pillow turns counterclockwise, and y is down
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([image.width, image.height]) / 2 - 0.5
    size = np.array([image.width / width, image.height / height])
    expected = ((face.points + 0.5) * size - 0.5 - middle) @ turn.T + middle
    apart = np.linalg.norm(expected[1] - expected[0])
    assert np.linalg.norm(found.points - expected, axis=1).mean() < 0.01 * apart


def test_the_chip_is_the_same_however_the_photo_is_turned(detector, rgb, face):
    (found,) = detector.faces(np.ascontiguousarray(np.rot90(rgb)))
    apart = align(np.rot90(rgb), found.points).rgb.astype(int) - align(rgb, face.points).rgb
    assert np.abs(apart).mean() < 2


def test_the_larger_face_comes_first(detector, rgb, face):
    both = np.concatenate([rgb, np.full_like(rgb, 128)], axis=1)
    small = np.asarray(Image.fromarray(rgb).resize((165, 192)))
    both[:192, -165:] = small
    first, second = detector.faces(both)
    np.testing.assert_allclose(first.points, face.points, atol=1)
    np.testing.assert_allclose(second.points, face.points * 0.6 + (2 * 276 - 165, 0), atol=1.5)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (19, 19), (24, 500)])
def test_what_is_too_small_for_a_face_has_none(detector, size):
    assert detector.faces(np.full((*size, 3), 127, np.uint8)) == ()


def test_noise_has_no_face(detector):
    noise = np.random.default_rng(3).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    assert detector.faces(noise) == ()


def test_what_wanders_on_is_no_face(detector, rgb, monkeypatch):
    seen = detection.look_again
    monkeypatch.setattr(detection, "look_again", lambda *given: replace(seen(*given), moved=detection.STEADY * 1.01))
    assert detector.faces(rgb) == ()


def test_weights_that_are_not_those_of_the_release_are_refused(monkeypatch):
    monkeypatch.setattr(detection, "WEIGHTS", detection.WEIGHTS | {"onet": "0" * 64})
    with pytest.raises(ModelDamaged, match=r"onet\.pt"):
        Detector.open()


def test_nothing_is_left_under_the_name_of_torchvision():
    code = (
        "import sys; from facial.torchvision_stand_in import import_facenet;"
        "assert 'torch' not in sys.modules; sys.modules['torchvision'] = mine = object();"
        "assert import_facenet() is import_facenet();"
        "assert sys.modules['torchvision'] is mine; assert not [n for n in sys.modules if n.startswith('torchvision.')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


boxes = st.lists(st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 30)] * 2), min_size=1, max_size=25)


@given(boxes, st.data())
def test_of_overlapping_boxes_the_best_stays(corners, data):
    """Against the definition, written out: a box stays if no better one that stayed overlaps it."""
    n = len(corners)
    found = np.array([(x, y, x + w, y + h) for x, y, w, h in corners], np.float32)
    scores = np.array(data.draw(st.permutations(range(n))), np.float32)
    groups = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))

    def overlap(a, b):
        wide, high = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
        shared = max(wide, 0) * max(high, 0)
        return shared / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared)

    kept = []
    for at in np.argsort(-scores):
        if all(groups[at] != groups[other] or overlap(found[at], found[other]) <= 0.5 for other in kept):
            kept.append(int(at))
    assert batched_nms(*map(torch.from_numpy, (found, scores, groups)), 0.5).tolist() == kept


def test_no_box_leaves_none():
    assert batched_nms(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0), 0.5).tolist() == []


def test_bytes_become_shares():
    tensor = to_tensor(np.array([[[0, 255]]], np.uint8))
    assert tensor.shape == (2, 1, 1)
    assert tensor.flatten().tolist() == [0, 1]
    assert to_tensor(np.array([[7.5]], np.float32)).tolist() == [[[7.5]]]
