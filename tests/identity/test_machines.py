"""API keys, and machines that sign their own tokens."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import select, update

from ontology.errors import InputError
from service.identity import api_keys
from service.identity.machine_tokens import MachineTokens
from service.identity.roles import PERSONS_ALONE
from service.settings import Machine, SettingsError
from service.store.tables import api_key, now

AUDIENCE = "https://phenomap.hospital.example"


def public_pem(key) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture(scope="module")
def curve():
    return ec.generate_private_key(ec.SECP384R1())


def bearer(credential) -> dict:
    return {"headers": {"Authorization": f"Bearer {credential}"}}


def claims(**changed) -> dict:
    at = time.time()
    made = {"iss": "ehr", "sub": "ehr", "aud": AUDIENCE, "exp": at + 60, "jti": f"{at}-{time.perf_counter_ns()}"}
    return {name: value for name, value in (made | changed).items() if value is not None}


@pytest.fixture
def machine(person):
    return person("ehr account", kind="machine")


@pytest.fixture
def signing(make_app, new_client, machine, curve):
    given = {"client_id": "ehr", "account": machine.name, "public_key": public_pem(curve)}
    return new_client(make_app(audience=AUDIENCE, machines=[given]))


def test_a_key_lets_its_machine_in_until_it_is_revoked(client, machine, database, problem):
    new = database.write(lambda c: api_keys.create_key(c, machine.id, 30, by="operator"))
    body = {"json": {"features": [{"id": "HP:0001166"}]}}
    assert client.post("/api/v1/rank", **body, **bearer(new.key)).status_code == 200  # no cookie, no CSRF token
    me = client.get("/api/v1/me", **bearer(new.key)).json()
    assert (me["account"], me["csrf"]) == (machine.id, None)
    assert not PERSONS_ALONE & set(me["permissions"])
    stored = database.read(lambda c: c.execute(select(api_key)).one())
    assert new.key not in {str(value) for value in stored}
    assert database.write(lambda c: api_keys.revoke_key(c, machine.id, new.id, by="operator"))
    problem(client.get("/api/v1/me", **bearer(new.key)), 401)


def test_a_key_ends_in_time(client, machine, database):
    new = database.write(lambda c: api_keys.create_key(c, machine.id, 1, by="operator"))
    database.write(lambda c: c.execute(update(api_key).values(expires=now() - timedelta(seconds=1))))
    assert client.get("/api/v1/me", **bearer(new.key)).status_code == 401


def test_a_person_has_no_key(person, database):
    ada = person("ada")
    with pytest.raises(InputError, match="for machines"):
        database.write(lambda c: api_keys.create_key(c, ada.id, 1, by="operator"))


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer phm_x", "Basic YTpi", "Bearer a.b.c", "x"])
def test_a_session_does_not_stand_in_for_a_bad_credential(client, person, signed_in, header, problem):
    signed_in(person("ada"), client)
    answer = client.get("/api/v1/me", headers={"Authorization": header})
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_signed_token_lets_its_machine_in_once(signing, machine, curve, problem):
    token = jwt.encode(claims(), curve, "ES384")
    answer = signing.get("/api/v1/me", **bearer(token))
    assert answer.json()["account"] == machine.id
    assert not PERSONS_ALONE & set(answer.json()["permissions"])
    problem(signing.get("/api/v1/me", **bearer(token)), 401)
    again = jwt.encode(claims(), curve, "ES384")
    assert signing.get("/api/v1/me", **bearer(again)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1},
        {"exp": time.time() + 100_000},
        {"exp": "soon"},
        {"exp": None},
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 300},
        {"iss": "stranger"},
        {"iss": None},
        {"iss": ["ehr"]},
        {"sub": "root"},
        {"nbf": time.time() + 5000},
    ],
    ids=lambda changed: re.sub(r"\d{9,}\.\d+", "...", str(changed)),  # the same in every process
)
def test_a_token_with_a_wrong_claim_is_refused(signing, curve, problem, changed):
    if changed.get("iss") == ["ehr"]:  # pyjwt itself refuses to write it
        token = jwt.api_jws.encode(b'{"iss": ["ehr"], "sub": "ehr"}', curve, "ES384")
    else:
        token = jwt.encode(claims(**changed), curve, "ES384")
    problem(signing.get("/api/v1/me", **bearer(token)), 401)


def test_a_token_that_the_machine_did_not_sign_is_refused(signing, curve, problem):
    forged = [
        jwt.encode(claims(), ec.generate_private_key(ec.SECP384R1()), "ES384"),
        jwt.encode(claims(), None, "none"),
        jwt.encode(claims(), "a secret of thirty-two characters or more", "HS256"),
        hmac_with(public_pem(curve), claims()),
        jwt.encode(claims(), rsa.generate_private_key(65537, 2048), "RS384"),
        jwt.encode(claims(), curve, "ES384")[:-4] + "AAAA",
    ]
    for token in forged:
        problem(signing.get("/api/v1/me", **bearer(token)), 401)


def hmac_with(secret: str, content: dict) -> str:
    """A token signed with the public key as if it were a shared secret, which pyjwt itself refuses to do."""
    import base64
    import hashlib
    import hmac
    import json

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    head = f"{part(json.dumps({'alg': 'HS384', 'typ': 'JWT'}).encode())}.{part(json.dumps(content).encode())}"
    return f"{head}.{part(hmac.digest(secret.encode(), head.encode(), hashlib.sha384))}"


def test_rsa_keys_sign_too():
    key = rsa.generate_private_key(65537, 2048)
    tokens = MachineTokens([Machine(client_id="ehr", account="ehr", public_key=public_pem(key))], AUDIENCE)
    assert tokens.verify(jwt.encode(claims(), key, "RS384")).account_name == "ehr"
    assert tokens.verify(jwt.encode(claims(), key, "RS256")) is None


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 1024), None])
def test_a_key_too_weak_is_refused_at_start(key):
    machine = Machine(client_id="ehr", account="ehr", public_key=public_pem(key) if key else "nothing")
    with pytest.raises(SettingsError, match="neither P-384 nor RSA"):
        MachineTokens([machine], AUDIENCE)
    with pytest.raises(SettingsError, match="audience"):
        MachineTokens([machine], None)


def test_a_persons_account_is_none_for_a_machine(make_app, new_client, person, curve, problem):
    person("ada")
    given = {"client_id": "ehr", "account": "ada", "public_key": public_pem(curve)}
    client = new_client(make_app(audience=AUDIENCE, machines=[given]))
    problem(client.get("/api/v1/me", **bearer(jwt.encode(claims(), curve, "ES384"))), 401)
