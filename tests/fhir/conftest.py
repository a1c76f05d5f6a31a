"""A case of a hospital's northern department, with a report."""

from __future__ import annotations

import pytest

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
