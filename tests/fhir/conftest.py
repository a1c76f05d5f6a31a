"""A case of a hospital's northern department, with a report, and the oracles that resources are held to."""

from __future__ import annotations

import os

import pytest

from benchmarks.fhir_oracles import npm_faults, npm_is_here, pydantic_faults

NOTE = "Boy with arachnodactyly and possible scoliosis. No seizures. His mother has myopia. History of ectopia lentis."
PATIENT = {"number": "H-778899", "name": "王小明"}


@pytest.fixture
def case(clinician):
    """The id of a case that has everything."""
    given = {
        "sex": "male",
        "age": "P7Y",
        "patient": PATIENT,
        "notes": [{"text": NOTE, "date": "2026-03-04"}],
        "features": [
            {"id": "HP:0001083", "onset": "HP:0003577"},
            {"id": "HP:0002616", "excluded": True},
        ],
        "tests_done": [{"modality": "exome", "genes": ["LIMB1"], "year": 2021}],
        "family_history": {"consanguineous": True, "affected_siblings": False},
        "diagnoses": [{"id": "OMIM:900004", "confirmed": False}, {"id": "OMIM:900005", "excluded": True}],
    }
    answer = clinician.post("/api/v1/cases", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def report(clinician, case):
    """The id of its report."""
    answer = clinician.post(f"/api/v1/cases/{case}/assess")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@pytest.fixture
def sign(clinician, case, report):
    def signed():
        body = {"report": report, "decision": "agree", "disease": "OMIM:900001", "reason": "Seen."}
        answer = clinician.post(f"/api/v1/cases/{case}/sign-off", json=body)
        assert answer.status_code == 201, answer.text

    return signed


@pytest.fixture(scope="session")
def npm():
    """npm's validator; skipped by name where it is not installed, unless PHENOMAP_REQUIRE_ORACLE asks for it."""
    if not npm_is_here():
        if os.environ.get("PHENOMAP_REQUIRE_ORACLE") == "1":
            pytest.fail("PHENOMAP_REQUIRE_ORACLE is set and npm's validator is not installed")
        pytest.skip("npm's FHIR validator is not installed: run `npm ci` in tests/fhir/oracle")
    return npm_faults


@pytest.fixture(scope="session")
def valid(npm):
    """Asserts that both oracles find nothing wrong."""

    def checked(resources):
        for faults in (npm(resources), pydantic_faults(resources)):
            found = [(one["resourceType"], fault) for one, fault in zip(resources, faults, strict=True) if fault]
            assert found == []

    return checked
