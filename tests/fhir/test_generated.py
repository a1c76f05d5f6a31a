"""Generated cases, as benchmarks.fhir_resources makes them by the thousand: all that is told of them is valid."""

from __future__ import annotations

from benchmarks.cases import PublishedCase
from benchmarks.fhir_oracles import npm_faults, pydantic_faults
from benchmarks.fhir_resources import run


def test_all_that_is_told_of_generated_cases_is_valid(small_knowledge, npm):
    published = [
        PublishedCase("a", (), ("HP:0001166", "HP:0002650", "HP:0001083"), ("HP:0001250",), ("OMIM:900001",)),
        PublishedCase("b", (), ("HP:0001250",), (), ("ORPHA:900101", "DECIPHER:900")),
    ]
    found = run(small_knowledge, published, 24)
    assert found["faults"] == []
    assert (found["npm_invalid"], found["pydantic_invalid"]) == (0, 0)
    assert found["resources"] > 24 * 15
    told = {"Patient", "Condition", "Observation", "FamilyMemberHistory", "DiagnosticReport", "DocumentReference"}
    told |= {"RiskAssessment", "ServiceRequest", "Provenance", "AuditEvent", "Bundle"}
    assert set(found["by_type"]) == told


def test_the_oracles_find_what_is_wrong(npm):
    wrong = [
        {"resourceType": "RiskAssessment", "status": "final"},  # about nobody
        {"resourceType": "Observation", "status": "perhaps", "code": {"text": "x"}},
        {"resourceType": "Patient", "shoeSize": 44},
    ]
    assert all(npm_faults(wrong))
    assert all(pydantic_faults([wrong[0], wrong[2]]))
