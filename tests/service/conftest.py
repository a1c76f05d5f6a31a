"""The service over the hand-made release, and over the real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from matching.assess import Assessor
from ontology.knowledge import Knowledge
from service.app import create_app
from service.demo import demo_case

#: The service answers to loopback names only.
BASE = "http://127.0.0.1"


@pytest.fixture(scope="session")
def assessor(small_knowledge: Knowledge) -> Assessor:
    return Assessor.open(small_knowledge)


@pytest.fixture(scope="session")
def real_assessor(real_knowledge: Knowledge) -> Assessor:
    return Assessor.open(real_knowledge)


@pytest.fixture
def app(assessor: Assessor) -> FastAPI:
    return create_app(assessor, demo=demo_case())


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=BASE)


@pytest.fixture
def real_client(real_assessor: Assessor) -> TestClient:
    return TestClient(create_app(real_assessor, demo=demo_case()), base_url=BASE)


@pytest.fixture
def problem() -> Callable[..., dict]:
    """Asserts that an answer is a problem of a status, in the one shape, and returns it."""

    def checked(response: Response, status: int) -> dict:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        content = response.json()
        assert set(content) - {"instance"} == {"type", "title", "status", "detail", "errors"}
        assert content["status"] == status
        assert content["type"].startswith("/docs#problem-")
        for fault in content["errors"]:
            assert set(fault) == {"field", "what", "mend"}
            assert fault["what"]
            assert fault["mend"]
        return content

    return checked
