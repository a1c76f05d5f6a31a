"""Other departments' cases: not there, unless the glass was broken; and cases that were erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.audit.trail import export, verify
from service.store import scope
from service.store.tables import case_key

REASON = "Brought in unconscious; the parents say she is known to you."
_WORDS = b"face" * 9
JPEG = b"\xff\xd8\xff\xdb" + (len(_WORDS) + 2).to_bytes(2) + _WORDS + b"\xff\xd9"  # one segment, that a decoder needs


@pytest.fixture
def path(open_case):
    return f"/api/v1/cases/{open_case(age='P7Y', features=[{'id': 'HP:0001166'}], notes=[{'text': 'Tall.'}])}"


def links(hospital):
    return hospital.keeping.database.read(lambda c: list(export(c)))


def test_a_case_of_another_department_is_not_there(hospital, path, problem):
    other = hospital.client("clinician south")
    problem(other.get(path), 404)
    assert other.get("/api/v1/cases").json()["cases"] == []
    asked = [link for link in links(hospital) if link["action"] == "refuse"]
    ids = hospital.actors["clinician south"].id, path.rpartition("/")[2]
    assert [(link["actor"], link["object_id"]) for link in asked] == [ids]
    seen = {
        where: hospital.client(f"auditor {where}").get("/api/v1/audit", params={"action": "refuse"}).json()["links"]
        for where in ("north", "south")
    }
    assert [link["object_id"] for link in seen["north"]] == [ids[1]], "the department whose case was asked for is told"
    assert seen["south"] == []


def test_breaking_the_glass_opens_one_case_for_reading_alone(hospital, clinician, path, problem):
    other = hospital.client("clinician south")
    second = f"/api/v1/cases/{clinician.post('/api/v1/cases', json={}).json()['id']}"
    report = clinician.post(f"{path}/assess").json()["id"]
    assert other.post(f"{path}/break-glass", json={"reason": REASON}).status_code == 201
    shown = other.get(path).json()
    assert shown["broken_glass"]
    assert shown["notes"][0]["text"] == "Tall."
    assert other.get(f"{path}/reports/{report}").status_code == 200
    problem(other.get(second), 404)
    problem(other.post(f"{path}/notes", json={"text": "Seen."}), 403)
    problem(other.post(f"{path}/sign-off", json={"report": report, "decision": "agree", "reason": "Yes."}), 403)
    problem(hospital.client("colleague south").get(path), 404)
    assert [case["id"] for case in other.get("/api/v1/cases").json()["cases"]] == [path.rpartition("/")[2]]
    seen = [link["action"] for link in links(hospital) if link["actor"] == hospital.actors["clinician south"].id]
    assert seen[:3] == ["break_glass", "view", "view"]


def test_the_glass_closes_again(hospital, path, problem, monkeypatch):
    other = hospital.client("clinician south")
    other.post(f"{path}/break-glass", json={"reason": REASON})
    real = scope.now
    monkeypatch.setattr(scope, "now", lambda: real() + timedelta(hours=3, minutes=59))
    assert other.get(path).status_code == 200
    monkeypatch.setattr(scope, "now", lambda: real() + timedelta(hours=4, minutes=1))
    problem(other.get(path), 404)


def test_the_glass_is_broken_for_a_reason_and_only_where_it_is_in_the_way(hospital, clinician, path, problem):
    other = hospital.client("clinician south")
    problem(other.post(f"{path}/break-glass", json={"reason": "Need it"}), 422)
    problem(other.post(f"{path}/break-glass", json={}), 422)
    problem(clinician.post(f"{path}/break-glass", json={"reason": REASON}), 409)
    problem(other.post(f"/api/v1/cases/{'0' * 32}/break-glass", json={"reason": REASON}), 404)
    for role in ("second_reader", "screening_analyst", "administrator", "auditor"):
        problem(hospital.client(f"{role} south").post(f"{path}/break-glass", json={"reason": REASON}), 403)
    problem(other.get(path), 404)


def test_an_erased_case_is_gone_for_everyone(hospital, clinician, path, problem):
    clinician.post(f"{path}/consents", json={"purpose": "photo", "given_by": "guardian"})
    clinician.post(f"{path}/photos", content=JPEG, headers={"Content-Type": "image/jpeg"})
    report = clinician.post(f"{path}/assess").json()["id"]
    administrator = hospital.client("administrator north")
    problem(hospital.client("administrator south").post(f"{path}/erase", json={"reason": "request"}), 404)
    problem(clinician.post(f"{path}/erase", json={"reason": "request"}), 403)
    answer = administrator.post(f"{path}/erase", json={"reason": "request"})
    assert (answer.status_code, answer.json()["status"]) == (200, "erased")
    for request in (
        clinician.get(path),
        clinician.get(f"{path}/reports/{report}"),
        clinician.get(f"{path}/phenopacket"),
        clinician.post(f"{path}/notes", json={"text": "Tall."}),
        clinician.post(f"{path}/assess"),
        administrator.post(f"{path}/erase", json={"reason": "request"}),
    ):
        problem(request, 410)
    assert clinician.get("/api/v1/cases").json()["cases"] == []
    (left,) = clinician.get("/api/v1/cases", params={"status": "erased"}).json()["cases"]
    assert (left["sex"], "age_days" in left and left["age_days"]) == ("unknown", None)
    assert list(hospital.keeping.blobs.iterdir()) == []
    keys = hospital.keeping.database.read(lambda c: c.execute(case_key.select()).mappings().all())
    assert [key["wrapped"] for key in keys] == [None]
    assert [link["action"] for link in links(hospital)].count("erase") == 1
    assert hospital.keeping.database.read(verify).sound


def test_retention_counts_from_the_last_change(hospital_with):
    hospital = hospital_with(retention_days=10)
    clinician = hospital.client("clinician north")
    path = f"/api/v1/cases/{clinician.post('/api/v1/cases', json={}).json()['id']}"
    first = clinician.get(path).json()
    assert first["retain_until"] > first["changed"]
    clinician.post(f"{path}/notes", json={"text": "Tall."})
    assert clinician.get(path).json()["retain_until"] > first["retain_until"]
