"""Hospitals for the tests of kept cases."""

from __future__ import annotations

import pytest


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
