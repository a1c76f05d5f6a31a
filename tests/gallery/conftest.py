"""A hospital whose photos are read by a stand-in: the face is what the bytes say, so that a test knows who is alike."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

import numpy as np
import pytest

from facial.likeness.portrait import Portrait
from facial.reading import Face, PhotoReading
from ontology.features import Abstention, Unread

MODEL = "a" * 64
MARFAN_LIKE, OTHER = "OMIM:900001", "OMIM:900002"


def photo_of(seed, towards=0):
    """Bytes that begin as a JPEG does and name a face: `towards` is the group it resembles."""
    words = f"{seed}:{towards}".encode()
    return b"\xff\xd8\xff\xdb" + (len(words) + 2).to_bytes(2) + words + b"\xff\xd9"


class Reader:
    """Reads what `photo_of` wrote."""

    def __init__(self, model=MODEL):
        self.model = model

    def describe(self, photo_id, content, patient):
        if b"nobody" in content:
            return PhotoReading()
        if b"no model" in content:
            return PhotoReading(abstention=Abstention("facial", Unread.NO_FACE_MODEL))
        seed, towards = map(int, content[6:-2].decode().split(":"))
        group = np.random.default_rng(towards + 1000).normal(size=16)
        vector = 4 * group + np.random.default_rng(seed).normal(size=16) + 30 * (np.arange(16) == 0)
        return PhotoReading(Face((0, 0, 9, 9), (), self.model, np.float32(vector / np.linalg.norm(vector))))


@pytest.fixture
def photo():
    return photo_of


@pytest.fixture
def reader_of():
    """A reader of another model."""
    return Reader


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def hospital(hospital_with):
    return hospital_with()


@pytest.fixture
def signed_case(hospital):
    """Opens a case of the north with a photo, consents and a signature; its id."""
    client = hospital.client("clinician north")

    def post(path, body):
        answer = client.post(f"/api/v1/cases{path}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def make(
        seed=1,
        disease=MARFAN_LIKE,
        purposes=("photo", "gallery"),
        age="P7Y",
        giver="guardian",
        decision="other",
        towards=0,
    ):
        findings = [{"id": "HP:0001166"}, {"id": "HP:0002650"}]
        id = post("", {"age": age, "sex": "female", "features": findings})["id"]
        for purpose in {"photo", *purposes}:
            post(f"/{id}/consents", {"purpose": purpose, "given_by": giver})
        post(f"/{id}/photos", {"content": b64encode(photo_of(seed, towards)).decode()})
        if decision:
            report = post(f"/{id}/assess", {})["id"]
            said = {"disease": disease} if decision in {"agree", "other"} else {}
            post(f"/{id}/sign-off", {"report": report, "decision": decision, "reason": "Seen.", **said})
        return id

    return make


@pytest.fixture
def desk(hospital):
    """A desk of someone, `clinician north`."""
    from service.cases.desk import Desk

    return lambda who="clinician north": Desk(hospital.actors[who], hospital.keeping)


@pytest.fixture
def links(hospital):
    """The trail about some kind of object: (action, detail) of each link."""
    from service.audit.trail import export

    def of(kind):
        found = hospital.keeping.database.read(lambda connection: list(export(connection)))
        return [(link["action"], link["detail"]) for link in found if link["object_kind"] == kind]

    return of


@pytest.fixture
def filled(hospital, small_knowledge, reader):
    """Fills the gallery from photos with consents on paper: (disease, how many people), each group alike; ids."""
    from service.cases.desk import operator_desk
    from service.cases.rules import CaseRules
    from service.gallery.enrolling import enrol_photo
    from service.gallery.rows import NewFace

    def fill(*groups, shareable=True, synthetic=False, keeping=None, first=0):
        keeping = keeping or hospital.keeping
        desk = keeping.database.read(lambda c: operator_desk(c, keeping, CaseRules()))
        ids = []
        for place, (disease, count) in enumerate(groups):
            for number in range(count):
                seed = first + 100 * place + number
                about = NewFace(Portrait.empty(), disease, f"p{seed}", paper=f"c{seed}")
                about = replace(about, shareable=shareable, synthetic=synthetic)
                ids.append(enrol_photo(desk, reader, small_knowledge, photo_of(seed, place), about))
        return ids

    return fill
