"""Photos under their consent; consents given and withdrawn; assessment consent."""

from __future__ import annotations

import base64

import pytest

_WORDS = b"face of the child" * 20
JPEG = b"\xff\xd8\xff\xdb" + (len(_WORDS) + 2).to_bytes(2) + _WORDS + b"\xff\xd9"  # one segment, that a decoder needs
GUARDIAN = {"purpose": "photo", "given_by": "guardian"}


@pytest.fixture
def path(open_case):
    return f"/api/v1/cases/{open_case(age='P7Y', features=[{'id': 'HP:0001166'}])}"


def send(client, path, content=JPEG, **more):
    return client.post(f"{path}/photos", content=content, headers={"Content-Type": "image/jpeg"}, **more)


def blobs(hospital):
    return sorted(hospital.keeping.blobs.iterdir())


def test_without_a_consent_no_photo_is_kept(hospital, clinician, path, problem):
    told = problem(send(clinician, path), 409)
    assert "consent" in told["detail"]
    assert blobs(hospital) == []
    assert clinician.get(path).json()["photos"] == []


def test_a_guardian_consents_for_a_child(clinician, path, open_case, problem):
    told = problem(clinician.post(f"{path}/consents", json={"purpose": "photo", "given_by": "patient"}), 422)
    assert told["errors"][0]["field"] == "given_by"
    assert clinician.post(f"{path}/consents", json=GUARDIAN).status_code == 201
    grown = f"/api/v1/cases/{open_case(age='P20Y')}"
    assert clinician.post(f"{grown}/consents", json={"purpose": "photo", "given_by": "patient"}).status_code == 201


def test_a_photo_is_kept_sealed_and_given_back(hospital, clinician, path):
    clinician.post(f"{path}/consents", json=GUARDIAN)
    kept = send(clinician, path)
    assert kept.status_code == 201, kept.text
    (photo,) = clinician.get(path).json()["photos"]
    assert (photo["id"], photo["size"]) == (kept.json()["added"][0], len(JPEG))
    answer = clinician.get(f"{path}/photos/{photo['id']}")
    assert answer.content == JPEG
    assert answer.headers["content-type"] == "application/octet-stream"
    (blob,) = blobs(hospital)
    assert b"face of the child" not in blob.read_bytes()


def test_a_photo_comes_in_base64_too(clinician, path):
    clinician.post(f"{path}/consents", json=GUARDIAN)
    body = {"content": base64.b64encode(JPEG).decode()}
    added = clinician.post(f"{path}/photos", json=body).json()["added"]
    assert clinician.get(f"{path}/photos/{added[0]}").content == JPEG


def test_a_photo_sent_twice_under_one_key_is_one_file(hospital, clinician, path):
    clinician.post(f"{path}/consents", json=GUARDIAN)
    headers = {"Content-Type": "image/jpeg", "Idempotency-Key": "p1"}
    answers = [clinician.post(f"{path}/photos", content=JPEG, headers=headers).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(blobs(hospital)) == 1


def test_what_is_no_photo_is_refused(hospital, clinician, path, problem):
    clinician.post(f"{path}/consents", json=GUARDIAN)
    problem(send(clinician, path, b"GIF89a"), 422)
    assert blobs(hospital) == []


def test_with_the_consent_the_photos_go(hospital, clinician, path, problem):
    consent = clinician.post(f"{path}/consents", json=GUARDIAN).json()["added"][0]
    photo = send(clinician, path).json()["added"][0]
    assert clinician.delete(f"{path}/consents/{consent}").json()["status"] == "draft"
    assert blobs(hospital) == []
    problem(clinician.get(f"{path}/photos/{photo}"), 404)
    problem(send(clinician, path), 409)
    problem(clinician.delete(f"{path}/consents/{consent}"), 404)
    assert clinician.get(path).json()["consents"][0]["withdrawn"]


def test_a_second_consent_keeps_the_photos(hospital, clinician, path):
    first = clinician.post(f"{path}/consents", json=GUARDIAN).json()["added"][0]
    clinician.post(f"{path}/consents", json=GUARDIAN)
    photo = send(clinician, path).json()["added"][0]
    clinician.delete(f"{path}/consents/{first}")
    assert clinician.get(f"{path}/photos/{photo}").content == JPEG


def test_a_photo_is_deleted(hospital, clinician, path, problem):
    clinician.post(f"{path}/consents", json=GUARDIAN)
    photo = send(clinician, path).json()["added"][0]
    assert clinician.delete(f"{path}/photos/{photo}").status_code == 200
    assert blobs(hospital) == []
    problem(clinician.delete(f"{path}/photos/{photo}"), 404)


def test_a_child_whose_age_is_corrected_needs_the_guardian(clinician, open_case, problem):
    """Consented to as one of fifteen; under the true age of seven that consent does not hold."""
    path = f"/api/v1/cases/{open_case(age='P15Y')}"
    clinician.post(f"{path}/consents", json={"purpose": "photo", "given_by": "patient"})
    photo = send(clinician, path).json()["added"][0]
    version = clinician.get(path).json()["version"]
    clinician.patch(path, json={"age": "P7Y"}, headers={"If-Match": str(version)})
    problem(clinician.get(f"{path}/photos/{photo}"), 409)


def test_assessing_may_need_a_consent_of_its_own(hospital_with, problem):
    clinician = hospital_with(assessment_consent=True).client("clinician north")
    made = clinician.post("/api/v1/cases", json={"features": [{"id": "HP:0001166"}]}).json()
    path = f"/api/v1/cases/{made['id']}"
    problem(clinician.post(f"{path}/assess"), 409)
    clinician.post(f"{path}/consents", json={"purpose": "assessment", "given_by": "guardian"})
    assert clinician.post(f"{path}/assess").status_code == 201


def test_a_consent_to_assessment_that_was_withdrawn_stops_it(clinician, path, problem):
    assert clinician.post(f"{path}/assess").status_code == 201
    given = {"purpose": "assessment", "given_by": "guardian"}
    consent = clinician.post(f"{path}/consents", json=given).json()["added"][0]
    clinician.delete(f"{path}/consents/{consent}")
    problem(clinician.post(f"{path}/assess"), 409)


def test_photos_are_read_in_assessing_only_under_their_consent(clinician, path):
    consent = clinician.post(f"{path}/consents", json=GUARDIAN).json()["added"][0]
    send(clinician, path)
    with_photo = clinician.post(f"{path}/assess").json()["shown"]["abstentions"]
    assert [one["reader"] for one in with_photo] == ["facial"]
    clinician.delete(f"{path}/consents/{consent}")
    assert clinician.post(f"{path}/assess").json()["shown"]["abstentions"] == []
