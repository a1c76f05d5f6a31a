"""A reader made by hand, and the process that holds one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from facial import reading as f
from ontology.errors import InputError
from ontology.features import PatientSex
from service.faces.process import FaceProcess
from service.faces.seam import FaceBounds

MODEL = "ab" * 32
#: Run in a process of its own; what a photo says is what happens.
CHILD = """
import os, sys, socket, time
import numpy as np
from facial import reading as f
from ontology.errors import InputError
from service.faces.child import serve

class ByHand:
    def describe(self, photo_id, content, patient):
        word = content.decode()
        if word == "end": os._exit(3)
        if word == "sleep": time.sleep(60)
        if word == "grow":
            held = []
            while True: held.append(np.ones(10_000_000, np.uint8)); time.sleep(.001)
        if word == "write": open("/tmp/phenomap-face-test", "w")
        if word == "connect": socket.create_connection(("127.0.0.1", 9))
        if word == "run": os.system("true")
        if word == "none": raise InputError("photo", "This is not a photo that can be recognised.", "Send a JPEG.")
        if word == "secret": word = os.environ.get("PHENOMAP_KEYS", "unset")
        face = f.Face((1, 2, 3, 4), (), str(os.getpid()), np.arange(4, dtype=np.float32))
        quality = f.Quality((f.QualityFinding(f.Check.SIZE, f.Fault.TOO_SMALL, False, 1.0, 2.0, word),))
        return f.PhotoReading(face, quality, None, patient.age_days, 7)

serve(ByHand(), MEMORY)
"""


@pytest.fixture
def process(tmp_path) -> Iterator[FaceProcess]:
    """A process over the reader above, with little time and memory."""
    script = tmp_path / "child.py"
    script.write_text(CHILD.replace("MEMORY", "2_000_000_000"))
    made = FaceProcess([sys.executable, str(script)], FaceBounds(memory=300_000_000, seconds=3.0, opening=60.0))
    yield made
    made.close()


def face(age: int | None = None) -> f.Face:
    """A face with a wide distance between the pupils, and a slant that no norm is known of."""
    norm = f.Norm("Hong Kong", "han", PatientSex.MALE, 5, 10, 120, 55.0, 2.5, "photo", "by hand", "table")
    wide = f.Measurement(
        "ipd_fw", 0.52, 0.50, 0.54, "ratio", (f.Point(40, 50), f.Point(80, 50)),
        f.Compared(norm, 2.9, 2.4, 3.4) if age is not None else None,
        None if age is not None else f.WithoutNorm.NO_AGE,
    )  # fmt: skip
    slant = f.Measurement(
        "slant", 4.0, 2.0, 6.0, "degrees", (f.Point(30, 52), f.Point(50, 49)),
        without=f.WithoutNorm.NONE_FITS, spread=f.Spread((("Germany", 2.0), ("Korea", 8.0))),
    )  # fmt: skip
    term = f.SuggestedTerm("HP:0001166", 0.93, "ipd_fw", (40, 40, 80, 60), objective=True)
    embedding = np.zeros(4, np.float32)
    return f.Face((20, 20, 100, 120), (f.Point(40, 50),), MODEL, embedding, (wide, slant), (term,), MODEL)


class ByHand:
    """Describes a photo by the words behind its first bytes; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[f.FacePatient] = []

    def describe(self, photo_id: str, content: bytes, patient: f.FacePatient) -> f.PhotoReading:
        self.asked.append(patient)
        if b"broken" in content:
            raise InputError("photo", "The photo is damaged or incomplete.", "Send a JPEG or PNG file.")
        if b"dark" in content:
            finding = f.QualityFinding(f.Check.BRIGHTNESS, f.Fault.TOO_DARK, True, 20.0, 40.0, "grey")
            return f.PhotoReading(None, f.Quality((finding,)), None, 120, 160)
        return f.PhotoReading(face(patient.age_days), f.Quality(), None, 120, 160)


@pytest.fixture
def by_hand() -> ByHand:
    """A reader that is asked here."""
    return ByHand()


@pytest.fixture
def problem() -> Callable[..., dict]:
    """Asserts that an answer is a problem of a status, and returns it."""

    def checked(response, status):
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        return response.json()

    return checked
