"""What is read of the person, and of the consents, visits, photos and documents kept about them."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from ontology.features import PatientSex
from service.consent.consent import Giver, Purpose
from service.fhir.issues import Issue
from service.fhir.reading.items import Agreed, Attached, Born, Person, Picture, Told, Visit, Withdrawn
from service.fhir.reading.resident_id import read_resident_id
from tests.fhir_intake.conftest import BORN, consent, document, only, patient

#: Region 110105, born 2019-05-08, serial 001 (odd: male), check character of GB 11643-1999 worked out below.
RESIDENT = "11010520190508001"


def check_character(digits):
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


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
