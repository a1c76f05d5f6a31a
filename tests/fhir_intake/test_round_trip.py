"""What this service tells of a case is read back as it was (service.fhir.telling, service.fhir.reading)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facial.norms.ancestry import ANCESTRIES
from matching.genetic_tests.known import TestResult
from ontology.diseases import UnknownDisease
from ontology.features import PatientSex
from service.fhir.history import added_by, with_all
from service.fhir.issues import Issue
from service.fhir.reading.context import Context
from service.fhir.reading.items import Person
from service.fhir.reading.types import READERS
from service.fhir.shapes import faults_of_shape
from service.fhir.telling.condition import conditions
from service.fhir.telling.family import family
from service.fhir.telling.patient import patient_resource
from service.fhir.telling.tests_done import told_tests
from service.fhir.telling.told import Labels, PatientTold
from service.models.known import DiagnosisInput, FamilyInput, KnownInput, ModalityWord, TestDoneInput

MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def back(small_knowledge):
    """What is read of all that is told of a patient, and the Person; nothing may be refused or doubted."""
    terms, diseases = small_knowledge.terms, small_knowledge.diseases

    def disease(id):
        try:
            return diseases.name(diseases.position(id)), None
        except UnknownDisease:
            return id, None

    labels = Labels(lambda id: (terms.label(terms.position(id)) if id in KNOWN_ONSETS else id, None), disease)

    def read(told, language="en"):
        given = [
            patient_resource(told),
            *conditions(told, labels),
            *family(told, language),
            *told_tests(told, language),
        ]
        added, person = [], None
        for resource in json.loads(json.dumps(given)):
            held = {f"#{each['id']}": each for each in resource.get("contained", ())}
            context = Context(terms, diseases, date(2026, 6, 1), held.get)
            assert list(faults_of_shape(resource, resource["resourceType"], "R")) == []
            items = list(READERS[resource["resourceType"]](resource, "R", context))
            assert [item for item in items if isinstance(item, Issue) and item.severity != "information"] == []
            person = next((item for item in items if isinstance(item, Person)), person)
            added.append(added_by(items))
        return with_all(KnownInput(), added), person

    return read


KNOWN_ONSETS = ("HP:0003577", "HP:0011463")
_line = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
_gene = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:*@-]{0,39}", fullmatch=True)
_diagnosis = st.builds(
    DiagnosisInput,
    id=st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,19}:[A-Za-z0-9._-]{1,40}", fullmatch=True)
    | st.sampled_from(("OMIM:900001", "ORPHA:99", "OMIM:PS154700", "DECIPHER:16")),
    label=_line.map(lambda words: words if words.strip() else ""),
    excluded=st.booleans(),
    confirmed=st.booleans(),
    onset=st.none() | st.sampled_from(KNOWN_ONSETS) | st.from_regex(r"HP:[0-9]{7}", fullmatch=True),
    gene=st.none() | _gene,
)
_test = st.builds(
    TestDoneInput,
    modality=st.none() | st.sampled_from(ModalityWord),
    result=st.sampled_from(TestResult),
    genes=st.lists(_gene, max_size=3),
    target=_line.map(lambda words: words if words.strip() else ""),
    code=_line.map(lambda words: " ".join(words.split())),
    year=st.none() | st.integers(1970, 2200),
)
_known = st.builds(
    KnownInput,
    tests_done=st.lists(_test, max_size=4, unique_by=repr),
    family_history=st.builds(FamilyInput, **dict.fromkeys(FamilyInput.model_fields, st.none() | st.booleans())),
    acutely_ill=st.booleans(),
    ancestry=st.none() | st.sampled_from(sorted(ANCESTRIES)),
    diagnoses=st.lists(_diagnosis, max_size=4, unique_by=repr),
)


@given(
    known=_known,
    sex=st.sampled_from(PatientSex),
    age=st.none() | st.integers(0, 45_000),
    number=st.none() | _line.map(str.strip),
    name=st.none() | _line.map(lambda words: " ".join(words.split())),
    language=st.sampled_from(("en", "zh")),
)
def test_whatever_is_known_of_a_patient_comes_back(back, known, sex, age, number, name, language):
    told = PatientTold("c" * 32, 1, MOMENT, sex.value, age, number=number or None, name=name or None, known=known)
    again, person = back(told, language)
    assert again == known
    assert (person.sex, person.age_days, person.number, person.name) == (sex, age, number or None, name or None)


def test_what_is_known_beside_findings_comes_back(back):
    known = KnownInput.model_validate(
        {
            "tests_done": [
                {"modality": "exome", "result": "negative", "year": 2024},
                {"modality": "gene_panel", "result": "uncertain", "genes": ["FBN1", "COL3A1"]},
                {"modality": "repeat_pcr", "result": "positive", "target": "FMR1"},
            ],
            "family_history": {"consanguineous": True, "affected_parent": False, "affected_siblings": True},
            "acutely_ill": True,
            "diagnoses": [
                {"id": "OMIM:900001", "onset": "HP:0011463", "gene": "FBN1"},
                {"id": "ORPHA:99", "label": "Another", "excluded": True},
                {"id": "OMIM:900002", "confirmed": False},
            ],
        }
    )
    told = PatientTold("c" * 32, 1, MOMENT, "male", age_days=400, number="H1", name="欧阳小明", known=known)
    again, _ = back(told)
    assert again.model_dump(exclude_defaults=True) == known.model_dump(exclude_defaults=True)
