"""A hospital whose laboratory has a client for access tokens, and whose record system launches the case page."""

from __future__ import annotations

import json
import time
from itertools import count
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from service.identity import accounts
from service.identity.api_keys import create_key
from service.identity.roles import Role
from tests.fhir_intake.conftest import bundle, observation, patient
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


@pytest.fixture
def ehr(request):
    """A record system at 127.0.0.1, or where a test says."""
    from tests.smart.record_system import RecordSystem

    made = RecordSystem(getattr(request, "param", "127.0.0.1"))
    Thread(target=made.server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def launching(make_app, ehr, machine):
    """Makes an application that the record system launches."""

    def made(**changed):
        launch = {
            "client_id": "phenomap",
            "client_secret": ehr.secret,
            "redirect": "http://127.0.0.1/smart/callback",
        } | changed
        return make_app(ehr=[{"name": "h.i.s", "account": "lab", "fhir": ehr.fhir, "launch": launch}])

    return made


@pytest.fixture
def service_here(launching):
    return launching()


@pytest.fixture
def tab_at(new_client, service_here):
    return lambda app=service_here: new_client(app, follow_redirects=False)


@pytest.fixture
def tab(tab_at):
    return tab_at()


@pytest.fixture
def clinician(database, person, ehr):
    """Makes someone of a department with an account that is known by a subject; no password."""

    def made(subject, department="Genetics", role=Role.CLINICIAN, name="ada"):
        def work(connection):
            where = accounts.find_department(connection, department)
            where = where or accounts.create_department(connection, department)
            id = accounts.create_account(connection, name, name.title(), subject=subject)
            accounts.grant(connection, id, where, role)
            return id

        return database.write(work)

    return made


@pytest.fixture
def ada(clinician, ehr):
    return clinician(f"{ehr.origin}|s-1")


@pytest.fixture
def case_id(service_here, machine, database, new_client):
    """The case of the record system's Patient/p1, sent with a key of its account."""
    key = database.write(lambda c: create_key(c, machine.id, 1, by="operator")).key
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/fhir+json"}
    sent = bundle(patient(name=[{"text": "Quxolath"}]), observation())
    answer = new_client(service_here).post("/fhir", content=json.dumps(sent), headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["entry"][0]["response"]["location"].split("/")[1]
