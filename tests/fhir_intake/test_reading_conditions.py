"""What is read of diseases: the patient's own, a relative's, and what reports and orders say of them."""

from __future__ import annotations

import pytest

from service.fhir.issues import Issue
from service.fhir.reading.items import Diagnosed, Finding, Related, Tested, Text
from tests.fhir_intake.conftest import SNOMED, concept, hpo, only, said


def condition(code, **more):
    return {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "code": code, **more}


VER = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLIN = "http://terminology.hl7.org/CodeSystem/condition-clinical"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "observed"),
        ({"verificationStatus": concept(VER, "refuted")}, "excluded"),
        ({"verificationStatus": concept(VER, "provisional")}, "uncertain"),
        ({"clinicalStatus": concept(CLIN, "resolved")}, "historical"),
    ],
)
def test_conditions_with_a_term(read, more, expected):
    assert said(read(condition(hpo("HP:0002650"), **more))) == [("HP:0002650", expected)]


@pytest.mark.parametrize(
    ("onset", "term"),
    [
        ({"onsetAge": {"value": 3, "code": "a"}}, "HP:0011463"),
        ({"onsetDateTime": "2020-03-01"}, "HP:0003577"),
        ({"onsetDateTime": "2023-05-01"}, "HP:0011463"),
        ({"onsetString": "early"}, None),
    ],
)
def test_onset_by_age_or_day(read, onset, term):
    (found,) = only(read(condition(hpo("HP:0002650"), **onset)), Finding)
    assert found.onset == term


@pytest.mark.parametrize(
    ("system", "code", "id"),
    [
        ("https://omim.org", "900001", "OMIM:900001"),
        ("http://www.omim.org", "#900001", "OMIM:900001"),
        ("http://www.orpha.net", "ORPHA:99", "ORPHA:99"),
        ("http://www.orpha.net/ORDO", "Orphanet_99", "ORPHA:99"),
        ("http://purl.obolibrary.org/obo/mondo.owl", "MONDO:0007947", "MONDO:0007947"),
    ],
)
def test_diagnoses_are_known_and_no_findings(read, system, code, id):
    items = read(condition(concept(system, code, "A name"), verificationStatus=concept(VER, "provisional")))
    ((diagnosed,),) = [only(items, Diagnosed)]
    assert (diagnosed.diagnosis.id, diagnosed.diagnosis.confirmed) == (id, False)
    assert only(items, Finding) == []


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ("Scoliosis", None, "Scoliosis."),
        ("scoliosis", "refuted", "No scoliosis."),
        ("脊柱侧弯", "refuted", "无脊柱侧弯。"),
        ("scoliosis", "differential", "Possible scoliosis."),
    ],
)
def test_words_without_such_a_code_are_for_the_note_reader(read, words, status, sentence):
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "M41"}], "text": words}
    more = {"verificationStatus": concept(VER, status)} if status else {}
    assert [text.words for text in only(read(condition(code, **more)), Text)] == [sentence]


def test_a_report_gives_findings_its_conclusion_and_the_test_that_was_done(read):
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "全外显子测序"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2025-02-03",
        "conclusion": "Nothing was found.",
        "conclusionCode": [hpo("HP:0002650"), concept(SNOMED, "260385009")],
    }
    items = read(report)
    assert said(items) == [("HP:0002650", "observed")]
    assert [text.words for text in only(items, Text)] == ["Nothing was found."]
    ((tested,),) = [only(items, Tested)]
    assert (tested.test.modality.value, tested.test.result.value, tested.test.year) == ("exome", "negative", 2025)


def test_a_test_whose_result_is_not_told_is_not_taken_as_done(read):
    report = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "karyotype"}}
    items = read(report | {"conclusion": "See the appendix."})
    assert only(items, Tested) == []
    assert [issue.code for issue in only(items, Issue)] == ["incomplete"]


def test_an_order_is_told_as_not_read(read):
    order = {"resourceType": "ServiceRequest", "status": "completed", "intent": "order", "code": {"text": "exome"}}
    assert [type(item) for item in read(order | {"subject": {"reference": "Patient/p1"}})] == [Issue]


ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def relative(code, *conditions, text=None):
    told = concept(ROLE, code) | ({"text": text} if text else {})
    return {
        "resourceType": "FamilyMemberHistory",
        "status": "completed",
        "patient": {"reference": "Patient/p1"},
        "relationship": told,
        "condition": [{"code": each} for each in conditions],
    }


def test_a_relatives_conditions(read):
    disease = concept("https://omim.org", "900001")
    items = read(relative("MTH", hpo("HP:0001250"), {"text": "scoliosis"}, {"text": "脊柱侧弯"}, disease))
    assert said(items) == [("HP:0001250", "family")]
    assert [text.words for text in only(items, Text)][:2] == [
        "Family history: the mother has scoliosis.",
        "家族史：母亲脊柱侧弯。",
    ]
    assert {(each.field, each.diseases) for each in only(items, Related)} == {
        ("affected_parent", ("OMIM:900001",)),
        ("affected_maternal_line", ("OMIM:900001",)),
    }


def test_a_step_parent_says_nothing_of_the_patient(read):
    assert [type(item) for item in read(relative("STPMTH", hpo("HP:0001250")))] == [Issue]
