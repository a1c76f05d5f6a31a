"""What does not prove who launched, or comes from elsewhere, opens nothing, and says so on one clear page."""

from __future__ import annotations

import time

from service.identity.lockout import FREE_OF_ADDRESS
from tests.smart.conftest import jwk
from tests.smart.record_system import ANOTHER, REFUSED, come_in, is_refused, launch, led_to


def test_a_launch_from_elsewhere_is_not_followed(tab, ehr):
    for iss in ("https://elsewhere.example/fhir", "http://127.0.0.1:1/fhir", "", "file:///etc/passwd"):
        answer = tab.get("/smart/launch", params={"iss": iss, "launch": "xyz123"})
        is_refused(answer, tab, "not opened from a record system", 400)
        assert "location" not in answer.headers
    assert not ehr.visited


def test_a_launch_without_a_handle_or_with_an_endless_one_is_not_followed(tab, ehr):
    for handle in ("", "x" * 5000):
        answer = tab.get("/smart/launch", params={"iss": ehr.fhir, "launch": handle})
        is_refused(answer, tab, "not opened from a record system", 400)


def test_an_answer_holds_in_the_browser_that_launched_alone(tab, tab_at, ehr, ada, trail):
    """Another person's code: whoever is sent a link with it does not come in as them."""
    answer = ehr.authorise(launch(tab, ehr).headers["location"])
    another = tab_at()
    is_refused(another.get("/smart/callback", params=answer), another, REFUSED)
    launch(another, ehr)
    is_refused(another.get("/smart/callback", params=answer), another, REFUSED)
    assert trail()[-1] == ("sign_in_failed", "unknown")


def test_a_code_of_another_launch_is_refused_for_its_verifier_and_nonce(tab, tab_at, ehr, ada):
    theirs = ehr.authorise(launch(tab_at(), ehr).headers["location"])
    mine = ehr.authorise(launch(tab, ehr).headers["location"])
    is_refused(tab.get("/smart/callback", params=mine | {"code": theirs["code"]}), tab, REFUSED)


def test_a_code_holds_once(tab, ehr, ada):
    begun = launch(tab, ehr)
    kept = begun.cookies["phenomap-launch"]
    answer = ehr.authorise(begun.headers["location"])
    assert tab.get("/smart/callback", params=answer).status_code == 200
    tab.cookies.clear()
    tab.cookies.set("phenomap-launch", kept)
    is_refused(tab.get("/smart/callback", params=answer), tab, REFUSED)


def test_an_answer_without_code_and_state_is_refused(tab, ehr, ada):
    for answer in ({}, {"error": "access_denied", "state": "x"}, {"code": "c"}, {"state": "s"}):
        launch(tab, ehr)
        is_refused(tab.get("/smart/callback", params=answer), tab, REFUSED)


WRONG = {
    "of another issuer": {"iss": "https://elsewhere.example"},
    "for another client": {"aud": "pharmacy"},
    "for several, and us not its party": {"aud": ["phenomap", "pharmacy"], "azp": "pharmacy"},
    "expired": {"exp": int(time.time()) - 60},
    "of another launch": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "without a subject": {"sub": None},
}


def test_a_token_that_does_not_prove_who_launched_is_refused(tab, ehr, ada):
    for changed in WRONG.values():
        is_refused(come_in(tab, ehr, **changed), tab, REFUSED)
    assert led_to(come_in(tab, ehr, aud=["phenomap"])) == ""  # signed in, and no case of p1


def test_a_token_signed_otherwise_is_refused(tab, ehr, ada):
    for ehr.signed_with in ((ANOTHER, "RS256"), ("phenomap-secret-of-32-bytes-or-more", "HS256")):
        is_refused(come_in(tab, ehr), tab, REFUSED)


UNFIT = (
    {"authorization_endpoint": "http://ehr.example/authorize"},
    {"token_endpoint": None},
    {"issuer": "http://ehr.example"},
    {"jwks_uri": "http://ehr.example/keys"},
    {"code_challenge_methods_supported": ["plain"]},
)


def test_a_record_system_without_what_is_needed_or_without_tls_is_not_followed(tab, ehr):
    sound, address = ehr.configuration, "/fhir/.well-known/smart-configuration"
    for changed in UNFIT:
        ehr.pages[address] = (200, sound | changed)
        is_refused(launch(tab, ehr), tab, "does not answer", 503)
    ehr.pages[address] = (200, sound)
    assert launch(tab, ehr).status_code == 303  # what failed is not remembered


def test_a_record_system_that_does_not_answer_as_one_is_told(tab, ehr):
    ehr.pages["/elsewhere"] = (200, ehr.configuration)
    for page in ((500, {}), (200, []), (302, "/elsewhere")):
        ehr.pages["/fhir/.well-known/smart-configuration"] = page
        is_refused(launch(tab, ehr), tab, "does not answer", 503)
    assert "/elsewhere" not in ehr.visited


def test_keys_are_not_fetched_from_where_their_address_redirects(tab, ehr, ada):
    ehr.pages["/elsewhere"] = ehr.pages["/keys"]
    ehr.pages["/keys"] = (302, "/elsewhere")
    is_refused(come_in(tab, ehr), tab, "does not answer", 503)
    assert "/elsewhere" not in ehr.visited


def test_a_record_system_does_not_speak_for_another_issuer(tab, ehr, clinician):
    """It names the hospital's directory as its issuer, and keys of its own: the directory's own word is asked for."""
    directory = f"http://localhost:{ehr.server.server_port}"
    clinician(f"{directory}|s-1")
    ehr.configuration["issuer"] = directory
    is_refused(launch(tab, ehr), tab, "does not answer", 503)
    assert "/.well-known/openid-configuration" in ehr.visited
    ehr.pages["/theirs"] = (200, {"keys": [jwk(ANOTHER, "k")]})
    ehr.pages["/.well-known/openid-configuration"] = (200, {"issuer": directory, "jwks_uri": f"{directory}/theirs"})
    is_refused(come_in(tab, ehr, iss=directory), tab, REFUSED)
    ehr.signed_with, ehr.context = (ANOTHER, "RS256"), {}
    assert led_to(come_in(tab, ehr, iss=directory)) == "/cases"


def test_wrong_answers_shut_the_door_for_a_while(tab, ehr, ada):
    for _ in range(FREE_OF_ADDRESS):
        tab.get("/smart/callback", params={"state": "a", "code": "b"})
    is_refused(come_in(tab, ehr), tab, "too many attempts", 429)
