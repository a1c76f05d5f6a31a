"""Bundles: kept whole or not at all, each patient's case found again, what is sent twice kept once."""

from __future__ import annotations

import pytest

from service.store.tables import case, feature, note, patient_key, received, task
from tests.fhir_intake.conftest import NOTE, bundle, document, hpo, issues, observation, patient, told


def post(ehr, body, **headers):
    return ehr.post("/fhir", json=body, headers=headers)


def test_a_transaction_becomes_a_case(ehr, cases):
    answer = post(ehr, bundle(patient(name=[{"text": "Ann Vole"}]), document(), observation()))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    body = answer.json()
    assert (body["resourceType"], body["type"]) == ("Bundle", "transaction-response")
    assert [each["response"]["status"] for each in body["entry"]] == ["201 Created"] * 3
    (kept,) = cases()
    assert body["entry"][0]["response"]["location"] == f"Patient/{kept['id']}/_history/1"
    assert kept["sex"] == "male"
    assert kept["patient"]["name"] == "Ann Vole"
    assert [each["text"] for each in kept["notes"]] == [NOTE]
    assert [(each["type"], each["assertion"]) for each in kept["features"]] == [("HP:0001166", "observed")]
    assert body["link"][0]["relation"] == "monitor"
    assert body["link"][0]["url"].startswith("Task/")


def test_what_is_sent_again_changes_nothing(ehr, cases, kept):
    sent = bundle(patient(), document(), observation())
    post(ehr, sent)
    before = cases()
    again = post(ehr, sent).json()
    assert [each["response"]["status"] for each in again["entry"]] == ["200 OK"] * 3
    assert "link" not in again
    assert [each["version"] for each in cases()] == [each["version"] for each in before]
    assert len(kept(note)) == 1
    assert len(kept(task)) == 1


def test_a_newer_version_takes_the_place_of_the_older(ehr, cases, kept):
    post(ehr, bundle(patient(), document(), observation()))
    newer = [document("A boy with hypotonia."), observation("HP:0001250")]
    answer = post(ehr, bundle(*newer)).json()
    assert [each["response"]["etag"] for each in answer["entry"]] == ['W/"2"'] * 2
    (case_,) = cases()
    assert [each["text"] for each in case_["notes"]] == ["A boy with hypotonia."]
    assert [each["type"] for each in case_["features"]] == ["HP:0001250"]


def test_an_older_version_that_comes_late_is_left_out(ehr, cases):
    post(ehr, bundle(patient(), document("New.", meta={"lastUpdated": "2026-02-02T10:00:00Z"})))
    late = post(ehr, bundle(document("Old.", meta={"lastUpdated": "2026-02-01T10:00:00Z"}))).json()
    assert issues(late["entry"][0]["response"]["outcome"], "warning")
    assert [each["text"] for each in cases()[0]["notes"]] == ["New."]


@pytest.mark.parametrize("withdrawn", ["status", "delete"])
def test_what_is_withdrawn_is_taken_away(ehr, cases, withdrawn):
    post(ehr, bundle(patient(), document(), observation()))
    if withdrawn == "status":
        answer = post(ehr, bundle(document(status="entered-in-error"), observation(status="entered-in-error")))
    else:
        urls = ("DocumentReference/d1", "Observation/o1")
        entries = [{"request": {"method": "DELETE", "url": url}} for url in urls]
        answer = post(ehr, {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 200, answer.text
    assert [each["response"]["status"] for each in answer.json()["entry"]] == ["204 No Content"] * 2
    (case_,) = cases()
    assert (case_["notes"], case_["features"]) == ([], [])


def test_all_faults_are_told_at_once_and_nothing_is_kept(ehr, kept):
    broken = [
        patient(birthDate="2019-02-30"),
        observation("HP:9999999", id="o1"),
        observation(id="o2", status="done"),
        document(subject="Patient/p1", id="d1") | {"content": [{"attachment": {"data": "%%%"}}]},
        {"resourceType": "Condition", "id": "c1", "code": hpo("HP:0002650")},
    ]
    answer = post(ehr, bundle(*broken))
    assert answer.status_code == 422
    places = {place for place, _ in told(answer.json())}
    assert {
        "Bundle.entry[0].resource.birthDate",
        "Bundle.entry[2].resource.status",
        "Bundle.entry[4].resource.subject",
    } <= places
    assert [kept(table) for table in (case, note, feature, received, patient_key)] == [[], [], [], [], []]
    assert "9999999" not in " ".join(place for place, _ in told(answer.json()))


def test_faults_of_meaning_are_told_with_those_of_form(ehr):
    """The patient is in order, so what refers to it is read as well."""
    answer = post(ehr, bundle(patient(), observation("HP:9999999"), observation(id="o2", status="done")))
    assert ("Bundle.entry[1].resource.code.coding[0].code",) in {(place,) for place, _ in told(answer.json())}
    assert ("Bundle.entry[2].resource.status",) in {(place,) for place, _ in told(answer.json())}


def test_of_a_batch_what_is_in_order_is_kept(ehr, cases):
    sent = bundle(patient(), observation("HP:9999999", id="o1"), observation(id="o2"), type="batch")
    body = post(ehr, sent).json()
    assert body["type"] == "batch-response"
    assert [each["response"]["status"][:3] for each in body["entry"]] == ["201", "422", "201"]
    assert issues(body["entry"][1]["response"]["outcome"], "error")
    assert len(cases()[0]["features"]) == 1


def test_a_document_bundle_is_read(ehr, cases):
    sections = [{"title": "History", "text": {"status": "generated", "div": "<div><p>No seizures.</p></div>"}}]
    composition = {
        "resourceType": "Composition",
        "id": "k1",
        "status": "final",
        "type": {"text": "Discharge summary"},
        "date": "2026-01-31",
        "title": "Summary",
        "subject": {"reference": "urn:uuid:11111111-1111-1111-1111-111111111111"},
        "section": sections,
    }
    entries = [
        {"fullUrl": "urn:uuid:22222222-2222-2222-2222-222222222222", "resource": composition},
        {"fullUrl": "urn:uuid:11111111-1111-1111-1111-111111111111", "resource": patient()},
    ]
    answer = post(ehr, {"resourceType": "Bundle", "type": "document", "entry": entries})
    assert answer.status_code == 200, answer.text
    (note_,) = cases()[0]["notes"]
    assert note_["text"].split() == ["History:", "No", "seizures."]
    assert note_["date"] == "2026-01-31"


def test_two_patients_are_two_cases(ehr, cases):
    sent = bundle(
        patient("p1"), patient("p2", gender="female"), observation(), observation(id="o2", subject="Patient/p2")
    )
    assert post(ehr, sent).status_code == 200
    assert sorted(each["sex"] for each in cases()) == ["female", "male"]
    assert [len(each["features"]) for each in cases()] == [1, 1]


def test_a_patient_is_found_by_number_whoever_sends(ehr, cases):
    number = [{"system": "urn:oid:1.2.3", "value": "４４ 17"}]
    post(ehr, bundle(patient(identifier=number)))
    subject = {"identifier": {"system": "urn:oid:1.2.3", "value": "4417"}}
    answer = post(ehr, bundle({**observation(), "subject": subject}))
    assert answer.status_code == 200, answer.text
    assert [len(each["features"]) for each in cases()] == [1]


def test_another_patient_of_the_same_number_is_kept_apart(ehr, cases):
    number = [{"system": "urn:oid:1.2.3", "value": "4417"}]
    post(ehr, bundle(patient(identifier=number)))
    answer = post(ehr, bundle(patient("p2", identifier=number, birthDate="1990-05-05"))).json()
    assert issues(answer["entry"][0]["response"]["outcome"], "warning")
    assert len(cases()) == 2


def test_one_moved_to_another_patient_leaves_the_first(ehr, cases):
    post(ehr, bundle(patient("p1"), patient("p2", gender="female"), document()))
    moved = post(ehr, bundle(document(subject="Patient/p2"))).json()
    assert issues(moved["entry"][0]["response"]["outcome"], "warning")
    assert {each["sex"]: len(each["notes"]) for each in cases()} == {"male": 0, "female": 1}


def test_what_is_not_read_is_told(ehr):
    sent = bundle(patient(), {"resourceType": "Immunization", "id": "i1", "status": "completed"})
    outcome = post(ehr, sent).json()["entry"][1]["response"]["outcome"]
    assert [(each["severity"], each["code"]) for each in issues(outcome)] == [("information", "not-supported")]


def test_what_changes_the_meaning_unknown_to_us_is_refused(ehr):
    changed = observation(modifierExtension=[{"url": "urn:x", "valueBoolean": True}])
    answer = post(ehr, bundle(patient(), changed))
    assert answer.status_code == 422
    assert [place for place, _ in told(answer.json())] == ["Bundle.entry[1].resource.modifierExtension"]


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ({"fullUrl": "urn:uuid:1"}, "Bundle.entry[1].fullUrl"),
        ({"request": {"method": "PUT", "url": "Observation/other"}}, "Bundle.entry[1].request.url"),
        ({"request": {"method": "PUT", "url": "Condition/o1"}}, "Bundle.entry[1].request.url"),
        ({"request": {"method": "PATCH", "url": "Observation/o1"}}, "Bundle.entry[1].request.method"),
        ({"request": {"method": "PUT", "url": "Observation?code=1"}}, "Bundle.entry[1].request.url"),
        (
            {"request": {"method": "POST", "url": "Observation", "ifNoneExist": "code=1"}},
            "Bundle.entry[1].request.ifNoneExist",
        ),
        ({"request": None}, "Bundle.entry[1].request"),
        ({"resource": "?"}, "Bundle.entry[1].resource"),
        ({"resource": observation(subject="urn:uuid:nobody")}, "Bundle.entry[1].resource.subject"),
        ({"resource": observation(subject="http://elsewhere/fhir/Patient/p1")}, "Bundle.entry[1].resource.subject"),
        ({"resource": observation(subject="Group/g1")}, "Bundle.entry[1].resource.subject"),
        ({"resource": observation(derivedFrom=[{"reference": "Observation/o1"}])}, "Bundle.entry[1].resource"),
    ],
)
def test_what_cannot_be_done_is_told_where_it_stands(ehr, kept, entry, place):
    sent = bundle(patient(), observation())
    sent["entry"][0]["fullUrl"] = "urn:uuid:1"
    sent["entry"][1] |= entry
    answer = post(ehr, sent)
    assert answer.status_code == 422
    assert place in {where for where, _ in told(answer.json())}, answer.text
    assert kept(case) == []


def test_a_conditional_create_by_identifier_is_what_is_done_anyway(ehr, cases):
    sent = bundle(patient(identifier=[{"system": "urn:s", "value": "7"}]), method="POST")
    sent["entry"][0]["request"]["ifNoneExist"] = "identifier=urn:s|7"
    post(ehr, sent)
    assert post(ehr, sent).status_code == 200
    assert len(cases()) == 1


def test_another_version_than_was_expected_is_refused(ehr, cases):
    post(ehr, bundle(patient(), observation()))
    sent = bundle(observation(valueBoolean=False))
    sent["entry"][0]["request"]["ifMatch"] = 'W/"7"'
    assert post(ehr, sent).status_code == 412
    sent["entry"][0]["request"]["ifMatch"] = 'W/"1"'
    assert post(ehr, sent).status_code == 200
    assert cases()[0]["features"][0]["assertion"] == "excluded"


def test_references_in_a_circle_are_told_and_not_followed(ehr):
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    encounter |= {"subject": {"reference": "Patient/p1"}, "diagnosis": [{"condition": {"reference": "Condition/c1"}}]}
    condition = {"resourceType": "Condition", "id": "c1", "code": hpo("HP:0002650")}
    condition |= {"subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e1"}}
    answer = post(ehr, bundle(patient(), encounter, condition))
    assert answer.status_code == 200, answer.text
    assert issues(answer.json()["entry"][1]["response"]["outcome"], "information")


def test_a_repeated_request_with_a_key_is_answered_as_before(ehr, cases, kept):
    sent = bundle({key: value for key, value in patient().items() if key != "id"}, method="POST")
    first = post(ehr, sent, **{"Idempotency-Key": "k1"}).json()
    again = post(ehr, sent, **{"Idempotency-Key": "k1"}).json()
    assert again["entry"][0]["response"]["location"] == first["entry"][0]["response"]["location"]
    assert len(cases()) == 1
    assert post(ehr, bundle(observation()), **{"Idempotency-Key": "k1"}).status_code == 409


def test_later_is_answered_at_once_with_the_task(ehr):
    answer = post(ehr, bundle(patient(), document()), Prefer="respond-async")
    assert answer.status_code == 202
    assert answer.headers["content-location"].startswith("/fhir/Task/")


def test_what_a_clinician_has_said_stays(ehr, hospital, cases):
    post(ehr, bundle(patient(), observation("HP:0001250")))
    (case_,) = cases()
    clinician = hospital.client("colleague north")
    path = f"/api/v1/cases/{case_['id']}/features"
    clinician.post(path, json={"features": [{"id": "HP:0001166", "excluded": True}]})
    answer = post(ehr, bundle(observation("HP:0001166", id="o2"))).json()
    assert issues(answer["entry"][0]["response"]["outcome"], "warning")
    assert {each["type"]: each["assertion"] for each in cases()[0]["features"]} == {
        "HP:0001250": "observed",
        "HP:0001166": "excluded",
    }


def test_who_writes_in_two_departments_names_one_by_an_encounter(ehr, kept, hospital):
    """Elsewhere the only department is taken; here the account has one, so that another name changes nothing."""
    encounter = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"}}
    encounter |= {"subject": {"reference": "Patient/p1"}, "serviceType": {"text": "south"}}
    assert post(ehr, bundle(patient(), encounter)).status_code == 200
    assert [row["department"] for row in kept(case)] == [hospital.departments["north"]]
