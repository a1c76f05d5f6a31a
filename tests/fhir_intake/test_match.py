"""$match-rare-disease: ranked within the request, and nothing kept."""

from __future__ import annotations

import json

from service.store.tables import case, received
from tests.fhir_intake.conftest import bundle, document, hpo, issues, observation, patient

FHIR = {"Content-Type": "application/fhir+json"}
PATH = "/fhir/$match-rare-disease"


def match(ehr, body, **headers):
    return ehr.post(PATH, content=json.dumps(body), headers=FHIR | headers)


def parameters(*resources, **values):
    given = [{"name": "resource", "resource": each} for each in resources]
    kinds = {bool: "valueBoolean", int: "valueInteger"}
    given += [{"name": name, kinds[type(value)]: value} for name, value in values.items()]
    return {"resourceType": "Parameters", "parameter": given}


def of_type(answer, name):
    return [each["resource"] for each in answer.json()["entry"] if each["resource"]["resourceType"] == name]


def test_a_patient_is_ranked_and_nothing_is_kept(ehr, kept):
    answer = match(ehr, bundle(patient(), document("A boy with arachnodactyly."), observation("HP:0001083")))
    assert answer.status_code == 200, answer.text
    (risk,) = of_type(answer, "RiskAssessment")
    assert risk["subject"]["reference"] == "Patient/p1"
    assert risk["prediction"]
    found = {each["code"]["coding"][0]["code"] for each in of_type(answer, "Observation")}
    assert {"HP:0001166", "HP:0001083"} <= found
    assert (kept(case), kept(received)) == ([], [])


def test_findings_alone_are_of_one_patient_who_need_not_be_named(ehr):
    told = {"resourceType": "Observation", "status": "final", "code": hpo("HP:0001166")}
    answer = match(ehr, parameters(told, limit=1))
    assert answer.status_code == 200, answer.text
    (risk,) = of_type(answer, "RiskAssessment")
    assert risk["prediction"]


def test_it_is_kept_where_that_is_asked_for(ehr, kept):
    answer = match(ehr, parameters(patient(), observation(), keep=True))
    assert answer.status_code == 200, answer.text
    assert "link" in answer.headers
    assert len(kept(case)) == 1


def test_nobody_and_several_are_refused(ehr):
    for body in (
        parameters(patient()),
        parameters(patient("p1"), patient("p2"), observation()),
        parameters(observation("HP:9999999"), patient()),
        parameters(patient(), observation(), other=3),
        {"resourceType": "Patient"},
    ):
        answer = match(ehr, body)
        assert answer.status_code == 422, answer.text
        assert issues(answer.json(), "error")


def test_what_is_left_out_is_told_beside_the_answer(ehr):
    other = {"resourceType": "Immunization", "id": "i1", "status": "completed"}
    answer = match(ehr, bundle(patient(), observation(), other))
    (outcome,) = of_type(answer, "OperationOutcome")
    assert issues(outcome, "information")


def references_in(value):
    """Every reference in a piece of JSON."""
    if isinstance(value, list):
        return [found for each in value for found in references_in(each)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return own + [found for each in value.values() for found in references_in(each)]


def test_every_reference_of_the_answer_leads_somewhere(ehr, valid):
    sent = bundle(patient(), document("A boy with arachnodactyly."), observation("HP:0001083"))
    answer = match(ehr, sent).json()
    here = {entry["fullUrl"] for entry in answer["entry"]}
    there = {f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in sent["entry"]}
    found = set(references_in(answer))
    assert {each for each in found if not each.startswith("#")} <= here | there
    assert {"Patient/p1", "DocumentReference/d1"} <= found  # of whom it is, and where the words stand
    valid([answer])


def test_the_answer_sent_back_is_not_read(ehr):
    answer = match(ehr, bundle(patient(), observation())).json()
    sent = bundle(patient())
    sent["entry"] += [
        {**each, "request": {"method": "POST", "url": each["resource"]["resourceType"]}} for each in answer["entry"]
    ]
    again = ehr.post("/fhir", content=json.dumps(sent), headers=FHIR).json()
    outcomes = [each["response"]["outcome"]["issue"][0] for each in again["entry"][1:]]
    assert {each["severity"] for each in outcomes} == {"information"}
    assert all(each["diagnostics"].startswith("This is part of a report") for each in outcomes)
    (listed,) = ehr.get("/api/v1/cases").json()["cases"]
    assert ehr.get(f"/api/v1/cases/{listed['id']}").json()["features"] == []
