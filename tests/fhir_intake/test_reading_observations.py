"""What an Observation is read to: a finding, a size, a laboratory value."""

from __future__ import annotations

from datetime import date

import pytest

from service.fhir.issues import Issue
from service.fhir.reading.items import Finding, Text
from tests.fhir_intake.conftest import LOINC, SNOMED, concept, hpo, observation, only, said


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


def test_a_modifier_of_another_system_is_told_as_not_read(read):
    side = {"code": hpo("HP:0012823"), "valueCodeableConcept": hpo("HP:0012832")}
    items = read(observation("HP:0001166", component=[side]))
    assert [each.term for each in only(items, Finding)] == ["HP:0001166"]
    assert [each.severity for each in only(items, Issue)] == ["information"]
