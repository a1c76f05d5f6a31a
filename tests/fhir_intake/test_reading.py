"""What each type of resource is read to, on the release of forty terms."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from ontology.features import PatientSex
from service.consent.consent import Giver, Purpose
from service.fhir.issues import Issue
from service.fhir.reading.context import Context
from service.fhir.reading.items import (
    Agreed,
    Attached,
    Born,
    Diagnosed,
    Finding,
    Person,
    Picture,
    Related,
    Tested,
    Text,
    Told,
    Visit,
    Withdrawn,
)
from service.fhir.reading.resident_id import read_resident_id
from service.fhir.reading.types import READERS
from service.fhir.shapes import faults_of_shape
from tests.fhir_intake.conftest import document, hpo, observation, patient

TODAY = date(2026, 6, 1)
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
BORN = Born(date(2020, 3, 1))
#: Region 110105, born 2019-05-08, serial 001 (odd: male), check character of GB 11643-1999 worked out below.
RESIDENT = "11010520190508001"


def check_character(digits):
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


@pytest.fixture
def read(small_knowledge):
    def reading(resource, born=BORN, find=lambda reference: None):
        assert list(faults_of_shape(resource, resource["resourceType"], "R")) == []
        context = Context(small_knowledge.terms, small_knowledge.diseases, TODAY, find, born)
        return list(READERS[resource["resourceType"]](resource, "R", context))

    return reading


def only(items, kind):
    return [item for item in items if isinstance(item, kind)]


def concept(system, code, display=None):
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def said(items):
    return [(item.term, item.assertion.value) for item in only(items, Finding)]


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://human-phenotype-ontology.org", "HP:0001166"),
        ("http://human-phenotype-ontology.org", "0001166"),
        ("http://purl.obolibrary.org/obo/hp.owl", "HP_0001166"),
        ("https://hpo.jax.org/app/", "HP:0001166"),
        ("urn:oid:2.16.840.1.113883.6.339", "HP:0001166"),
        ("http://human-phenotype-ontology.org", "http://purl.obolibrary.org/obo/HP_0001166"),
    ],
)
def test_terms_in_every_spelling(read, system, code):
    assert said(read(observation() | {"code": concept(system, code)})) == [("HP:0001166", "observed")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, "observed"),
        ({"valueBoolean": True}, "observed"),
        ({"valueBoolean": False}, "excluded"),
        ({"valueCodeableConcept": concept(SNOMED, "52101004")}, "observed"),
        ({"valueCodeableConcept": concept(SNOMED, "2667000")}, "excluded"),
        ({"valueCodeableConcept": concept(LOINC, "LA9633-4")}, "observed"),
        ({"valueCodeableConcept": concept(LOINC, "LA9634-2")}, "excluded"),
        ({"valueCodeableConcept": concept(SNOMED, "415684004")}, "uncertain"),
        ({"valueCodeableConcept": {"text": "阴性"}}, "excluded"),
        ({"valueString": "有"}, "observed"),
        (
            {"interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]},
            "excluded",
        ),
    ],
)
def test_what_a_value_says_of_a_finding(read, value, expected):
    assert said(read(observation(**value))) == [("HP:0001166", expected)]


@pytest.mark.parametrize(
    "value",
    [
        {"valueString": "patient denies"},
        {"valueCodeableConcept": concept(SNOMED, "123456")},
        {"valueQuantity": {"value": 3}},
        {"dataAbsentReason": {"text": "not asked"}},
        {"valueCodeableConcept": concept(SNOMED, "261665006")},
        {"focus": [{"reference": "RelatedPerson/1"}]},
        {"status": "cancelled"},
    ],
)
def test_what_is_not_clear_is_neither_there_nor_absent_and_told(read, value):
    items = read(observation(**value))
    assert said(items) == []
    assert len(only(items, Issue)) >= 1


def test_a_finding_as_the_value_of_a_generic_code(read):
    generic = {"code": concept(LOINC, "75321-0"), "valueCodeableConcept": hpo("HP:0002650")}
    assert said(read(observation() | generic)) == [("HP:0002650", "observed")]


def test_onset_and_severity_are_components(read):
    components = [
        {"code": hpo("HP:0003674"), "valueCodeableConcept": hpo("HP:0011463")},
        {"code": hpo("HP:0012824"), "valueCodeableConcept": concept(SNOMED, "24484000")},
    ]
    (found,) = only(read(observation(component=components)), Finding)
    assert (found.onset, found.severity) == ("HP:0011463", "HP:0012828")


def test_contradicting_value_and_interpretation_are_a_fault(read):
    negative = [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG")]
    items = read(observation(valueBoolean=True, interpretation=negative))
    assert said(items) == []
    assert [issue.severity for issue in only(items, Issue)] == ["error"]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (hpo("HP:9999999"), "error"),
        (hpo("HP:0003577"), "error"),  # an onset is no finding
        (hpo("HP:0001166", SNOMED), "error"),
        ({"coding": [{"code": "HP:0001166"}]}, "warning"),
        (hpo("HP:9000001"), "information"),  # obsolete Fit, replaced by Seizure
    ],
)
def test_codes_that_are_not_as_they_should_be(read, code, severity):
    issues = only(read(observation() | {"code": code}), Issue)
    assert [issue.severity for issue in issues] == [severity]


def test_an_obsolete_term_is_read_as_the_current_one(read):
    assert said(read(observation() | {"code": hpo("HP:9000001")})) == [("HP:0001250", "observed")]


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("8302-2", {"value": 0.85, "code": "m"}, "height 85 cm"),
        ("29463-7", {"value": 9000, "code": "g"}, "weight 9 kg"),
        ("9843-4", {"value": 450, "code": "mm"}, "head circumference 45 cm"),
        ("8302-2", {"value": 33.5, "code": "[in_i]"}, "height 85.09 cm"),
    ],
)
def test_a_size_names_the_age_on_the_day_it_was_measured(read, code, value, words):
    """Born on 2020-03-01: on 2023-05-01, 1,156 days later, 3 years and 1.98 months old."""
    size = observation(effectiveDateTime="2023-05-01", valueQuantity=value) | {"code": concept(LOINC, code)}
    (text,) = only(read(size), Text)
    assert text.words == f"At the age of 3 years 1 months: {words}."
    assert text.dated == date(2023, 5, 1)


def test_a_size_is_not_judged_where_the_age_is_not_known(read):
    size = observation(valueQuantity={"value": 85, "code": "cm"}) | {"code": concept(LOINC, "8302-2")}
    items = read(size | {"effectiveDateTime": "2023-05-01"}, born=None)
    assert only(items, Text) == []
    assert [issue.severity for issue in only(items, Issue)] == ["information"]


@pytest.mark.parametrize("value", [{"value": 85, "code": "kg"}, {"value": 850, "code": "cm"}, {"value": 85}])
def test_a_wrong_unit_is_a_fault(read, value):
    size = observation(valueQuantity=value, effectiveDateTime="2023-05-01") | {"code": concept(LOINC, "8302-2")}
    assert [issue.severity for issue in only(read(size), Issue)] == ["error"]


def laboratory(code, **more):
    category = [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory")]
    return observation(category=category, **more) | {"code": code}


FLAG = [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "H")]
RANGE = [{"low": {"value": 30}, "high": {"value": 170}}]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            laboratory(concept(LOINC, "2157-6"), valueQuantity={"value": 850, "code": "U/L"}, interpretation=FLAG),
            "creatine kinase 850 U/L (H).",
        ),
        (
            laboratory({"text": "Creatine kinase"}, valueQuantity={"value": 850, "unit": "U/L"}, referenceRange=RANGE),
            "creatine kinase 850 U/L, normal 30-170.",
        ),
        (
            laboratory(concept(LOINC, "777-3"), valueQuantity={"value": 50, "code": "10*9/L"}, referenceRange=RANGE),
            "platelets 50 10^9/L, normal 30-170.",
        ),
        (laboratory(concept(LOINC, "2524-7"), interpretation=FLAG), "lactate high."),
    ],
)
def test_laboratory_values_are_sentences_for_the_note_reader(read, told, words):
    assert [text.words for text in only(read(told), Text)] == [words]


@pytest.mark.parametrize(
    "code", [{"text": "Creatine kinase in urine"}, {"text": "Serum rhubarb"}, concept(LOINC, "99999-9", "Rhubarb")]
)
def test_an_analyte_that_is_not_known_is_told(read, code):
    items = read(laboratory(code, valueQuantity={"value": 1, "code": "mmol/L"}, interpretation=FLAG))
    assert only(items, Text) == []
    assert [issue.code for issue in only(items, Issue)] == ["not-supported"]


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


def test_a_document_is_read_in_the_format_that_loses_least(read):
    pdf = {"contentType": "application/pdf", "data": base64.b64encode(b"%PDF-1.4").decode()}
    plain = {"contentType": "text/plain; charset=utf-8", "data": base64.b64encode(b"Seizures.").decode()}
    items = read(document() | {"content": [{"attachment": pdf}, {"attachment": plain}]})
    (taken,) = only(items, Attached)
    assert (taken.content, taken.path) == (b"Seizures.", "R.content[1].attachment")
    assert [issue.severity for issue in only(items, Issue)] == ["information"]


def test_what_lies_at_an_address_is_not_fetched_but_a_binary_sent_along_is_read(read):
    away = document() | {"content": [{"attachment": {"url": "https://elsewhere/doc.pdf"}}]}
    assert [issue.severity for issue in only(read(away), Issue)] == ["error"]
    binary = {"resourceType": "Binary", "contentType": "text/plain", "data": base64.b64encode(b"Seizures.").decode()}
    (taken,) = only(read(away, find=lambda reference: binary), Attached)
    assert taken.content == b"Seizures."


@pytest.mark.parametrize(
    "attachment",
    [{"data": "%%%"}, {"data": "QUJD", "size": 4}, {"data": "QUJD", "hash": base64.b64encode(b"0" * 20).decode()}],
)
def test_an_attachment_that_is_not_as_it_says_is_a_fault(read, attachment):
    assert [each.severity for each in only(read(document() | {"content": [{"attachment": attachment}]}), Issue)] == [
        "error"
    ]


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


def consent(**more):
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"text": "privacy"},
        "category": [{"text": "照片使用同意书"}],
        "patient": {"reference": "Patient/p1"},
        "performer": [{"reference": "RelatedPerson/r1"}],
        **more,
    }


def test_consents(read):
    assert read(consent()) == [Agreed(Purpose.PHOTO, Giver.GUARDIAN, True, "R")]
    assert read(consent(provision={"type": "deny"})) == [Agreed(Purpose.PHOTO, Giver.GUARDIAN, False, "R")]
    coded = consent(
        category=[{"text": "form"}],
        provision={"purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]},
        performer=[{"reference": "Patient/p1"}],
    )
    assert read(coded) == [Agreed(Purpose.ASSESSMENT, Giver.PATIENT, True, "R")]
    assert [type(item) for item in read(consent(status="inactive"))] == [Withdrawn]
    assert [type(item) for item in read(consent(performer=[{"reference": "Organization/o"}]))] == [Issue]
    assert [type(item) for item in read(consent(category=[{"text": "form"}]))] == [Issue]


def test_an_encounter_is_a_day_and_words_for_a_department(read):
    encounter = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}}
    encounter |= {"period": {"start": "2026-01-31T08:00:00+08:00"}, "serviceType": {"text": "Genetics"}}
    assert read(encounter) == [Visit("R", date(2026, 1, 31), ("Genetics",))]


def test_a_photo(read):
    content = b"\xff\xd8\xff\xd9"
    media = {"resourceType": "Media", "status": "completed", "content": {"contentType": "image/jpeg"}}
    media["content"]["data"] = base64.b64encode(content).decode()
    items = read(media)
    assert [type(item) for item in items] in ([Picture], [Issue])
    media["content"]["data"] = base64.b64encode(b"a text").decode()
    assert [issue.severity for issue in only(read(media), Issue)] == ["error"]


def test_chinese_names_and_numbers(read):
    number = RESIDENT + check_character(RESIDENT)
    told = patient(
        name=[{"family": "欧阳", "given": ["小明"]}],
        identifier=[
            {"system": "urn:oid:2.16.156.10011.1.3", "value": number},
            {"type": {"text": "住院号"}, "value": "H0042"},
        ],
    )
    del told["birthDate"], told["gender"]
    items = read(told)
    (person,) = only(items, Person)
    assert (person.name, person.number) == ("欧阳小明", "H0042")
    assert (person.born, person.sex) == (Born(date(2019, 5, 8)), PatientSex.MALE)
    assert {issue.fault.field for issue in only(items, Issue)} == {"R.birthDate", "R.gender"}


def test_an_identity_number_that_contradicts_is_told_and_not_taken(read):
    number = RESIDENT + check_character(RESIDENT)
    items = read(patient(gender="female", identifier=[{"value": number}]))
    (person,) = only(items, Person)
    assert (person.born, person.sex) == (BORN, PatientSex.FEMALE)
    assert [(i.severity, i.fault.field) for i in only(items, Issue)] == [
        ("warning", "R.birthDate"),
        ("warning", "R.gender"),
    ]


def test_a_wrong_check_character_is_told(read):
    right = check_character(RESIDENT)
    wrong = "0" if right != "0" else "1"
    told = patient(identifier=[{"system": "urn:oid:2.16.156.10011.1.3", "value": RESIDENT + wrong}])
    assert [issue.fault.field for issue in only(read(told), Issue)] == ["R.identifier[0].value"]
    assert read_resident_id(RESIDENT + wrong).right is False


def test_a_birth_in_the_future_is_a_fault_and_a_year_alone_is_told(read):
    assert [i.severity for i in only(read(patient(birthDate="2030-01-01")), Issue)] == ["error"]
    items = read(patient(birthDate="2020"))
    assert only(items, Person)[0].born == Born(date(2020, 7, 2), 183)
    assert [i.severity for i in only(items, Issue)] == ["information"]


def test_what_this_service_tells_of_a_patient_comes_back(read):
    told = patient(extension=[{"url": "urn:phenomap:acutely-ill", "valueBoolean": True}])
    assert [(item.field, item.value) for item in only(read(told), Told)] == [("acutely_ill", True)]


def test_a_modifier_of_another_system_is_told_as_not_read(read):
    side = {"code": hpo("HP:0012823"), "valueCodeableConcept": hpo("HP:0012832")}
    items = read(observation("HP:0001166", component=[side]))
    assert [each.term for each in only(items, Finding)] == ["HP:0001166"]
    assert [each.severity for each in only(items, Issue)] == ["information"]
