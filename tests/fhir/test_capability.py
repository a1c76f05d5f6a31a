"""What the CapabilityStatement names is answered, and what it does not name is refused."""

from __future__ import annotations

import base64
import json

import pytest

from benchmarks.every_route import JPEG

FHIR = {"Content-Type": "application/fhir+json"}
STRANGE = ("Procedure", "Binary", "ServiceRequest", "RiskAssessment", "Practitioner", "Task", "Immunization")
NAMED = {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]}
WORDS = {"status": "current", "content": [{"attachment": {"contentType": "text/plain", "data": "U2VpenVyZXMu"}}]}
PURPOSE = {"system": "https://phenomap.org/fhir/CodeSystem/consent-purpose", "code": "photo"}
#: The least that is taken of each type.
LEAST = {
    "Patient": {"gender": "male"},
    "Condition": {"code": NAMED},
    "Observation": {"status": "final", "code": NAMED},
    "DocumentReference": WORDS,
    "DiagnosticReport": {"status": "final", "code": {"text": "Ward"}, "conclusion": "Seizures."},
    "Composition": {
        "status": "final",
        "type": {"text": "Letter"},
        "title": "Letter",
        "date": "2026-01-02",
        "text": {"status": "generated", "div": "<div>Seizures.</div>"},
    },
    "Media": {"status": "completed", "content": {"contentType": "image/jpeg", "data": base64.b64encode(JPEG).decode()}},
    "FamilyMemberHistory": {"status": "completed", "relationship": {"text": "mother"}, "condition": [{"code": NAMED}]},
    "Consent": {
        "status": "active",
        "scope": {"text": "photo"},
        "category": [{"text": "photo"}],
        "performer": [{"type": "RelatedPerson"}],
        "provision": {"purpose": [PURPOSE]},
    },
    "Encounter": {"status": "finished", "class": {"code": "AMB"}},
}


def resource(kind, id=None):
    who = {} if kind == "Patient" else {"patient" if kind in ("FamilyMemberHistory", "Consent") else "subject": None}
    told = {"resourceType": kind, **LEAST.get(kind, {}), **{name: {"reference": "Patient/p1"} for name in who}}
    return told | ({"id": id} if id else {})


@pytest.fixture
def held(clinician, case, report):
    """An id of each type of resource that is told of a case."""
    consent = {"purpose": "photo", "given_by": "guardian"}
    assert clinician.post(f"/api/v1/cases/{case}/consents", json=consent).status_code == 201
    told = clinician.get(f"/fhir/Patient/{case}/$everything").json()
    return {entry["resource"]["resourceType"]: entry["resource"]["id"] for entry in told["entry"]}


def test_each_interaction_that_is_named_answers_and_each_other_is_refused(clinician, hospital, case, held):
    rest = clinician.get("/fhir/metadata").json()["rest"][0]
    named = {each["type"]: {one["code"] for one in each["interaction"]} for each in rest["resource"]}
    assert "AuditEvent" in named
    # whoever reads the trail reads no case, and a Task is there once something was sent: tests/tasks
    for kind in sorted({*named, *STRANGE} - {"AuditEvent", "Task"}):
        id = held.get(kind, "match-rare-disease" if kind == "OperationDefinition" else "x1")
        searched = f"patient={case}" if kind != "Patient" else f"_id={case}"
        answers = {
            "read": clinician.get(f"/fhir/{kind}/{id}"),
            "vread": clinician.get(f"/fhir/{kind}/{id}/_history/{_version(clinician, kind, id)}"),
            "history-instance": clinician.get(f"/fhir/{kind}/{id}/_history"),
            "history-type": clinician.get(f"/fhir/{kind}/_history"),
            "search-type": clinician.get(f"/fhir/{kind}?{searched}"),
            "create": clinician.post(f"/fhir/{kind}", content=json.dumps(resource(kind)), headers=FHIR),
            "update": clinician.put(f"/fhir/{kind}/y1", content=json.dumps(resource(kind, "y1")), headers=FHIR),
            "patch": clinician.patch(f"/fhir/{kind}/{id}", content="[]", headers=FHIR),
            "delete": clinician.delete(f"/fhir/{kind}/y1"),
        }
        for name, answer in answers.items():
            told = (kind, name, answer.status_code, answer.text[:300])
            assert (answer.status_code < 300) == (name in named.get(kind, ())), told
            if answer.status_code >= 300:
                assert answer.status_code in (404, 405, 422), told
                assert answer.json()["resourceType"] == "OperationOutcome"


def _version(clinician, kind, id):
    answer = clinician.get(f"/fhir/{kind}/{id}")
    return answer.json().get("meta", {}).get("versionId", "1") if answer.status_code == 200 else "1"


def test_the_whole_system_does_what_is_named(clinician, hospital, valid):
    told = clinician.get("/fhir/metadata").json()
    rest = told["rest"][0]
    assert {each["code"] for each in rest["interaction"]} == {"transaction", "batch"}
    for kind in ("transaction", "batch"):
        sent = {"resourceType": "Bundle", "type": kind, "entry": []}
        sent["entry"].append({"resource": resource("Patient", "p1"), "request": {"method": "PUT", "url": "Patient/p1"}})
        assert clinician.post("/fhir", content=json.dumps(sent), headers=FHIR).status_code == 200
    for asked in (clinician.get("/fhir"), clinician.get("/fhir/_history")):  # search-system, history-system
        assert asked.status_code in (404, 405, 422)
    for operation in rest["operation"]:
        definition = hospital.client("nobody").get(operation["definition"].removeprefix("http://127.0.0.1"))
        assert definition.status_code == 200
        assert definition.json()["url"] == operation["definition"]
        assert definition.json()["code"] == operation["name"]
        valid([definition.json(), told])
    assert clinician.get("/fhir/OperationDefinition/another").status_code == 404


def test_a_search_of_the_trail_that_was_not_through_all_of_it_says_so(hospital, monkeypatch, case):
    auditor = hospital.client("auditor north")
    whole = auditor.get("/fhir/AuditEvent").json()
    assert whole["total"] == len(whole["entry"])
    monkeypatch.setattr("service.fhir.audited._MOST", 1)
    cut = auditor.get("/fhir/AuditEvent").json()
    assert "total" not in cut
    assert cut["entry"][-1]["search"]["mode"] == "outcome"
    assert cut["entry"][-1]["resource"]["issue"][0]["severity"] == "warning"


def test_a_search_of_too_many_cases_is_refused_and_not_cut(clinician, case, monkeypatch):
    assert clinician.get("/fhir/Observation").status_code == 200
    monkeypatch.setattr("service.fhir.looking.MOST_CASES", 0)
    refused = clinician.get("/fhir/Observation")
    assert refused.status_code == 422
    assert refused.json()["issue"][0]["diagnostics"].startswith("This search is for too many patients at once.")


def test_a_version_that_is_not_expected_is_documented(clinician):
    paths = clinician.get("/openapi.json").json()["paths"]
    assert paths["/fhir/{type}/{id}"]["put"]["responses"]["412"]["description"].startswith("Precondition failed.")
