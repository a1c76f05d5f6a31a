"""Hospitals for the tests of kept cases."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from benchmarks.hospital import hospital as opened
from matching.assess import Assessor
from service.cases.rules import CaseRules


@pytest.fixture(scope="session")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture
def hospital_with(tmp_path, assessor):
    """Opens a hospital with rules of its own."""
    with ExitStack() as stack:

        def make(**rules):
            folder = tmp_path / f"hospital{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(opened(folder, assessor, CaseRules(**rules)))

        yield make


@pytest.fixture
def hospital(hospital_with):
    return hospital_with()


@pytest.fixture
def clinician(hospital):
    return hospital.client("clinician north")


@pytest.fixture
def open_case(clinician):
    """Opens a case in the northern department; its id."""

    def make(**fields):
        answer = clinician.post("/api/v1/cases", json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return make


@pytest.fixture
def problem():
    """Asserts that an answer is a problem of a status, and returns it."""

    def checked(response, status):
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        return response.json()

    return checked
