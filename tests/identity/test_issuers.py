"""Signed tokens of other systems: the keys that the hospital registered show whose they are, and nothing else does."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from service.identity.issuers import IssuerKeys, KeysAway, TokenRefused, issuer_of, verified
from service.settings import SettingsError
from service.settings_ehr import Keys

ISSUER, HERE = "https://ehr.example", "https://phenomap.example/cds-services/x"


@pytest.fixture(scope="module")
def curve():
    return ec.generate_private_key(ec.SECP384R1())


def told(key, kid: str) -> dict:
    """The public half, as a JWK set tells it."""
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid}


def written(folder, *keys: dict) -> Keys:
    path = folder / "keys.json"
    path.write_text(json.dumps({"keys": list(keys)}))
    return Keys(file=path)


def token(key, algorithm: str = "ES384", kid: str | None = "one", jku: str | None = None, **changed) -> str:
    at = time.time()
    claims = {"iss": ISSUER, "aud": HERE, "iat": at, "exp": at + 60, "jti": "a"} | changed
    headers = {name: value for name, value in (("kid", kid), ("jku", jku)) if value}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm, headers=headers)


def ask(token: str, keys: Keys):
    return verified(token, IssuerKeys(keys), issuer=ISSUER, audiences=[HERE], longest=300)


@pytest.fixture
def keys(tmp_path, curve):
    return written(tmp_path, told(curve, "one"))


def test_a_sound_token_holds_and_says_what_may_not_come_twice(keys, curve):
    sound = ask(token(curve, iat=None), keys)
    assert sound.claims["aud"] == HERE
    assert sound.replay_id == f"{ISSUER} a"
    assert 60 <= sound.expires.timestamp() - time.time() < 71  # ten seconds more than it says
    assert issuer_of(token(curve)) == ISSUER


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": time.time() + 9000}, "longer than 300"),
        ({"nbf": time.time() + 900}, "later"),
        ({"aud": "https://other.example"}, "another service"),
        ({"iss": "https://other.example"}, "another issuer"),
        ({"jti": None}, "lacks a claim"),
        ({"jti": "j" * 201}, "jti"),
        ({"exp": None}, "lacks a claim"),
        ({"kid": "two"}, "names no key"),
        ({"kid": None}, "names no key"),
        ({"jku": "https://evil.example/keys"}, "jku"),
    ],
)
def test_a_token_that_is_not_meant_for_now_and_here_is_refused(keys, curve, changed, words):
    with pytest.raises(TokenRefused, match=words):
        ask(token(curve, **changed), keys)


def test_the_kind_of_key_says_the_algorithm_and_the_token_does_not(tmp_path, curve):
    large, small = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024)
    other = ec.generate_private_key(ec.SECP256R1())
    shared = {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI", "kid": "shared"}
    keys = written(
        tmp_path, told(large, "large"), told(small, "small"), told(other, "other"), shared, told(curve, "one")
    )
    assert ask(token(large, "RS384", "large"), keys)
    for key, algorithm, kid in (
        (large, "RS256", "large"),
        (large, "PS384", "large"),
        (small, "RS384", "small"),
        (other, "ES256", "other"),
        ("secret" * 8, "HS384", "shared"),
        (ec.generate_private_key(ec.SECP384R1()), "ES384", "one"),  # somebody else's signature
        (None, "none", "one"),
    ):
        with pytest.raises(TokenRefused):
            ask(token(key, algorithm, kid), keys)


@pytest.mark.parametrize("rubbish", ["", "a.b.c", "x" * 30_000, "ä", "e30.e30."])
def test_rubbish_is_refused_and_names_nobody(keys, rubbish):
    assert issuer_of(rubbish) == ""
    with pytest.raises(TokenRefused):
        ask(rubbish, keys)


def test_a_changed_file_of_keys_is_read_anew(tmp_path, curve):
    keys = IssuerKeys(written(tmp_path, told(ec.generate_private_key(ec.SECP384R1()), "one")))
    rules = {"issuer": ISSUER, "audiences": [HERE], "longest": 300}
    with pytest.raises(TokenRefused):
        verified(token(curve), keys, **rules)
    time.sleep(0.01)
    written(tmp_path, told(curve, "one"))
    assert verified(token(curve), keys, **rules)


def test_keys_that_cannot_be_had_are_told_from_a_token_that_is_wrong(tmp_path, curve):
    (tmp_path / "broken.json").write_text("[]")
    for keys in (
        Keys(file=tmp_path / "none.json"),
        Keys(file=tmp_path / "broken.json"),
        Keys(url="http://127.0.0.1:9/k"),
    ):
        with pytest.raises(KeysAway):
            ask(token(curve), keys)
    with pytest.raises(SettingsError):
        IssuerKeys(Keys())


def test_keys_at_an_address_are_fetched_once_and_never_through_a_redirect(curve):
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302 if self.path == "/moved" else 200)
            self.send_header("Location", "/keys")
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [told(curve, "one")]}).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    at = f"http://127.0.0.1:{server.server_port}"
    keys = IssuerKeys(Keys(url=f"{at}/keys"))
    rules = {"issuer": ISSUER, "audiences": [HERE], "longest": 300}
    try:
        for _ in range(3):
            assert verified(token(curve, jku=f"{at}/keys"), keys, **rules)
        with pytest.raises(TokenRefused):  # not among them: asked for again a minute later at the soonest
            verified(token(curve, kid="two"), keys, **rules)
        assert asked == ["/keys"]
        with pytest.raises(KeysAway):
            ask(token(curve), Keys(url=f"{at}/moved"))
        assert asked == ["/keys", "/moved"]
    finally:
        server.shutdown()
