"""A CDS client written from the standard's text, and a hospital that has registered it.

The rules that `Client` holds answers to are those of CDS Hooks 2.0: "Discovery", "Calling a CDS Service", "CDS Service
Response", "Feedback", "Trusting CDS Clients". It knows nothing of the service's code.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.testclient import TestClient

from service.app import create_app
from service.identity import accounts, api_keys
from service.identity.roles import Role
from service.settings import Settings
from service.settings_ehr import Ehr

ISSUER, HERE = "https://his.hospital.example", "http://127.0.0.1"
PATIENT = {"resourceType": "Patient", "id": "4711", "gender": "female", "birthDate": "2020-03-01"}
NUMBER = {"system": "urn:oid:2.999.1", "value": "MRN-778899"}


@pytest.fixture(scope="session")
def key():
    return ec.generate_private_key(ec.SECP384R1())


def jwk(key, kid: str) -> dict:
    return json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())) | {"kid": kid}


@dataclass
class Client:
    """What a record system does: discover, call with a fresh token each time, tell what became of a card."""

    http: TestClient
    key: Any
    kid: str = "one"
    services: dict[str, dict] = field(default_factory=dict)

    def discover(self) -> dict[str, dict]:
        """{hook: service}."""
        answer = self.http.get("/cds-services")
        assert answer.status_code == 200
        told = answer.json()
        assert set(told) == {"services"}
        for service in told["services"]:
            assert {"hook", "description", "id"} <= set(service)
            assert all(
                isinstance(service[name], str) and service[name] for name in ("hook", "description", "id", "title")
            )
            for name, template in service.get("prefetch", {}).items():
                assert name
                tokens = re.findall(r"\{\{(.*?)\}\}", template)
                assert set(tokens) <= {"context.patientId", "context.userId", "context.encounterId"}
        self.services = {service["hook"]: service for service in told["services"]}
        return self.services

    def token(self, url: str, **changed: Any) -> str:
        """A JWT for one request; a claim that is None is left out."""
        at = int(time.time())
        claims = {"iss": ISSUER, "aud": url, "iat": at, "exp": at + 300, "jti": str(uuid4())} | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, "ES384", headers={"kid": self.kid, "typ": "JWT"})

    def body(self, hook: str, **changed: Any) -> dict:
        context = {"userId": "Practitioner/9", "patientId": "4711"} | changed.pop("context", {})
        return {"hook": hook, "hookInstance": str(uuid4()), "context": context} | changed

    def send(self, hook: str, token: str | None = None, path: str = "", headers: Any = None, **changed: Any) -> Any:
        """The answer to one call, not judged."""
        url = f"/cds-services/{self.services[hook]['id']}{path}"
        token = token or self.token(f"{HERE}{url}")
        given = {"Authorization": f"Bearer {token}"} | (headers or {})
        return self.http.post(url, json=changed.pop("json", None) or self.body(hook, **changed), headers=given)

    def call(self, hook: str, **changed: Any) -> list[dict]:
        """The cards of one call, each held to the standard."""
        answer = self.send(hook, **changed)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) <= {"cards", "systemActions"}
        for card in answer.json()["cards"]:
            _judge(card)
        return answer.json()["cards"]

    def tell(self, hook: str, *feedback: dict) -> Any:
        """Send feedback."""
        return self.send(hook, path="/feedback", json={"feedback": list(feedback)})


def _judge(card: dict) -> None:
    """A card as the table "Card Attributes" and those below it have it; no element is null or empty."""
    allowed = {
        "uuid",
        "summary",
        "detail",
        "indicator",
        "source",
        "suggestions",
        "selectionBehavior",
        "overrideReasons",
    }
    assert {"summary", "indicator", "source"} <= set(card) <= allowed | {"links", "extension"}
    _nothing_empty(card)
    UUID(card["uuid"])
    assert 0 < len(card["summary"]) < 140
    assert "\n" not in card["summary"]
    assert card["indicator"] in {"info", "warning", "critical"}
    assert card["source"]["label"]
    if "suggestions" in card:
        assert card["selectionBehavior"] in {"at-most-one", "any"}
    for suggestion in card.get("suggestions", ()):
        assert suggestion["label"]
        UUID(suggestion["uuid"])
        for action in suggestion.get("actions", ()):
            assert action["type"] in {"create", "update", "delete"}
            assert action["description"]
            assert action["type"] != "create" or action["resource"]["resourceType"]
    for reason in card.get("overrideReasons", ()):
        assert {"code", "system", "display"} <= set(reason)
    for link in card.get("links", ()):
        assert {"label", "url", "type"} <= set(link)
        assert link["type"] in {"absolute", "smart"}
        assert link["url"].startswith("http")
        assert link["type"] == "smart" or "appContext" not in link


def _nothing_empty(value: Any) -> None:
    assert value not in (None, "", [], {})
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _nothing_empty(inner)


@pytest.fixture
def record_system(hospital, assessor, key, tmp_path) -> Callable[..., Any]:
    """Registers the record system `his`, whose account is a clinician of the northern department; its application."""
    database = hospital.keeping.database
    id = database.write(lambda c: accounts.create_account(c, "his", "HIS", kind="machine"))
    database.write(lambda c: accounts.grant(c, id, hospital.departments["north"], Role.CLINICIAN))
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [jwk(key, "one")]}))

    def made(**cds: Any) -> Any:
        given = {"issuer": ISSUER, "keys": {"file": str(keys)}} | cds
        launch = given.pop("launch", None)
        thresholds = dict.fromkeys(("patient_view", "order_select", "encounter_discharge"), 0.0)
        given.setdefault("thresholds", thresholds)
        ehr = Ehr(name="his", account="his", fhir="https://his.hospital.example/fhir", cds=given, launch=launch)
        return create_app(assessor, keeping=hospital.keeping, settings=Settings(audience=HERE, ehr=(ehr,)))

    return made


@pytest.fixture
def client(record_system, key) -> Client:
    made = Client(TestClient(record_system(), base_url=HERE, raise_server_exceptions=False), key)
    made.discover()
    return made


@pytest.fixture
def sender(hospital, record_system) -> TestClient:
    """The same system as it sends FHIR, with a key."""
    database = hospital.keeping.database
    row = database.read(lambda c: accounts.find_account(c, "his"))
    issued = database.write(lambda c: api_keys.create_key(c, row.id, 30, by="operator"))
    http = TestClient(record_system(), base_url=HERE)
    http.headers["Authorization"] = f"Bearer {issued.key}"
    return http


@pytest.fixture
def chart(hospital, sender) -> str:
    """The patient 4711 as the record system sent them, ranked: the id of their case."""

    def hpo(code: str, id: str) -> dict:
        coding = {"system": "http://human-phenotype-ontology.org", "code": code}
        told = {"resourceType": "Observation", "id": id, "status": "final", "code": {"coding": [coding]}}
        return told | {"subject": {"reference": "Patient/4711"}}

    sent = (PATIENT | {"identifier": [NUMBER]}, hpo("HP:0001166", "o1"), hpo("HP:0001083", "o2"))
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}} for one in sent
    ]
    answer = sender.post("/fhir", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 200, answer.text
    (listed,) = sender.get("/api/v1/cases").json()["cases"]
    assert sender.post(f"/api/v1/cases/{listed['id']}/assess").status_code == 201
    return listed["id"]
