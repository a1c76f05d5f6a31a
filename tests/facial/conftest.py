"""A detector and a face for the tests of photos."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

#: NASA's portrait of Eileen Collins (public domain), cut out and reduced.
ASTRONAUT = Path(__file__).with_name("astronaut.jpg")


@pytest.fixture(scope="session")
def detector():
    pytest.importorskip("torch", reason="the extra `facial` is not installed")
    from facial.detection import Detector

    return Detector.open()


@pytest.fixture(scope="session")
def irv1_weights(tmp_path_factory):
    """Random weights with the classes that published files carry: they prove loading, and nothing of accuracy."""
    torch = pytest.importorskip("torch", reason="the extra `facial` is not installed")
    from facial.models.irv1 import Irv1Weights
    from facial.torchvision_stand_in import import_facenet

    torch.manual_seed(7)
    state = import_facenet().InceptionResnetV1(pretrained=None).state_dict()
    state |= {"logits.weight": torch.zeros(3, 512), "logits.bias": torch.zeros(3)}
    path = tmp_path_factory.mktemp("irv1") / "weights.pt"
    torch.save(state, path)
    return Irv1Weights(path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    return ASTRONAUT.read_bytes()
