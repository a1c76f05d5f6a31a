"""What every face model keeps: the same questions to each backend."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facial.models import build as building
from facial.models.errors import ModelDamaged, ModelMissing
from facial.models.generated_chips import drawn_face
from facial.models.irv1 import Irv1Weights
from facial.models.model import BATCH
from facial.models.opening import NAMES, open_model


@pytest.fixture(scope="module", params=NAMES)
def model(request, built, irv1_weights):
    return open_model(request.param, built, irv1_weights)


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    return np.stack([drawn_face(seed) for seed in range(BATCH + 2)])


def test_embeddings_are_unit_rows_of_the_stated_length(model, faces):
    found = model.embed(faces[:3])
    assert (found.shape, found.dtype) == ((3, model.dimensions), np.float32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_the_same_chip_gives_the_same_numbers(model, faces):
    assert np.array_equal(model.embed(faces[:2]), model.embed(faces[:2]))


def test_a_batch_gives_what_single_chips_give(model, faces):
    single = np.concatenate([model.embed(face[None]) for face in faces])
    assert np.allclose(model.embed(faces), single, atol=1e-5)


def test_no_chips_give_no_rows(model, faces):
    assert model.embed(faces[:0]).shape == (0, model.dimensions)


def test_features_are_rows_of_finite_numbers_or_none(model, faces):
    found = model.features(faces[:2])
    assert found is None if model.name == "irv1" else found.shape == (2, 17984) and np.isfinite(found).all()


@pytest.mark.parametrize(
    "chips",
    [
        np.zeros((2, 150, 150, 3), np.float32),
        np.zeros((2, 150, 150, 3), np.int16),
        np.zeros((150, 150, 3), np.uint8),
        np.zeros((2, 3, 150, 150), np.uint8),
        np.zeros((2, 160, 160, 3), np.uint8),
        np.zeros((2, 150, 150, 4), np.uint8),
    ],
)
def test_what_is_no_chip_is_refused(model, chips):
    with pytest.raises(ValueError, match="chips are uint8"):
        model.embed(chips)


def test_chips_of_other_memory_layout_give_the_same(model, faces):
    turned = np.ascontiguousarray(faces[:2, ::-1])[:, ::-1]
    assert np.allclose(model.embed(turned), model.embed(faces[:2]), atol=1e-6)


def test_a_face_is_more_like_itself_moved_than_like_another(model, faces):
    some = faces[:8]
    moved = np.stack([np.asarray(Image.fromarray(face).rotate(3, translate=(2, 1), fillcolor=0)) for face in some])
    likeness = model.embed(some) @ model.embed(moved).T
    own = np.diag(likeness).copy()
    np.fill_diagonal(likeness, -1)
    assert (own > likeness.max(1)).mean() >= 0.75


def test_it_names_the_space_of_its_embeddings(model, irv1_weights, built):
    expected = irv1_weights.sha256 if model.name == "irv1" else building.identity(building.INT8)
    assert model.sha256 == expected
    assert len(model.sha256) == 64


@pytest.mark.parametrize("name", NAMES)
def test_without_weights_it_refuses_to_serve(name, tmp_path):
    with pytest.raises(ModelMissing):
        open_model(name, tmp_path)


def test_a_model_of_another_name_is_refused(tmp_path):
    with pytest.raises(ModelMissing, match="dlib_resnet, irv1"):
        open_model("arcface", tmp_path)


def test_irv1_of_another_sum_is_refused_before_it_is_read(irv1_weights):
    with pytest.raises(ModelDamaged, match="does not match its checksum"):
        open_model("irv1", None, Irv1Weights(irv1_weights.path, "0" * 64))


def test_irv1_without_a_sum_is_refused(irv1_weights):
    with pytest.raises(ModelMissing):
        open_model("irv1", None, Irv1Weights(irv1_weights.path, ""))


class Planted:
    """What a file of weights must never be able to run."""

    def __reduce__(self):
        return (Path.touch, (Path("planted"),))


@pytest.mark.parametrize("content", ["another network", "no dictionary", "not finite", "code", "bytes"])
def test_irv1_of_other_content_is_refused(content, tmp_path, monkeypatch, irv1_weights):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pt"
    state = torch.load(irv1_weights.path, weights_only=True)
    if content == "another network":
        torch.save({"conv.weight": torch.zeros(3)}, path)
    elif content == "no dictionary":
        torch.save([1, 2], path)
    elif content == "not finite":
        state["last_linear.weight"][0, 0] = float("nan")
        torch.save(state, path)
    elif content == "code":
        torch.save({"conv": Planted()}, path)
    else:
        path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ModelDamaged):
        open_model("irv1", None, Irv1Weights(path, hashlib.sha256(path.read_bytes()).hexdigest()))
    assert not (tmp_path / "planted").exists()
