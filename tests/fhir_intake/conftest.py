"""A hospital whose record system sends FHIR with the account of the northern clinician."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from service.actors import Permission
from service.fhir.reading.context import Context
from service.fhir.reading.items import Born, Finding
from service.fhir.reading.types import READERS
from service.fhir.shapes import faults_of_shape
from service.store.scope import scoped

NOTE = "A boy with scoliosis. No seizures."
TODAY = date(2026, 6, 1)
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
BORN = Born(date(2020, 3, 1))


@pytest.fixture
def ehr(hospital):
    """A client of the record system."""
    return hospital.client("clinician north")


@pytest.fixture
def kept(hospital):
    """What is kept, by table."""

    def read(table):
        rows = scoped(hospital.actors["clinician north"], Permission.READ_CASES, table)
        return hospital.keeping.database.read(lambda c: c.execute(rows).mappings().all())

    return read


@pytest.fixture
def cases(ehr):
    """The kept cases as the API shows them."""

    def read():
        listed = ehr.get("/api/v1/cases").json()["cases"]
        return [ehr.get(f"/api/v1/cases/{each['id']}").json() for each in listed]

    return read


@pytest.fixture
def read(small_knowledge):
    """What a resource is read to, on the release of forty terms."""

    def reading(resource, born=BORN, find=lambda reference: None):
        assert list(faults_of_shape(resource, resource["resourceType"], "R")) == []
        context = Context(small_knowledge.terms, small_knowledge.diseases, TODAY, find, born)
        return list(READERS[resource["resourceType"]](resource, "R", context))

    return reading


def patient(id="p1", **more):
    return {"resourceType": "Patient", "id": id, "gender": "male", "birthDate": "2020-03-01", **more}


def hpo(code, system="http://human-phenotype-ontology.org"):
    return {"coding": [{"system": system, "code": code}]}


def concept(system, code, display=None):
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def observation(code="HP:0001166", id="o1", subject="Patient/p1", **more):
    told = {"resourceType": "Observation", "id": id, "status": "final", "code": hpo(code)}
    return {**told, "subject": {"reference": subject}, **more}


def document(text=NOTE, id="d1", subject="Patient/p1", kind="text/plain", **more):
    data = base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()
    content = [{"attachment": {"contentType": kind, "data": data}}]
    told = {"resourceType": "DocumentReference", "id": id, "status": "current", "content": content}
    return {**told, "subject": {"reference": subject}, **more}


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


def bundle(*resources, type="transaction", method="PUT"):
    entries = []
    for resource in resources:
        url = resource["resourceType"] + (f"/{resource['id']}" if method == "PUT" else "")
        entries.append({"resource": resource, "request": {"method": method, "url": url}})
    return {"resourceType": "Bundle", "type": type, "entry": entries}


def issues(outcome, severity=None):
    assert outcome["resourceType"] == "OperationOutcome", outcome
    return [each for each in outcome["issue"] if severity in (None, each["severity"])]


def told(outcome):
    """Where and what, for each issue."""
    return {((each.get("expression") or [""])[0], each["diagnostics"]) for each in issues(outcome)}


def only(items, kind):
    return [item for item in items if isinstance(item, kind)]


def said(items):
    return [(item.term, item.assertion.value) for item in only(items, Finding)]
