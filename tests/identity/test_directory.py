"""Signing in with an OpenID provider, which stands here on a port of loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.identity import accounts
from service.identity.oidc import Provider
from service.settings import Oidc, SettingsError

REDIRECT = "http://127.0.0.1/sign-in/directory/callback"
KEY = rsa.generate_private_key(65537, 2048)


class FakeProvider:
    """Says who `claims` names to whoever brings a code, the client's secret and the right verifier."""

    def __init__(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(200, provider.document if "openid-configuration" in self.path else provider.keys())

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.reply(*provider.token(form, self.headers.get("Authorization")))

            def reply(self, status, content):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.document = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        self.document |= {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
        self.claims: dict = {"sub": "s-1", "preferred_username": "Ada", "name": "Ada L.", "groups": ["genetics"]}
        self.codes: dict[str, dict] = {}
        self.signed_with = (KEY, "RS256")

    def keys(self):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [public | {"kid": "k", "use": "sig", "alg": "RS256"}]}

    def authorise(self, url: str, **changed) -> dict[str, str]:
        """What the browser brings back once its user has signed in at the provider."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == REDIRECT
        code = f"code-{len(self.codes)}"
        at = int(time.time())
        own = {"iss": self.issuer, "aud": asked["client_id"], "iat": at, "exp": at + 60, "nonce": asked["nonce"]}
        self.codes[code] = {"challenge": asked["code_challenge"], "claims": own | self.claims | changed}
        return {"state": asked["state"], "code": code}

    def token(self, form, authorization):
        known = self.codes.pop(form["code"][0], None)
        verifier = form["code_verifier"][0].encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        secret = "Basic " + base64.b64encode(b"phenomap:s3cret%2F").decode()
        if known is None or challenge != known["challenge"] or authorization != secret:
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": jwt.encode(known["claims"], *self.signed_with, headers={"kid": "k"})}


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    made = FakeProvider()
    thread = Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def site(make_app, new_client, provider):
    """Makes a browser at a service that knows the provider, with groups or without."""

    def made(groups=(), **settings):
        oidc = {"issuer": provider.issuer, "client_id": "phenomap", "client_secret": "s3cret/", "redirect": REDIRECT}
        app = make_app(oidc=oidc | {"groups": groups}, **settings)
        return new_client(app, follow_redirects=False)

    return made


GENETICS = {"group": "genetics", "department": "Genetics", "role": "clinician"}
AUDITORS = {"group": "auditors", "department": "Genetics", "role": "auditor"}


def begin(client) -> str:
    answer = client.get("/sign-in/directory")
    assert answer.status_code == 303
    return answer.headers["location"]


def come_in(client, provider, **changed):
    return client.get("/sign-in/directory/callback", params=provider.authorise(begin(client), **changed))


def is_in(answer, client) -> bool:
    if answer.status_code == 200:
        assert client.get("/api/v1/me").status_code == 200
        return True
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in#directory=refused")
    assert client.get("/api/v1/me").status_code == 401
    return False


def test_a_prepared_account_comes_in(site, provider, database):
    subject = f"{provider.issuer}|s-1"
    id = database.write(lambda c: accounts.create_account(c, "ada", "Ada", subject=subject))
    client = site()
    assert is_in(come_in(client, provider), client)
    assert client.get("/api/v1/me").json()["account"] == id
    assert "/sign-in/directory" in client.get("/sign-in").text


def test_a_stranger_stays_out_and_the_trail_says_so(site, provider, trail):
    client = site()
    assert not is_in(come_in(client, provider), client)
    assert trail()[-1] == ("sign_in_failed", "unknown")


def test_groups_give_roles_and_take_them_away(site, provider):
    client = site([GENETICS, AUDITORS])
    assert is_in(come_in(client, provider), client)
    assert [held["role"] for held in client.get("/api/v1/me").json()["memberships"]] == ["clinician"]
    provider.claims["groups"] = ["auditors", "cyclists"]
    assert is_in(come_in(client, provider), client)
    assert [held["role"] for held in client.get("/api/v1/me").json()["memberships"]] == ["auditor"]
    provider.claims["groups"] = []
    assert is_in(come_in(client, provider), client)
    assert client.get("/api/v1/me").json()["permissions"] == []


def test_a_name_of_the_directory_opens_no_account_of_that_name(site, provider, person):
    person("ada")
    client = site([GENETICS])
    assert not is_in(come_in(client, provider), client)


def test_a_closed_account_stays_out(site, provider, database):
    client = site([GENETICS])
    assert is_in(come_in(client, provider), client)
    id = client.get("/api/v1/me").json()["account"]
    database.write(lambda c: accounts.set_active(c, id, False, by="operator"))
    client.cookies.clear()
    assert not is_in(come_in(client, provider), client)


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"aud": ["phenomap", "another"]},
        {"aud": ["phenomap", "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"iat": time.time() + 10_000},
    ],
    ids=lambda changed: re.sub(r"\d{9,}\.\d+", "...", str(changed)),  # the same in every process
)
def test_an_answer_that_is_not_for_this_sign_in_is_refused(site, provider, changed):
    client = site([GENETICS])
    assert not is_in(come_in(client, provider, **changed), client)


@pytest.mark.parametrize(
    "signed_with",
    [
        (rsa.generate_private_key(65537, 2048), "RS256"),
        (None, "none"),
        ("a shared secret of thirty-two characters", "HS256"),
    ],
    ids=["forged", "none", "hmac"],
)
def test_an_answer_the_provider_did_not_sign_is_refused(site, provider, signed_with):
    provider.signed_with = signed_with
    client = site([GENETICS])
    assert not is_in(come_in(client, provider), client)


def test_an_answer_holds_for_the_browser_that_asked_and_once(site, provider, new_client):
    client = site([GENETICS])
    back = provider.authorise(begin(client))
    other = new_client(client.app, follow_redirects=False)
    assert not is_in(other.get("/sign-in/directory/callback", params=back), other)  # login CSRF: nothing was kept there
    begin(other)
    assert not is_in(other.get("/sign-in/directory/callback", params=back), other)  # another state was
    assert not is_in(client.get("/sign-in/directory/callback", params=back | {"state": ""}), client)
    again = provider.authorise(begin(client))
    assert is_in(client.get("/sign-in/directory/callback", params=again), client)
    client.cookies.clear()
    assert not is_in(client.get("/sign-in/directory/callback", params=again), client)


def test_a_user_who_turns_back_is_told(site, provider):
    client = site([GENETICS])
    state = provider.authorise(begin(client))["state"]
    answer = client.get("/sign-in/directory/callback", params={"state": state, "error": "access_denied"})
    assert not is_in(answer, client)


def test_a_provider_that_is_away_or_another_one_is_said_so(site, provider):
    provider.document["issuer"] = "https://evil.example"
    client = site([GENETICS])
    answer = client.get("/sign-in/directory")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in#directory=unreachable")
    assert client.post("/api/v1/sessions", json={"name": "a", "password": "b"}).status_code == 401  # the other door


@pytest.mark.parametrize("issuer", ["http://directory.example", "ftp://127.0.0.1", "directory"])
def test_a_provider_without_tls_is_refused_at_start(issuer):
    with pytest.raises(SettingsError, match="https"):
        Provider(Oidc(issuer=issuer, client_id="phenomap", redirect="https://here.example/callback"))


def test_the_kept_cookie_is_for_no_script_and_goes_with_the_answer(site, provider):
    client = site([GENETICS], trusted_proxies=["127.0.0.1"])
    kept = client.get("/sign-in/directory").headers["set-cookie"]
    assert kept.startswith("__Host-phenomap-directory=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(kept.split("; "))
