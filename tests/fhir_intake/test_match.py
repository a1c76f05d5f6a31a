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
    assert risk["subject"]["reference"] == "Patient/match"
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
