"""A hospital whose laboratory has a client for access tokens, and whose record system launches the case page."""

from __future__ import annotations

import json
import time
from itertools import count

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from service.identity.roles import Role
from tests.identity import conftest as door

app, client, new_client, make_app = door.app, door.client, door.new_client, door.make_app
database, keeping, trail = door.database, door.keeping, door.trail
person, signed_in, problem = door.person, door.signed_in, door.problem

AUDIENCE = "https://phenomap.example"
TOKEN_URL = f"{AUDIENCE}/smart/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NEXT = count()


@pytest.fixture(scope="session")
def curve():
    return ec.generate_private_key(ec.SECP384R1())


@pytest.fixture(scope="session")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def jwk(key, kid: str) -> dict:
    """The public half of a key, as a JWK set tells it."""
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid}


def signed(key, algorithm: str = "ES384", kid: str = "ec", **changed) -> str:
    """An assertion of the laboratory's client, sound but for what is `changed`; None leaves a claim out."""
    at = int(time.time())
    claims = {"iss": "lab", "sub": "lab", "aud": TOKEN_URL, "exp": at + 240, "jti": f"j{next(_NEXT)}"} | changed
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm, headers={"kid": kid})


def asked(assertion: str, scope: str = "system/Observation.rs", **changed) -> dict:
    """The form of a token request; None leaves a parameter out."""
    form = {"grant_type": "client_credentials", "scope": scope} | {
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion,
    }
    return {name: value for name, value in (form | changed).items() if value is not None}


@pytest.fixture
def keys(tmp_path, curve, rsa_key):
    path = tmp_path / "lab.json"
    path.write_text(json.dumps({"keys": [jwk(curve, "ec"), jwk(rsa_key, "rsa")]}))
    return str(path)


@pytest.fixture
def machine(person):
    """The account of the laboratory's client, a clinician's of Genetics."""
    return person("lab", Role.CLINICIAN, kind="machine")


@pytest.fixture
def site(make_app, keys, machine):
    """An application where the laboratory's client may be given these scopes."""

    def made(*scopes: str, **more):
        smart = {"client_id": "lab", "keys": {"file": keys}, "scopes": scopes or ("system/*.cruds",)}
        return make_app(audience=AUDIENCE, ehr=[{"name": "his", "account": "lab", "smart": smart}], **more)

    return made


@pytest.fixture
def token_for(site, new_client, curve):
    """A client of the service that bears a token with these scopes."""

    def made(scope: str, app=None):
        bearing = new_client(app or site())
        answer = bearing.post("/smart/token", data=asked(signed(curve), scope))
        assert answer.status_code == 200, answer.text
        bearing.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return bearing

    return made
