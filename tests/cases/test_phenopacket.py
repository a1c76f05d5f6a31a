"""A kept case as a Phenopacket: what is told, what is not, and in the schema's own words."""

from __future__ import annotations

import json
import re

import pytest

from service.audit.trail import export
from service.phenopackets.telling import _reported

NOTE = "Boy with arachnodactyly and possible scoliosis. No seizures. His mother has myopia."
PATIENT = {"number": "H-778899", "name": "Wei Zhang"}


@pytest.fixture
def path(open_case):
    features = [{"id": "HP:0001083", "onset": "HP:0003577"}, {"id": "HP:0002616", "excluded": True}]
    fields = {"sex": "male", "age": "P7Y", "patient": PATIENT}
    return f"/api/v1/cases/{open_case(notes=[{'text': NOTE}], features=features, **fields)}"


def findings(packet):
    return {feature["type"]["id"]: feature for feature in packet["phenotypicFeatures"]}


def test_stated_findings_are_told_before_there_is_a_report(clinician, path):
    packet = clinician.get(f"{path}/phenopacket").json()
    found = findings(packet)
    assert set(found) == {"HP:0001083", "HP:0002616"}
    assert found["HP:0001083"]["type"]["label"]
    assert found["HP:0001083"]["onset"]["ontologyClass"]["id"] == "HP:0003577"
    assert "excluded" not in found["HP:0001083"]
    assert found["HP:0002616"]["excluded"] is True
    assert found["HP:0002616"]["evidence"] == [
        {"evidenceCode": {"id": "ECO:0000352", "label": "evidence used in manual assertion"}}
    ]


def test_what_was_read_names_its_note_and_what_is_not_the_patients_is_left_out(clinician, path):
    clinician.post(f"{path}/assess")
    found = findings(clinician.get(f"{path}/phenopacket").json())
    note = clinician.get(path).json()["notes"][0]["id"]
    assert found["HP:0001166"]["evidence"][0]["evidenceCode"]["id"] == "ECO:0000501"
    assert found["HP:0001166"]["evidence"][0]["reference"] == {"id": note}
    assert found["HP:0001250"]["excluded"] is True
    assert "HP:0002650" not in found, "possible is not observed"
    assert "HP:0000545" not in found, "the mother's is not the patient's"


def test_labels_stay_english_for_whoever_asks_and_in_whatever_language_the_report_is(clinician, path):
    chinese = {"Accept-Language": "zh-CN"}
    shown = clinician.post(f"{path}/assess", headers=chinese).json()["shown"]
    assert next(f for f in shown["features"] if f["id"] == "HP:0001166")["label"] != "Arachnodactyly"
    packet = clinician.get(f"{path}/phenopacket", headers=chinese).json()
    assert findings(packet)["HP:0001166"]["type"]["label"] == "Arachnodactyly"
    assert findings(packet)["HP:0001083"]["onset"]["ontologyClass"]["label"] == "Congenital onset"


def test_a_term_that_the_release_has_dropped_keeps_its_english_label(small_knowledge):
    feature = {"id": "HP:7777777", "assertion": "observed", "label": "旧术语", "label_en": "Old term", "mentions": []}
    (told,) = _reported({"features": [feature]}, small_knowledge.terms)
    assert told["type"] == {"id": "HP:7777777", "label": "Old term"}


def test_nothing_names_the_patient_and_no_note_is_quoted(clinician, path):
    clinician.post(f"{path}/assess")
    words = clinician.get(f"{path}/phenopacket").text
    for secret in (*PATIENT.values(), "Boy with", "mother"):
        assert secret not in words


def test_subject_and_metadata_are_in_the_words_of_the_schema(clinician, path):
    packet = clinician.get(f"{path}/phenopacket").json()
    id = path.rpartition("/")[2]
    assert packet["id"] == id
    assert packet["subject"] == {
        "id": id,
        "sex": "MALE",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P2557D"}},
    }
    meta = packet["metaData"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", meta["created"])
    assert meta["phenopacketSchemaVersion"] == "2.0"
    assert {resource["namespacePrefix"] for resource in meta["resources"]} == {"HP", "ECO"}
    for resource in meta["resources"]:
        assert set(resource) == {"id", "name", "url", "version", "namespacePrefix", "iriPrefix"}
        assert all(resource.values())


def test_a_diagnosis_is_told_once_it_is_signed(clinician, path):
    report = clinician.post(f"{path}/assess").json()
    assert "diseases" not in clinician.get(f"{path}/phenopacket").json()
    signed = {"report": report["id"], "decision": "agree", "disease": "OMIM:900001", "reason": "Seen."}
    assert clinician.post(f"{path}/sign-off", json=signed).status_code == 201
    packet = clinician.get(f"{path}/phenopacket").json()
    assert packet["diseases"] == [{"term": {"id": "OMIM:900001", "label": "Long-limb syndrome"}}]
    assert "OMIM" in {resource["namespacePrefix"] for resource in packet["metaData"]["resources"]}


def test_taking_a_packet_out_is_an_export_in_the_trail(hospital, clinician, path):
    clinician.get(f"{path}/phenopacket")
    last = hospital.keeping.database.read(lambda c: list(export(c)))[-1]
    assert (last["action"], last["object_id"]) == ("export", path.rpartition("/")[2])
    json.dumps(last)
