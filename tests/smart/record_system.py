"""A record system that launches, on a port of this machine, and what a browser does between the two."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.smart.conftest import jwk

REDIRECT = "http://127.0.0.1/smart/callback"
KEY, ANOTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
SECRET = "s3cret/"


class RecordSystem:
    """Gives a code to whoever is signed in to it, and for the code a token with what is open there.

    Written from SMART App Launch 2.2 ("Obtain authorization code", "Obtain access token") and its examples.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        ehr = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                ehr.visited.append(self.path)
                if self.path.startswith("/authorize?"):
                    answer = ehr.authorise(ehr.origin + self.path)
                    self.reply(302, f"{ehr.back_to}?{urlencode(answer)}")
                else:
                    self.reply(*ehr.pages.get(self.path, (404, {})))

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.reply(*ehr.token({k: v[0] for k, v in form.items()}, self.headers.get("Authorization")))

            def reply(self, status, content):
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", content)
                kind = "text/html" if isinstance(content, str) else "application/json"
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(content.encode() if isinstance(content, str) else json.dumps(content).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://{host}:{self.server.server_port}"
        self.fhir = f"{self.origin}/fhir"
        self.configuration = {
            "issuer": self.origin,
            "jwks_uri": f"{self.origin}/keys",
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"],
            "capabilities": [
                "launch-ehr",
                "client-confidential-symmetric",
                "context-ehr-patient",
                "sso-openid-connect",
            ],
        }
        self.pages = {
            "/fhir/.well-known/smart-configuration": (200, self.configuration),
            "/keys": (200, {"keys": [jwk(KEY, "k") | {"use": "sig", "alg": "RS256"}]}),
        }
        self.claims: dict = {"sub": "s-1", "fhirUser": f"{self.fhir}/Practitioner/7"}
        self.context: dict = {"patient": "p1", "need_patient_banner": False}
        self.secret: str | None = SECRET
        self.signed_with = (KEY, "RS256")
        self.back_to = REDIRECT
        self.codes: dict[str, dict] = {}
        self.visited: list[str] = []

    def authorise(self, url: str, **changed) -> dict[str, str]:
        """What the browser brings back once the launch is approved; claims may be `changed`, or left out by None."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(self.configuration["authorization_endpoint"] + "?")
        assert set(asked) == {
            *("response_type", "client_id", "redirect_uri", "launch", "scope", "state", "aud"),
            *("nonce", "code_challenge", "code_challenge_method"),
        }
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert (asked["redirect_uri"], asked["launch"]) == (REDIRECT, "xyz123")
        assert asked["aud"].rstrip("/") == self.fhir
        assert set(asked["scope"].split()) == {"openid", "fhirUser", "launch"}
        assert len(asked["state"]) >= 22  # 122 bits in base64 at least
        code = f"code-{len(self.codes)}"
        at = int(time.time())
        own = {"iss": self.origin, "aud": asked["client_id"], "iat": at, "exp": at + 60, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (own | self.claims | changed).items() if value is not None}
        self.codes[code] = {"challenge": asked["code_challenge"], "claims": claims, "context": dict(self.context)}
        return {"state": asked["state"], "code": code}

    def token(self, form, authorization):
        known = self.codes.pop(form.get("code"), None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        right = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        assert form["grant_type"] == "authorization_code"
        if self.secret is None:
            is_client = authorization is None and form.get("client_id") == "phenomap"
        else:
            pair = base64.b64encode(b"phenomap:s3cret%2F").decode()
            is_client = authorization == f"Basic {pair}" and "client_id" not in form
        if known is None or right != known["challenge"] or form["redirect_uri"] != REDIRECT or not is_client:
            return 400, {"error": "invalid_grant"}
        id_token = jwt.encode(known["claims"], *self.signed_with, headers={"kid": "k"})
        told = {"access_token": "secret-of-the-record-system", "token_type": "Bearer", "expires_in": 300}
        return 200, told | {"scope": "openid fhirUser launch", "id_token": id_token} | known["context"]


def launch(tab, ehr, iss=None):
    return tab.get("/smart/launch", params={"iss": iss or ehr.fhir, "launch": "xyz123"})


def come_in(tab, ehr, **changed):
    begun = launch(tab, ehr)
    assert begun.status_code == 303, begun.text
    return tab.get("/smart/callback", params=ehr.authorise(begun.headers["location"], **changed))


def led_to(answer) -> str:
    """Where the page that was given back leads on to."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text.partition('http-equiv="refresh" content="0; url=')[2].partition('"')[0]


def is_refused(answer, tab, words, status=403):
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), answer.text
    assert words in unescape(answer.text)
    assert 'http-equiv="refresh"' not in answer.text
    assert tab.get("/api/v1/me").status_code == 401


REFUSED = "The record system's answer could not be used."
