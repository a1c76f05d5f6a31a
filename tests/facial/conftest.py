"""A detector and a face for the tests of photos."""

from __future__ import annotations

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
def astronaut() -> bytes:
    return ASTRONAUT.read_bytes()
