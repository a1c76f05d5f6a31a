"""Launched from a patient's chart: a record system, written from the standard, stands on a port of this machine."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select

from service.identity import accounts
from service.identity.lockout import FREE_OF_ADDRESS
from service.identity.roles import Role
from service.settings import SettingsError
from service.store.tables import audit, session
from tests.fhir_intake.conftest import bundle, observation, patient
from tests.smart.conftest import jwk

REDIRECT = "http://127.0.0.1/smart/callback"
KEY, ANOTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
SECRET = "s3cret/"


class RecordSystem:
    """Gives a code to whoever is signed in to it, and for the code a token with what is open there.

    Written from SMART App Launch 2.2 ("Obtain authorization code", "Obtain access token") and its examples.
    """

    def __init__(self) -> None:
        ehr = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                ehr.visited.append(self.path)
                self.reply(*ehr.pages.get(self.path, (404, {})))

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.reply(*ehr.token({k: v[0] for k, v in form.items()}, self.headers.get("Authorization")))

            def reply(self, status, content):
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", content)
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
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


@pytest.fixture
def ehr() -> Iterator[RecordSystem]:
    made = RecordSystem()
    Thread(target=made.server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def launching(make_app, ehr, machine):
    """Makes an application that the record system launches."""

    def made(**changed):
        launch = {"client_id": "phenomap", "client_secret": ehr.secret, "redirect": REDIRECT} | changed
        return make_app(ehr=[{"name": "h.i.s", "account": "lab", "fhir": ehr.fhir, "launch": launch}])

    return made


@pytest.fixture
def app(launching):
    return launching()


@pytest.fixture
def browser_at(new_client, app):
    return lambda app=app: new_client(app, follow_redirects=False)


@pytest.fixture
def browser(browser_at):
    return browser_at()


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
def case_id(app, machine, database, new_client):
    """The case of the record system's Patient/p1, sent with a key of its account."""
    from service.identity.api_keys import create_key

    key = database.write(lambda c: create_key(c, machine.id, 1, by="operator")).key
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/fhir+json"}
    sent = bundle(patient(name=[{"text": "Quxolath"}]), observation())
    answer = new_client(app).post("/fhir", content=json.dumps(sent), headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["entry"][0]["response"]["location"].split("/")[1]


def launch(browser, ehr, iss=None):
    return browser.get("/smart/launch", params={"iss": iss or ehr.fhir, "launch": "xyz123"})


def come_in(browser, ehr, **changed):
    begun = launch(browser, ehr)
    assert begun.status_code == 303, begun.text
    return browser.get("/smart/callback", params=ehr.authorise(begun.headers["location"], **changed))


def led_to(answer) -> str:
    """Where the page that was given back leads on to."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text.partition('http-equiv="refresh" content="0; url=')[2].partition('"')[0]


def is_refused(answer, browser, words, status=403):
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), answer.text
    assert words in unescape(answer.text)
    assert 'http-equiv="refresh"' not in answer.text
    assert browser.get("/api/v1/me").status_code == 401


REFUSED = "The record system's answer could not be used."


def test_the_patients_case_opens_with_the_right_person_signed_in(browser, ehr, ada, case_id, database, trail):
    answer = come_in(browser, ehr)
    assert led_to(answer) == f"/cases/{case_id}"
    assert browser.get("/api/v1/me").json()["account"] == ada
    page = browser.get(f"/cases/{case_id}")
    assert page.status_code == 200
    assert "Quxolath" in page.text
    assert trail()[-2:] == [("sign_in", ada), ("view", case_id)]
    links = database.read(lambda c: c.execute(select(audit.c.detail)).scalars().all())
    assert {"by": "launch"} in links
    assert "p1" not in str(links)
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "launch" not in each]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}


def test_a_launch_redirects_to_the_record_system_and_keeps_nothing_of_it_in_the_address(browser, ehr):
    begun = launch(browser, ehr)
    (cookie,) = begun.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600"} <= {part.strip() for part in cookie.split(";")}
    assert "code_verifier" not in begun.headers["location"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_address_is_the_settings_with_or_without_a_slash(browser, ehr, ada, case_id, slash):
    begun = launch(browser, ehr, f"{ehr.fhir}{slash}")
    assert f"{ehr.fhir}{slash}" in parse_qs(urlsplit(begun.headers["location"]).query)["aud"]


def test_a_public_client_sends_its_id_and_no_secret(launching, browser_at, ehr, ada):
    ehr.secret, ehr.context = None, {}
    client = browser_at(launching())
    assert led_to(come_in(client, ehr)) == "/cases"
    assert client.get("/api/v1/me").json()["account"] == ada


@pytest.mark.parametrize("told", ["absolute", "relative"])
def test_an_account_may_be_known_by_the_record_systems_own_practitioner(browser, ehr, clinician, told):
    id = clinician(f"{ehr.fhir}|Practitioner/7")
    user = f"{ehr.fhir}/Practitioner/7" if told == "absolute" else "Practitioner/7"
    ehr.context = {}
    assert led_to(come_in(browser, ehr, fhirUser=user)) == "/cases"
    assert browser.get("/api/v1/me").json()["account"] == id


@pytest.mark.parametrize(
    "user", ["https://elsewhere.example/fhir/Practitioner/7", "Patient/7", "RelatedPerson/7", "Practitioner/7/x", ["7"]]
)
def test_another_servers_practitioner_or_a_patient_is_nobody_here(browser, ehr, clinician, user):
    for at, subject in enumerate(("Practitioner/7", "Patient/7", "RelatedPerson/7", "Practitioner/7/x")):
        clinician(f"{ehr.fhir}|{subject}", name=f"n{at}")
    is_refused(come_in(browser, ehr, fhirUser=user), browser, "Ask an administrator")


def test_someone_without_an_account_is_told_whom_to_ask_and_counts_against_nobody(browser, ehr, clinician, trail):
    clinician(f"{ehr.origin}|another")
    for _ in range(FREE_OF_ADDRESS + 1):
        is_refused(come_in(browser, ehr, preferred_username="ada"), browser, "Ask an administrator of Phenomap")
    assert trail()[-1] == ("sign_in_failed", "unknown")


def test_a_closed_account_and_a_machines_stay_out(browser, ehr, ada, database, clinician):
    database.write(lambda c: accounts.set_active(c, ada, False, by="operator"))
    is_refused(come_in(browser, ehr), browser, "Ask an administrator")
    subject = f"{ehr.origin}|s-2"
    database.write(lambda c: accounts.create_account(c, "robot", "Robot", "machine", subject=subject))
    is_refused(come_in(browser, ehr, sub="s-2"), browser, "Ask an administrator")


def test_a_case_of_another_department_is_as_no_case(browser, ehr, clinician, case_id):
    clinician(f"{ehr.origin}|s-1", "Surgery")
    answer = come_in(browser, ehr)
    assert led_to(answer) == ""
    assert "There is no case of this patient that you may see." in answer.text
    assert 'href="/cases"' in answer.text
    assert case_id not in answer.text
    assert browser.get("/cases").status_code == 200


@pytest.mark.parametrize("context", [{"patient": "p2"}, {"patient": "../p1"}, {"patient": ["p1"]}])
def test_a_patient_who_was_never_sent_leads_to_the_list(browser, ehr, ada, case_id, context):
    ehr.context = context
    answer = come_in(browser, ehr)
    assert led_to(answer) in ("", "/cases")
    assert case_id not in answer.text


def test_the_same_id_of_another_system_is_another_patient(app, launching, browser_at, ehr, ada, case_id, make_app):
    twin = {"client_id": "phenomap", "client_secret": SECRET, "redirect": REDIRECT}
    other = make_app(ehr=[{"name": "other", "account": "lab", "fhir": ehr.fhir, "launch": twin}])
    answer = come_in(browser_at(other), ehr)
    assert "There is no case of this patient" in answer.text


@pytest.mark.parametrize("iss", ["https://elsewhere.example/fhir", "http://127.0.0.1:1/fhir", "", "file:///etc/passwd"])
def test_a_launch_from_elsewhere_is_not_followed(browser, ehr, iss):
    answer = browser.get("/smart/launch", params={"iss": iss, "launch": "xyz123"})
    is_refused(answer, browser, "not opened from a record system", 400)
    assert "location" not in answer.headers
    assert not ehr.visited


@pytest.mark.parametrize("handle", ["", "x" * 5000])
def test_a_launch_without_a_handle_or_with_an_endless_one_is_not_followed(browser, ehr, handle):
    answer = browser.get("/smart/launch", params={"iss": ehr.fhir, "launch": handle})
    is_refused(answer, browser, "not opened from a record system", 400)


def test_an_answer_holds_in_the_browser_that_launched_alone(browser, browser_at, ehr, ada, trail):
    """Another person's code: whoever is sent a link with it does not come in as them."""
    answer = ehr.authorise(launch(browser, ehr).headers["location"])
    another = browser_at()
    is_refused(another.get("/smart/callback", params=answer), another, REFUSED)
    launch(another, ehr)
    is_refused(another.get("/smart/callback", params=answer), another, REFUSED)
    assert trail()[-1] == ("sign_in_failed", "unknown")


def test_a_code_of_another_launch_is_refused_for_its_verifier_and_nonce(browser, browser_at, ehr, ada):
    theirs = ehr.authorise(launch(browser_at(), ehr).headers["location"])
    mine = ehr.authorise(launch(browser, ehr).headers["location"])
    is_refused(browser.get("/smart/callback", params=mine | {"code": theirs["code"]}), browser, REFUSED)


def test_a_code_holds_once(browser, ehr, ada):
    begun = launch(browser, ehr)
    kept = begun.cookies["phenomap-launch"]
    answer = ehr.authorise(begun.headers["location"])
    assert browser.get("/smart/callback", params=answer).status_code == 200
    browser.cookies.clear()
    browser.cookies.set("phenomap-launch", kept)
    is_refused(browser.get("/smart/callback", params=answer), browser, REFUSED)


@pytest.mark.parametrize("answer", [{}, {"error": "access_denied", "state": "x"}, {"code": "c"}, {"state": "s"}])
def test_an_answer_without_code_and_state_is_refused(browser, ehr, ada, answer):
    launch(browser, ehr)
    is_refused(browser.get("/smart/callback", params=answer), browser, REFUSED)


WRONG = {
    "of another issuer": {"iss": "https://elsewhere.example"},
    "for another client": {"aud": "pharmacy"},
    "for several, and us not its party": {"aud": ["phenomap", "pharmacy"], "azp": "pharmacy"},
    "expired": {"exp": int(time.time()) - 60},
    "of another launch": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "without a subject": {"sub": None},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_a_token_that_does_not_prove_who_launched_is_refused(browser, ehr, ada, changed):
    is_refused(come_in(browser, ehr, **changed), browser, REFUSED)


@pytest.mark.parametrize("signed_with", [(ANOTHER, "RS256"), ("phenomap-secret-of-32-bytes-or-more", "HS256")])
def test_a_token_signed_otherwise_is_refused(browser, ehr, ada, signed_with):
    ehr.signed_with = signed_with
    is_refused(come_in(browser, ehr), browser, REFUSED)


@pytest.mark.parametrize(
    "changed",
    [
        {"authorization_endpoint": "http://ehr.example/authorize"},
        {"token_endpoint": None},
        {"issuer": "http://ehr.example"},
        {"jwks_uri": "http://ehr.example/keys"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
def test_a_record_system_without_what_is_needed_or_without_tls_is_not_followed(browser, ehr, changed):
    ehr.configuration |= changed
    is_refused(launch(browser, ehr), browser, "does not answer", 503)


@pytest.mark.parametrize("page", [(500, {}), (200, []), (302, "/elsewhere")])
def test_a_record_system_that_does_not_answer_as_one_is_told(browser, ehr, page):
    ehr.pages["/elsewhere"] = (200, ehr.configuration)
    ehr.pages["/fhir/.well-known/smart-configuration"] = page
    is_refused(launch(browser, ehr), browser, "does not answer", 503)
    assert "/elsewhere" not in ehr.visited


def test_keys_are_not_fetched_from_where_their_address_redirects(browser, ehr, ada):
    ehr.pages["/elsewhere"] = ehr.pages["/keys"]
    ehr.pages["/keys"] = (302, "/elsewhere")
    is_refused(come_in(browser, ehr), browser, "does not answer", 503)
    assert "/elsewhere" not in ehr.visited


def test_a_record_system_does_not_speak_for_another_issuer(browser, ehr, clinician):
    """It names the hospital's directory as its issuer, and keys of its own: the directory's own word is asked for."""
    directory = f"http://localhost:{ehr.server.server_port}"
    clinician(f"{directory}|s-1")
    ehr.configuration["issuer"] = directory
    is_refused(launch(browser, ehr), browser, "does not answer", 503)
    assert "/.well-known/openid-configuration" in ehr.visited
    ehr.pages["/theirs"] = (200, {"keys": [jwk(ANOTHER, "k")]})
    ehr.pages["/.well-known/openid-configuration"] = (200, {"issuer": directory, "jwks_uri": f"{directory}/theirs"})
    is_refused(come_in(browser, ehr, iss=directory), browser, REFUSED)
    ehr.signed_with, ehr.context = (ANOTHER, "RS256"), {}
    assert led_to(come_in(browser, ehr, iss=directory)) == "/cases"


def test_wrong_answers_shut_the_door_for_a_while(browser, ehr, ada):
    for _ in range(FREE_OF_ADDRESS):
        browser.get("/smart/callback", params={"state": "a", "code": "b"})
    is_refused(come_in(browser, ehr), browser, "too many attempts", 429)


def test_a_session_that_was_in_the_browser_ends(browser, ehr, ada, person, signed_in, database):
    ehr.context = {}
    signed_in(person("bob"), browser)
    come_in(browser, ehr)
    assert browser.get("/api/v1/me").json()["account"] == ada
    live = database.read(
        lambda c: c.execute(select(session.c.account).where(session.c.ended.is_(None))).scalars().all()
    )
    assert live == [ada]


def test_the_pages_are_in_the_readers_language(browser, ehr):
    answer = browser.get("/smart/callback", headers={"Accept-Language": "zh-CN"})
    assert 'lang="zh"' in answer.text
    assert "病历系统的答复无法使用" in answer.text


def test_behind_tls_the_cookie_is_for_this_host_alone(make_app, new_client, ehr, machine):
    launched = {"client_id": "phenomap", "redirect": "https://127.0.0.1/smart/callback"}
    system = {"name": "his", "account": "lab", "fhir": ehr.fhir, "launch": launched}
    app = make_app(ehr=[system], trusted_proxies=("127.0.0.1",))
    begun = launch(new_client(app, base_url="https://127.0.0.1", follow_redirects=False), ehr)
    assert begun.headers["set-cookie"].startswith("__Host-phenomap-launch=")
    assert "Secure" in begun.headers["set-cookie"]


def test_where_no_system_launches_there_is_no_such_address(make_app, new_client, problem):
    client = new_client(make_app())
    problem(client.get("/smart/launch"), 404)
    problem(client.get("/smart/callback"), 404)


UNFIT = {
    "no address": {"fhir": None},
    "no TLS": {"fhir": "http://ehr.example/fhir"},
    "a redirect without TLS": {"redirect": "http://phenomap.example/smart/callback"},
    "a scope is missing": {"scopes": ["openid"]},
}


@pytest.mark.parametrize("changed", UNFIT.values(), ids=UNFIT)
def test_settings_that_cannot_work_do_not_start(make_app, changed):
    launched = {"client_id": "phenomap", "redirect": REDIRECT} | {k: v for k, v in changed.items() if k != "fhir"}
    system = {"name": "his", "account": "lab", "fhir": changed.get("fhir", "http://127.0.0.1:1/fhir")}
    with pytest.raises(SettingsError):
        make_app(ehr=[system | {"launch": launched}])
