"""Single resources: a note when it is signed, what a Subscription delivers, what is deleted; and what is refused."""

from __future__ import annotations

import json

import pytest

from service.cases.desk import Desk
from service.cases.known import known_of
from service.store.tables import case, consent, note, photo, received, task
from tests.fhir_intake.conftest import NOTE, bundle, document, issues, observation, patient, told
from tests.fhir_intake.conftest import consent as consent_of

FHIR = {"Content-Type": "application/fhir+json"}


def put(ehr, resource, **headers):
    return ehr.put(
        f"/fhir/{resource['resourceType']}/{resource['id']}", content=json.dumps(resource), headers=FHIR | headers
    )


def test_a_note_posted_on_signature_opens_a_case_and_is_queued(ehr, cases):
    answer = ehr.post("/fhir/DocumentReference", content=json.dumps(document()), headers=FHIR)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].startswith("/fhir/DocumentReference/")
    assert 'rel="monitor"' in answer.headers["link"]
    assert issues(answer.json(), "information")  # the patient is not known yet
    (case_,) = cases()
    assert (case_["sex"], [each["text"] for each in case_["notes"]]) == ("unknown", [NOTE])


def test_the_patient_who_comes_later_is_the_same_case(ehr, cases):
    put(ehr, document())
    assert put(ehr, patient(gender="female")).status_code == 201
    (case_,) = cases()
    assert (case_["sex"], len(case_["notes"])) == ("female", 1)


def test_put_again_is_an_update(ehr, cases):
    put(ehr, observation())
    again = put(ehr, observation())
    assert (again.status_code, again.headers.get("etag")) == (200, 'W/"1"')
    changed = put(ehr, observation(valueBoolean=False), **{"If-Match": 'W/"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')
    assert put(ehr, observation(), **{"If-Match": 'W/"1"'}).status_code == 412
    assert [each["assertion"] for each in cases()[0]["features"]] == ["excluded"]


def test_a_deleted_resource_is_taken_away_and_a_second_time_is_no_fault(ehr, cases):
    put(ehr, observation())
    assert ehr.delete("/fhir/Observation/o1").status_code == 200
    assert ehr.delete("/fhir/Observation/o1").status_code == 200
    assert cases()[0]["features"] == []
    assert put(ehr, observation()).headers["etag"] == 'W/"2"'


def test_a_patient_is_not_deleted_by_a_system(ehr, cases):
    put(ehr, patient())
    assert ehr.delete("/fhir/Patient/p1").status_code == 405
    assert len(cases()) == 1


@pytest.mark.parametrize("path", ["/fhir", "/fhir/Observation"])
def test_a_subscription_without_a_payload_is_told_that_it_needs_one(ehr, kept, path):
    answer = ehr.post(path)
    assert answer.status_code == 200
    assert issues(answer.json(), "information")
    assert kept(case) == []


@pytest.mark.parametrize(
    ("method", "path", "content", "headers", "status"),
    [
        ("POST", "/fhir", b"<Bundle/>", {"Content-Type": "application/fhir+xml"}, 415),
        ("POST", "/fhir", b"{", FHIR, 400),
        ("POST", "/fhir", b'{"resourceType": "Patient"}', FHIR, 422),
        ("POST", "/fhir", b"[]", FHIR, 422),
        ("POST", "/fhir", b'{"resourceType": "Bundle", "type": "history"}', FHIR, 422),
        ("POST", "/fhir", b'{"resourceType": "Bundle", "type": "transaction", "entry": 3}', FHIR, 422),
        ("POST", "/fhir/Observation", b'{"resourceType": "Patient"}', FHIR, 422),
        ("POST", "/fhir/observation", b'{"resourceType": "Patient"}', FHIR, 422),
        ("PUT", "/fhir/Patient/p2", b'{"resourceType": "Patient", "id": "p1"}', FHIR, 422),
        ("PUT", "/fhir/Patient/p2", b"", FHIR, 400),
        ("POST", "/fhir/Patient", b"{}", {"Content-Type": "application/fhir+json; charset=latin1"}, 415),
    ],
)
def test_what_is_refused_is_an_outcome(ehr, kept, method, path, content, headers, status):
    answer = ehr.request(method, path, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert kept(case) == []


def test_json_in_utf_8_is_taken_under_either_name(ehr):
    for media_type in ("application/json", "application/fhir+json; charset=utf-8"):
        answer = ehr.post("/fhir/Patient", content=json.dumps(patient()), headers={"Content-Type": media_type})
        assert answer.status_code in (200, 201)


def test_faults_are_told_in_the_language_asked_for(ehr):
    answer = put(ehr, patient(birthDate="2019-02-30"), **{"Accept-Language": "zh"})
    assert answer.headers["content-language"] == "zh"
    assert told(answer.json()) == {("Patient.birthDate", "这不是日历上的日期。 请写成 2026-01-31、2026-01 或 2026。")}


def test_a_photo_is_kept_only_under_consent(ehr, kept, hospital):
    import base64

    from benchmarks.every_route import JPEG

    media = {"resourceType": "Media", "id": "m1", "status": "completed", "subject": {"reference": "Patient/p1"}}
    media["content"] = {"contentType": "image/jpeg", "data": base64.b64encode(JPEG).decode()}
    without = ehr.post("/fhir", json=bundle(patient(), media)).json()
    assert issues(without["entry"][1]["response"]["outcome"], "warning")
    assert kept(photo) == []
    given = {**consent_of(), "id": "c1"}
    answer = ehr.post("/fhir", json=bundle(media, given))  # the consent counts whichever comes first
    assert answer.status_code == 200, answer.text
    assert (len(kept(consent)), len(kept(photo))) == (1, 1)
    assert len(list(hospital.keeping.blobs.iterdir())) == 1
    ehr.post("/fhir", json=bundle({**given, "status": "inactive"}))
    assert (kept(photo), list(hospital.keeping.blobs.iterdir())) == ([], [])


def test_a_child_cannot_consent(ehr, kept):
    given = {**consent_of(performer=[{"reference": "Patient/p1"}]), "id": "c1"}
    answer = ehr.post("/fhir", json=bundle(patient(), given)).json()
    assert issues(answer["entry"][1]["response"]["outcome"], "warning")
    assert kept(consent) == []


def test_a_diagnosis_is_known_and_taken_back(ehr, kept, hospital):
    desk = Desk(hospital.actors["clinician north"], hospital.keeping)

    def known():
        (row,) = kept(case)
        return desk.read(lambda connection: known_of(desk, connection, row))

    diagnosis = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}
    diagnosis["code"] = {"coding": [{"system": "https://omim.org", "code": "900001"}]}
    mother = {
        "resourceType": "FamilyMemberHistory",
        "id": "f1",
        "status": "completed",
        "patient": {"reference": "Patient/p1"},
        "relationship": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]},
        "condition": [{"code": diagnosis["code"]}],
    }
    ehr.post("/fhir", json=bundle(patient(), diagnosis, mother))
    assert [each.id for each in known().diagnoses] == ["OMIM:900001"]
    assert known().family_history.affected_parent is True
    ehr.delete("/fhir/Condition/c1")
    ehr.delete("/fhir/FamilyMemberHistory/f1")
    assert known().diagnoses == []
    assert known().family_history.affected_parent is None


def test_the_age_is_that_of_the_last_encounter(ehr, kept):
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    encounter |= {"subject": {"reference": "Patient/p1"}, "period": {"start": "2021-03-01"}}
    ehr.post("/fhir", json=bundle(patient(), encounter))
    assert [row["age_days"] for row in kept(case)] == [365]


def test_names_are_masked_in_what_is_kept(ehr, cases):
    ehr.post("/fhir", json=bundle(patient(name=[{"text": "Quxolath Vornak"}]), document("Vornak has scoliosis.")))
    assert cases()[0]["notes"][0]["text"] == "＊＊＊＊＊＊ has scoliosis."


def test_what_names_the_patient_is_nowhere_in_clear(ehr, kept, hospital):
    ehr.post("/fhir", json=bundle(patient("Quxolath778899"), document("Of Vornak.", subject="Patient/Quxolath778899")))
    for row in (*kept(received), *kept(note), *kept(task)):
        assert b"Quxolath" not in repr(dict(row)).encode()
        assert b"Vornak" not in repr(dict(row)).encode()


def test_another_department_is_another_hospital(hospital, cases):
    north, south = hospital.client("clinician north"), hospital.client("clinician south")
    put(north, document())
    put(south, document("Of the south."))
    assert len(cases()) == 1
    assert len(south.get("/api/v1/cases").json()["cases"]) == 1


def test_only_addresses_of_the_settings_are_called_back(ehr):
    answer = put(ehr, document(), **{"Phenomap-Callback": "https://elsewhere/told"})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["auditor north", "screening_analyst north"])
def test_who_may_not_keep_cases_is_refused(hospital, who):
    answer = put(hospital.client(who), document())
    assert answer.status_code == 403
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_many_documents_of_other_kinds_are_read_by_one_process(ehr, cases):
    pages = [
        document(f"<html><body><p>Page {at}: scoliosis.</p></body></html>", id=f"d{at}", kind="text/html")
        for at in range(20)
    ]
    assert ehr.post("/fhir", json=bundle(patient(), *pages)).status_code == 200
    texts = {each["text"] for each in cases()[0]["notes"]}
    assert texts == {f"Page {at}: scoliosis." for at in range(20)}


def test_a_document_without_text_is_told_and_keeps_nothing_else_back(ehr, cases):
    scan = document(b"\x89PNG\r\n\x1a\n" + b"0" * 50, kind="application/octet-stream", id="scan")
    answer = ehr.post("/fhir", json=bundle(patient(), scan, document()))
    assert answer.status_code == 200
    outcome = answer.json()["entry"][1]["response"]["outcome"]
    assert [each["severity"] for each in issues(outcome)] == ["warning"]
    assert [place for place, _ in told(outcome)] == ["Bundle.entry[1].resource.content[0].attachment"]
    assert [each["text"] for each in cases()[0]["notes"]] == [NOTE]
    assert put(ehr, scan).status_code == 422


def test_a_damaged_document_refuses_a_transaction(ehr, kept):
    broken = document(b"%PDF-1.7\nnothing", kind="application/pdf")
    assert ehr.post("/fhir", json=bundle(patient(), broken)).status_code == 422
    assert kept(case) == []


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Immunization", "status": "completed"},
        {"resourceType": "Binary", "contentType": "text/plain", "data": "U2VpenVyZXMu"},
        {
            "resourceType": "ServiceRequest",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
        },
    ],
)
def test_a_resource_by_itself_that_changes_no_case_is_refused(ehr, resource):
    for answer in (
        ehr.post(f"/fhir/{resource['resourceType']}", json=resource),
        ehr.put(f"/fhir/{resource['resourceType']}/x1", json=resource),
        ehr.delete(f"/fhir/{resource['resourceType']}/x1"),
    ):
        assert answer.status_code == 404, answer.text
        assert issues(answer.json(), "error")


def test_diagnoses_that_were_sent_are_shown_by_the_case(ehr, cases):
    code = {"coding": [{"system": "https://omim.org", "code": "900001"}]}
    told = {"resourceType": "Condition", "id": "x1", "code": code, "subject": {"reference": "Patient/p1"}}
    ehr.post("/fhir", json=bundle(patient(), told))
    (one,) = cases()
    assert one["diagnoses"][0]["id"] == "OMIM:900001"


@pytest.mark.parametrize("element", ["extension", "meta", "method", "code", "component"])
def test_odd_shapes_where_own_words_are_looked_for_are_no_fault_of_ours(ehr, element):
    for odd in (5, "x", {}, [5], [{"url": 5}], [{"url": "urn:phenomap:evidence", "extension": 7}]):
        for value in (odd, {"tag": odd}, {"coding": odd}):
            answer = ehr.post("/fhir", json=bundle(patient(), observation(**{element: value})))
            assert answer.status_code in (200, 422), answer.text


def test_an_odd_policy_of_a_consent_is_no_fault_of_ours(ehr):
    for odd in (5, [], {"coding": 5}, {"coding": [5]}):
        given = {**consent_of(), "id": "c1", "status": "inactive", "policyRule": odd}
        assert ehr.post("/fhir", json=bundle(patient(), given)).status_code in (200, 422)
