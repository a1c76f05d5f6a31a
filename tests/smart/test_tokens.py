"""Access tokens are given to whoever signs as SMART Backend Services has it, and hold for what was granted alone."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from service.identity import accounts
from service.identity.lockout import FREE_OF_ADDRESS
from service.identity.one_time import digest_of
from service.settings import SettingsError
from service.store.tables import access_token, audit, now
from tests.smart.conftest import AUDIENCE, TOKEN_URL, asked, signed


@pytest.fixture
def lab(site, new_client):
    return new_client(site("system/Observation.rs", "system/Patient.cruds"))


def ask(lab, assertion, *scope, **changed):
    return lab.post("/smart/token", data=asked(assertion, *scope, **changed))


def refused(answer, error, status=400):
    assert (answer.status_code, answer.json().get("error")) == (status, error), answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"
    # RFC 6749, section 5.2: printable ASCII but for the quotation mark and the backslash
    assert all(" " <= sign <= "~" and sign not in '"\\' for sign in answer.json()["error_description"])
    return answer.json()["error_description"]


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
def test_a_signed_request_gets_a_token_for_five_minutes(lab, curve, rsa_key, algorithm, trail, machine):
    key, kid = (curve, "ec") if algorithm == "ES384" else (rsa_key, "rsa")
    answer = ask(lab, signed(key, algorithm, kid))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("bearer", 300, "system/Observation.rs")
    assert answer.headers["cache-control"] == "no-store"
    assert trail()[-1] == ("sign_in", machine.id)
    found = lab.get("/fhir/Observation", headers={"Authorization": f"Bearer {told['access_token']}"})
    assert (found.status_code, found.json()["total"]) == (200, 0)


def test_of_a_token_its_digest_alone_is_kept(lab, curve, database):
    token = ask(lab, signed(curve)).json()["access_token"]
    (row,) = database.read(lambda c: c.execute(select(access_token)).all())
    assert row.digest == digest_of(token)
    assert token not in str(row)
    assert now() + timedelta(seconds=290) < row.expires <= now() + timedelta(seconds=300)
    links = database.read(lambda c: c.execute(select(audit)).all())
    assert not any(token in str(link) or digest_of(token) in str(link.detail) for link in links)


WRONG = {
    "expired": {"exp": int(time.time()) - 60},
    "holding too long": {"exp": int(time.time()) + 900},
    "of another audience": {"aud": f"{AUDIENCE}/fhir"},
    "without an audience": {"aud": None},
    "without an end": {"exp": None},
    "without an id": {"jti": None},
    "with another subject": {"sub": "pharmacy"},
    "without a subject": {"sub": None},
    "of an unknown client": {"iss": "pharmacy", "sub": "pharmacy"},
}


def test_a_wrong_assertion_is_refused_and_noted(lab, curve, trail):
    before = trail()
    for changed in WRONG.values():
        refused(ask(lab, signed(curve, **changed)), "invalid_client")
    assert trail() == before + [("sign_in_failed", "unknown")] * len(WRONG)


def test_an_assertion_holds_once(lab, curve):
    once = signed(curve)
    assert ask(lab, once).status_code == 200
    assert "jti" in refused(ask(lab, once), "invalid_client")


def test_an_assertion_signed_with_a_foreign_key_or_none_is_refused(lab, rsa_key):
    refused(ask(lab, signed(ec.generate_private_key(ec.SECP384R1()))), "invalid_client")
    refused(ask(lab, signed(rsa_key, "RS256", "rsa")), "invalid_client")
    claims = {"iss": "lab", "sub": "lab", "aud": TOKEN_URL, "exp": int(time.time()) + 60, "jti": "n"}
    refused(ask(lab, jwt.encode(claims, "", "none", headers={"kid": "ec"})), "invalid_client")
    refused(ask(lab, "no token"), "invalid_client")


FORMS = {
    "no grant": ({"grant_type": None}, "invalid_request"),
    "another grant": ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
    "no assertion": ({"client_assertion": None}, "invalid_client"),
    "another kind of assertion": ({"client_assertion_type": "saml"}, "invalid_client"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "another client's id": ({"client_id": "pharmacy"}, "invalid_client"),
}


def test_a_form_that_asks_otherwise_is_refused_as_oauth_says(lab, curve):
    for changed, error in FORMS.values():
        refused(ask(lab, signed(curve), **changed), error)


def test_the_clients_own_id_may_stand_in_the_form(lab, curve):
    assert ask(lab, signed(curve), client_id="lab").status_code == 200


def test_what_is_no_form_is_refused_as_oauth_says(lab, curve):
    form = asked(signed(curve))
    refused(lab.post("/smart/token", json=form), "invalid_request")
    twice = [*form.items(), ("scope", "system/*.rs")]
    body = "&".join(f"{name}={value}" for name, value in twice)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(lab.post("/smart/token", content=body, headers=headers), "invalid_request")
    refused(lab.post("/smart/token", content=b"scope=" + b"x" * 50_000, headers=headers), "invalid_request")
    refused(lab.post("/smart/token", content=b"\xff", headers=headers), "invalid_request")


#: By what is asked for, what is granted to a client that may have system/Observation.rs and system/Patient.cruds.
GRANTED = {
    "system/Observation.rs": "system/Observation.rs",
    "system/Observation.read": "system/Observation.read",  # 1.0's word, given in full, is told as it was asked
    "system/Observation.cruds": "system/Observation.rs",
    "system/*.r": "system/Observation.r system/Patient.r",
    "system/Patient.r system/Condition.rs launch openid": "system/Patient.r",
}


def test_scopes_are_what_is_asked_for_within_what_the_client_may_have(lab, curve):
    assert {scope: ask(lab, signed(curve), scope).json()["scope"] for scope in GRANTED} == GRANTED


def test_where_nothing_of_it_is_the_clients_no_token_is_given(lab, curve, database):
    for scope in ("system/Condition.rs", "user/*.rs", "system/Observation.cud", "system/Observation.sr"):
        refused(ask(lab, signed(curve), scope), "invalid_scope")
    assert not database.read(lambda c: c.execute(select(access_token)).all())


def test_a_token_ends_after_its_time_and_is_forgotten_with_the_next(lab, curve, database, problem):
    token = ask(lab, signed(curve)).json()["access_token"]
    bearing = {"Authorization": f"Bearer {token}"}
    assert lab.get("/fhir/Observation", headers=bearing).status_code == 200
    database.write(lambda c: c.execute(update(access_token).values(expires=now() - timedelta(seconds=1))))
    problem(lab.get("/fhir/Observation", headers=bearing), 401)
    ask(lab, signed(curve))
    held = database.read(lambda c: c.execute(select(access_token.c.digest)).scalars().all())
    assert len(held) == 1
    assert digest_of(token) not in held


def test_a_token_ends_with_its_account_and_does_not_come_back_with_it(lab, curve, database, machine, problem):
    bearing = {"Authorization": f"Bearer {ask(lab, signed(curve)).json()['access_token']}"}
    for active in (False, True):
        database.write(lambda c, active=active: accounts.set_active(c, machine.id, active, by="operator"))
        problem(lab.get("/fhir/Observation", headers=bearing), 401)
    database.write(lambda c: accounts.set_active(c, machine.id, False, by="operator"))
    refused(ask(lab, signed(curve)), "unauthorized_client")


def test_a_made_up_token_is_nobodys(lab, problem):
    problem(lab.get("/fhir/Observation", headers={"Authorization": "Bearer pht_made-up"}), 401)


def test_a_token_is_of_use_under_fhir_alone(lab, curve, problem):
    bearing = {"Authorization": f"Bearer {ask(lab, signed(curve)).json()['access_token']}"}
    for path in ("/api/v1/cases", "/api/v1/me", "/api/v1/terms?q=fit"):
        said = problem(lab.get(path, headers=bearing), 403)["detail"]
        assert said == "An access token is for addresses under /fhir alone."
    problem(lab.post("/api/v1/rank", json={"features": [{"id": "HP:0001166"}]}, headers=bearing), 403)
    assert lab.get("/cases", headers=bearing, follow_redirects=False).headers["location"] == "/sign-in"


def test_whoever_guesses_is_shut_out_and_sound_requests_of_the_address_with_them(lab, curve):
    for _ in range(FREE_OF_ADDRESS):
        refused(ask(lab, "guess"), "invalid_client")
    shut = ask(lab, signed(curve))
    refused(shut, "temporarily_unavailable", 429)
    assert int(shut.headers["retry-after"]) > 0


def test_keys_that_are_away_are_told_and_count_against_nobody(site, new_client, curve, keys, trail):
    lab = new_client(site())
    Path(keys).unlink()
    before = trail()
    for _ in range(FREE_OF_ADDRESS + 1):
        refused(ask(lab, signed(curve)), "invalid_client")
    assert trail() == before


def test_the_configuration_is_true_to_what_is_served(lab, curve):
    told = lab.get("/fhir/.well-known/smart-configuration")
    assert told.headers["content-type"] == "application/json"
    assert told.json() == {
        "token_endpoint": TOKEN_URL,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384"],
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": ["system/Observation.rs", "system/Patient.cruds"],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }
    for scope in told.json()["scopes_supported"]:
        assert ask(lab, signed(curve), scope).json()["scope"] == scope
    security = lab.get("/fhir/metadata").json()["rest"][0]["security"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    assert security["extension"][0]["extension"] == [{"url": "token", "valueUri": TOKEN_URL}]


def test_where_no_client_is_registered_nothing_is_told_of_smart(client, problem):
    assert "service" not in client.get("/fhir/metadata").json()["rest"][0]["security"]
    problem(client.post("/smart/token", data={}), 404)


def test_settings_with_scopes_that_are_none_do_not_start(site):
    for scope in ("patient/*.rs", "system/Observation", "openid"):
        with pytest.raises(SettingsError, match="scopes"):
            site(scope)


def test_settings_without_an_audience_or_with_an_id_twice_do_not_start(make_app, keys):
    lab = {"client_id": "lab", "keys": {"file": keys}, "scopes": ["system/*.rs"]}
    systems = [{"name": name, "account": name, "smart": lab} for name in ("his", "lis")]
    with pytest.raises(SettingsError, match="audience"):
        make_app(ehr=systems[:1])
    with pytest.raises(SettingsError, match="Two SMART clients"):
        make_app(audience=AUDIENCE, ehr=systems)
