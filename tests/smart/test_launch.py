"""Launched from a patient's chart: the case opens, with the right person signed in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from service.identity import accounts
from service.identity.lockout import FREE_OF_ADDRESS
from service.settings import SettingsError
from service.store.tables import audit, session
from tests.smart.record_system import REDIRECT, SECRET, come_in, is_refused, launch, led_to


def test_the_patients_case_opens_with_the_right_person_signed_in(tab, ehr, ada, case_id, database, trail):
    answer = come_in(tab, ehr)
    assert led_to(answer) == f"/cases/{case_id}"
    assert tab.get("/api/v1/me").json()["account"] == ada
    page = tab.get(f"/cases/{case_id}")
    assert page.status_code == 200
    assert "Quxolath" in page.text
    assert trail()[-2:] == [("sign_in", ada), ("view", case_id)]
    links = database.read(lambda c: c.execute(select(audit.c.detail)).scalars().all())
    assert {"by": "launch"} in links
    assert "p1" not in str(links)
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "launch" not in each]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}


def test_a_launch_redirects_to_the_record_system_and_keeps_nothing_of_it_in_the_address(tab, ehr):
    begun = launch(tab, ehr)
    (cookie,) = begun.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600"} <= {part.strip() for part in cookie.split(";")}
    assert "code_verifier" not in begun.headers["location"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_address_is_the_settings_with_or_without_a_slash(tab, ehr, ada, case_id, slash):
    begun = launch(tab, ehr, f"{ehr.fhir}{slash}")
    assert f"{ehr.fhir}{slash}" in parse_qs(urlsplit(begun.headers["location"]).query)["aud"]


def test_a_public_client_sends_its_id_and_no_secret(launching, tab_at, ehr, ada):
    ehr.secret, ehr.context = None, {}
    client = tab_at(launching())
    assert led_to(come_in(client, ehr)) == "/cases"
    assert client.get("/api/v1/me").json()["account"] == ada


@pytest.mark.parametrize("told", ["absolute", "relative"])
def test_an_account_may_be_known_by_the_record_systems_own_practitioner(tab, ehr, clinician, told):
    id = clinician(f"{ehr.fhir}|Practitioner/7")
    user = f"{ehr.fhir}/Practitioner/7" if told == "absolute" else "Practitioner/7"
    ehr.context = {}
    assert led_to(come_in(tab, ehr, fhirUser=user)) == "/cases"
    assert tab.get("/api/v1/me").json()["account"] == id


def test_another_servers_practitioner_or_a_patient_is_nobody_here(tab, ehr, clinician):
    told = ("Practitioner/7", "Patient/7", "RelatedPerson/7", "Practitioner/7/x")
    for at, subject in enumerate(told):
        clinician(f"{ehr.fhir}|{subject}", name=f"n{at}")
    for user in ("https://elsewhere.example/fhir/Practitioner/7", *told[1:], ["7"]):
        is_refused(come_in(tab, ehr, fhirUser=user), tab, "Ask an administrator")


def test_someone_without_an_account_is_told_whom_to_ask_and_counts_against_nobody(tab, ehr, clinician, trail):
    clinician(f"{ehr.origin}|another")
    for _ in range(FREE_OF_ADDRESS + 1):
        is_refused(come_in(tab, ehr, preferred_username="ada"), tab, "Ask an administrator of Phenomap")
    assert trail()[-1] == ("sign_in_failed", "unknown")


def test_a_closed_account_and_a_machines_stay_out(tab, ehr, ada, database, clinician):
    database.write(lambda c: accounts.set_active(c, ada, False, by="operator"))
    is_refused(come_in(tab, ehr), tab, "Ask an administrator")
    subject = f"{ehr.origin}|s-2"
    database.write(lambda c: accounts.create_account(c, "robot", "Robot", "machine", subject=subject))
    is_refused(come_in(tab, ehr, sub="s-2"), tab, "Ask an administrator")


def test_a_case_of_another_department_is_as_no_case(tab, ehr, clinician, case_id):
    clinician(f"{ehr.origin}|s-1", "Surgery")
    answer = come_in(tab, ehr)
    assert led_to(answer) == ""
    assert "There is no case of this patient that you may see." in answer.text
    assert 'href="/cases"' in answer.text
    assert case_id not in answer.text
    assert tab.get("/cases").status_code == 200


def test_a_patient_who_was_never_sent_leads_to_the_list(tab, ehr, ada, case_id):
    for patient, to in (("p2", ""), ("../p1", "/cases"), (["p1"], "/cases")):  # what is no id of FHIR names nobody
        ehr.context = {"patient": patient}
        answer = come_in(tab, ehr)
        assert led_to(answer) == to
        assert case_id not in answer.text


def test_the_same_id_of_another_system_is_another_patient(app, launching, tab_at, ehr, ada, case_id, make_app):
    twin = {"client_id": "phenomap", "client_secret": SECRET, "redirect": REDIRECT}
    other = make_app(ehr=[{"name": "other", "account": "lab", "fhir": ehr.fhir, "launch": twin}])
    answer = come_in(tab_at(other), ehr)
    assert "There is no case of this patient" in answer.text


def test_a_session_that_was_in_the_browser_ends(tab, ehr, ada, person, signed_in, database):
    ehr.context = {}
    signed_in(person("bob"), tab)
    come_in(tab, ehr)
    assert tab.get("/api/v1/me").json()["account"] == ada
    live = database.read(
        lambda c: c.execute(select(session.c.account).where(session.c.ended.is_(None))).scalars().all()
    )
    assert live == [ada]


def test_the_pages_are_in_the_readers_language(tab, ehr):
    answer = tab.get("/smart/callback", headers={"Accept-Language": "zh-CN"})
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
