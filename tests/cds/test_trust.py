"""Who may call: tokens as "Trusting CDS Clients" has them, and browsers of registered origins."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.testclient import TestClient

from service.settings import SettingsError

VIEW = "patient-view"
HERE = "http://127.0.0.1"
URL = f"{HERE}/cds-services/phenomap-patient-view"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"exp": 1_000_000_000}, "expired"),
        ({"exp": time.time() + 86_400}, "longer than 300"),
        ({"aud": f"{HERE}/cds-services"}, "aud"),
        ({"aud": "https://cds.elsewhere.example/cds-services/phenomap-patient-view"}, "aud"),
        ({"iss": "https://another.example"}, "issuer"),
        ({"iat": None}, "claim"),
        ({"jti": None}, "claim"),
        ({"exp": None}, "claim"),
        ({"aud": None}, "claim"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_with_the_reason(client, chart, changed, words):
    answer = client.send(VIEW, token=client.token(**{"url": URL} | changed))
    assert answer.status_code == 401
    assert words in answer.json()["detail"]
    assert "Bearer" in answer.headers["www-authenticate"]


def test_a_token_holds_once_and_for_several_audiences(client, chart):
    token = client.token(["https://elsewhere.example", URL])
    assert client.send(VIEW, token=token).status_code == 200
    again = client.send(VIEW, token=token)
    assert again.status_code == 401
    assert "used before" in again.json()["detail"]


def test_feedback_takes_a_token_for_its_service_or_for_its_own_address(client, chart):
    (card,) = client.call(VIEW)
    told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-23T08:00:00Z"}
    for url in (URL, f"{URL}/feedback"):
        answer = client.send(VIEW, token=client.token(url), path="/feedback", json={"feedback": [told]})
        assert answer.status_code == 200, answer.text
    assert client.send(VIEW, token=client.token(f"{URL}/feedback")).status_code == 401


def test_a_key_in_place_of_a_token_is_refused(client, chart, sender):
    key = sender.headers["Authorization"].partition(" ")[2]
    assert client.send(VIEW, token=key).status_code == 401


def test_a_token_of_another_tenant_is_refused_where_one_is_registered(record_system, client, chart):
    client.http = TestClient(record_system(tenant="ours"), base_url=HERE)
    assert client.send(VIEW, token=client.token(URL, tenant="ours")).status_code == 200
    assert client.send(VIEW, token=client.token(URL, tenant="theirs")).status_code == 401
    assert client.send(VIEW).status_code == 401


def test_keys_that_cannot_be_had_are_no_fault_of_the_token(record_system, client, chart, tmp_path):
    client.http = TestClient(record_system(keys={"file": str(tmp_path / "none.json")}), base_url=HERE)
    answer = client.send(VIEW)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_signatures_of_others_of_shared_secrets_and_none_are_refused(client, chart):
    claims = jwt.decode(client.token(URL), options={"verify_signature": False})
    header = {"kid": "one"}
    stranger = jwt.encode(claims, ec.generate_private_key(ec.SECP384R1()), "ES384", headers=header)
    public = client.key.public_key().public_numbers()
    for token in (
        stranger,
        jwt.encode(claims, f"{public.x}" * 3, "HS384", headers=header),
        jwt.encode(claims, None, "none", headers=header),
        jwt.encode(claims, client.key, "ES384", headers={"kid": "two"}),
        jwt.encode(claims, client.key, "ES384", headers={**header, "typ": "at+jwt"}),
        jwt.encode(claims | {"jti": "\ud800"}, client.key, "ES384", headers=header),
        jwt.encode(claims, client.key, "ES384", headers={**header, "jku": "https://evil.example/jwks"}),
        "x",
    ):
        assert client.send(VIEW, token=token).status_code == 401


def test_a_token_for_the_services_opens_nothing_else(client, chart):
    for path in ("/fhir/Patient", "/api/v1/cases"):
        token = client.token(f"{HERE}{path}")
        assert client.http.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_account_that_is_closed_calls_no_more(client, chart, hospital):
    from service.store.tables import account

    closing = account.update().where(account.c.name == "his").values(active=False)
    hospital.keeping.database.write(lambda c: c.execute(closing))
    assert client.send(VIEW).status_code == 401


def test_people_and_machines_that_are_no_client_are_refused(client, chart, hospital):
    clinician = hospital.client("clinician north")
    answer = clinician.post("/cds-services/phenomap-patient-view", json=client.body(VIEW))
    assert answer.status_code == 403


def test_browsers_of_registered_origins_may_call_and_others_may_not(record_system, client, chart):
    app = record_system(origins=["https://his.example"])
    client.http = TestClient(app, base_url=HERE)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    path = "/cds-services/phenomap-patient-view"
    allowed = client.http.options(path, headers=asked | {"Origin": "https://his.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://his.example"
    crossing = {"Origin": "https://his.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.send(VIEW, headers=crossing)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://his.example"
    assert client.send(VIEW, headers={"Origin": "https://evil.example"}).status_code == 403
    refused = client.http.options(path, headers=asked | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers
    elsewhere = client.http.post("/api/v1/cases", json={}, headers=crossing)
    assert elsewhere.status_code == 403


def test_two_clients_of_one_issuer_and_clients_without_an_audience_are_no_settings(record_system):
    from service.cds.clients import CdsClients
    from service.settings_ehr import Ehr

    one, two = (
        Ehr(name=name, account=name, cds={"issuer": "https://i.example", "keys": {"url": "https://i.example/keys"}})
        for name in ("a", "b")
    )
    with pytest.raises(SettingsError):
        CdsClients((one, two), HERE)
    with pytest.raises(SettingsError):
        CdsClients((one,), None)


def test_two_systems_of_one_account_would_have_one_anothers_patients():
    from pydantic import ValidationError

    from service.settings import Settings

    with pytest.raises(ValidationError, match="one account"):
        Settings(ehr=({"name": "a", "account": "his"}, {"name": "b", "account": "his"}))
