"""A photo that a record system sends is described in the background, as one that a clinician adds."""

from __future__ import annotations

import base64

import pytest

from benchmarks.every_route import JPEG
from benchmarks.hospital import hospital as opened
from service.faces.opening import FaceState
from service.faces.reading import Faces
from service.settings import FaceSettings, Settings
from service.tasks.worker import Worker
from tests.faces.conftest import ByHand
from tests.fhir_intake.conftest import bundle, observation, patient

PURPOSE = {"system": "https://phenomap.org/fhir/CodeSystem/consent-purpose", "code": "photo"}
CONSENT = {
    "resourceType": "Consent",
    "id": "c1",
    "status": "active",
    "scope": {"text": "photo"},
    "category": [{"text": "photo"}],
    "patient": {"reference": "Patient/p1"},
    "performer": [{"type": "RelatedPerson"}],
    "provision": {"purpose": [PURPOSE]},
}
MEDIA = {
    "resourceType": "Media",
    "id": "m1",
    "status": "completed",
    "subject": {"reference": "Patient/p1"},
    "content": {"contentType": "image/jpeg", "data": base64.b64encode(JPEG).decode()},
}


@pytest.fixture
def by_hand():
    return ByHand()


@pytest.fixture
def site(tmp_path, assessor, by_hand):
    """A hospital that reads faces."""
    make = lambda keeping: Faces(FaceSettings(), FaceState.READY, by_hand, keeping)  # noqa: E731
    with opened(tmp_path, assessor, faces=make) as hospital:
        yield hospital


def test_a_photo_that_was_sent_is_described_before_the_chart_is_opened(site, by_hand):
    client, services = site.client("clinician north"), site.app.state.services
    answer = client.post("/fhir", json=bundle(patient(), CONSENT, MEDIA, observation("HP:0001083")))
    assert answer.status_code == 200, answer.text
    worker = Worker(site.keeping, Settings(), services.knowing, services.translator.speaking("en"), services.faces)
    assert worker.step()
    (listed,) = client.get("/api/v1/cases").json()["cases"]
    (report,) = client.get(f"/api/v1/cases/{listed['id']}").json()["reports"]
    shown = client.get(f"/api/v1/cases/{listed['id']}/reports/{report['id']}").json()["shown"]
    # the reader by hand suggests arachnodactyly of every photo; the age is that of the day of birth that was sent
    (photo,) = shown["photos"]
    assert [each["id"] for each in photo["face"]["suggestions"]] == ["HP:0001166"]
    assert by_hand.asked[0].age_days == listed["age_days"]


def test_without_consent_no_photo_reaches_a_reader(site, by_hand):
    client, services = site.client("clinician north"), site.app.state.services
    client.post("/fhir", json=bundle(patient(), MEDIA, observation("HP:0001083")))
    worker = Worker(site.keeping, Settings(), services.knowing, services.translator.speaking("en"), services.faces)
    assert worker.step()
    assert by_hand.asked == []
