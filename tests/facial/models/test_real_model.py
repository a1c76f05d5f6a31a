"""The model that set-up built, where it did: it is dlib's, and in 8 bits nearly so."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facial.models import fetch, verify
from facial.models.generated_chips import drawn_face, generated_chips
from facial.models.manifest import FILE_NAME, ModelManifest, models_folder
from facial.models.model import unit
from facial.models.onnx_session import OnnxSession
from facial.models.opening import open_model

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def folder():
    found = models_folder() if "PHENOMAP_MODELS" in os.environ else Path(__file__).parents[3] / "models"
    if not (found / FILE_NAME).is_file():
        if os.environ.get("CI"):
            pytest.fail("no face model was built")
        pytest.skip("no face model has been built: run `make`")
    return found


def test_the_exact_network_gives_what_dlib_gives(folder):
    manifest = ModelManifest.read(folder)
    told = verify.against_dlib(OnnxSession(manifest.content(folder, manifest.exact)), fetch.WEIGHTS_SHA256)
    assert told["difference_to_dlib"] < 1e-5
    assert told["cosine_to_dlib"] > 0.99999


def test_what_serves_agrees_with_the_exact_network(folder):
    manifest = ModelManifest.read(folder)
    exact = unit(OnnxSession(manifest.content(folder, manifest.exact)).run("embedding", generated_chips()))
    assert (open_model("dlib_resnet", folder).embed(generated_chips()) * exact).sum(1).min() >= 0.999


def test_the_last_features_are_the_maps_of_the_exact_network(folder):
    manifest = ModelManifest.read(folder)
    exact = OnnxSession(manifest.content(folder, manifest.exact)).run("features", generated_chips())
    block10 = open_model("dlib_resnet", folder).features(generated_chips())[:, -128 * 8 * 8 :]
    # the network of set-up averages block 10 over 4 x 4 places, each two by two of its 8 x 8
    cells = block10.reshape(-1, 128, 4, 2, 4, 2).mean((3, 5)).reshape(len(block10), -1)
    assert np.allclose(cells, exact[:, -128 * 4 * 4 :], atol=1e-4)


def test_each_drawn_face_is_most_like_itself_moved(folder):
    faces = np.stack([drawn_face(seed) for seed in range(16)])
    moved = np.stack([np.asarray(Image.fromarray(face).rotate(3, translate=(2, 1))) for face in faces])
    model = open_model("dlib_resnet", folder)
    assert ((model.embed(faces) @ model.embed(moved).T).argmax(1) == np.arange(16)).all()
