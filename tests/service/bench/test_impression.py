"""A first impression before the list where the site wants it, and how long evidence was read."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from benchmarks.hospital import NOBODY
from benchmarks.hospital import hospital as opened
from service.app import create_app
from service.cases.rules import CaseRules
from service.settings import Settings
from service.store.tables import audit, case, evidence_look, impression

NOTE = "Boy with arachnodactyly and ectopia lentis; scoliosis."
WANTED = CaseRules(first_impression="required")
THOUGHT = "Marfan, or <b>Loeys-Dietz</b>."
REASON = {"decision": "more_data", "reason": "To be seen again."}


@pytest.fixture
def hospital_with(tmp_path, assessor):
    with ExitStack() as stack:
        yield lambda **rules: stack.enter_context(opened(tmp_path, assessor, CaseRules(**rules)))


@pytest.fixture
def page_of(page):
    """Opens a page of a client."""
    return lambda client, base="/bench": type(page)(client, base)


@pytest.fixture
def kept(page_of):
    """Opens a page over a new case of the north, before its clinician."""

    def make(hospital):
        client = hospital.client("clinician north")
        id = client.post("/api/v1/cases", json={"notes": [{"text": NOTE}]}).json()["id"]
        return page_of(client, f"/cases/{id}")

    return make


def rows_of(hospital, table):
    return hospital.keeping.database.read(lambda c: c.execute(select(table)).mappings().all())


def gated(page):
    """The list, questions, genes and tests are kept back, and the form stands in their place."""
    parts = page.parts
    assert parts.one(id="impression").one("h3").text == "Before the list: what do you think it is?"
    assert parts.all(class_="disease") == parts.all(class_="question") == parts.all(class_="gene") == []
    assert "Long-limb syndrome" not in "".join(parts.one(id=part).text for part in ("ranking", "questions", "genes"))
    return True


def test_where_it_is_wanted_nothing_of_the_list_is_sent_before_it_is_written(assessor, page_of):
    client = TestClient(create_app(assessor, settings=Settings(cases=WANTED)), base_url="http://127.0.0.1")
    page = page_of(client).send("note", text=NOTE)
    assert gated(page)
    assert len(page.rows()) == 3  # the findings are there to be corrected
    assert page.parts.one(id="impression").all("form")[1:] == []  # it cannot be passed over
    page.send("impression", status=422)
    page.send("impression", status=422, text="  \n ")
    page.send("impression", text=THOUGHT)
    assert page.parts.one(id="impression").text == f"Your first impression: {THOUGHT}"
    assert page.parts.all(class_="disease")
    page.send("impression", status=409, text="Something else.")


def test_a_state_that_says_it_was_passed_over_shows_nothing_where_it_is_wanted(assessor, page_of):
    client = TestClient(create_app(assessor, settings=Settings(cases=WANTED)), base_url="http://127.0.0.1")
    page = page_of(client).send("note", text=NOTE)
    state = page.carried["state"].rstrip("}") + ',"passed_over":true}'
    assert gated(page.send("look", state=state))


def test_where_it_is_offered_the_list_is_shown_and_it_can_be_passed_over(reading):
    page = reading(NOTE)
    offered = page.parts.one("details", id="impression")
    assert not offered.has("open", True)
    assert len(offered.all("form")) == 2
    assert page.parts.all(class_="disease")
    page.send("impression")
    assert page.parts.all(id="impression") == []
    page.send("impression", text=THOUGHT)  # on second thoughts
    assert page.parts.one(id="impression").one("q").text == THOUGHT


def test_a_kept_case_shows_its_list_once_a_clinician_has_written(hospital_with, page_of, kept):
    hospital = hospital_with(first_impression="required")
    page = kept(hospital)
    assert gated(page.send("look"))
    version = page.carried["seen"]
    page.send("impression", text=THOUGHT)
    assert page.parts.all(class_="disease")
    assert page.carried["seen"] == version  # nothing that a report is made from has changed
    colleague = page_of(hospital.client("colleague north"), page.base).send("look")
    assert colleague.parts.one(id="impression").text == f"First impression of a colleague: {THOUGHT}"
    page.send("impression", status=409, text="Something else.")
    (row,) = rows_of(hospital, impression)
    assert b"Marfan" not in row["sealed"]
    assert "Marfan" not in str(rows_of(hospital, audit))


def test_who_may_only_read_is_told_that_nobody_has_written(hospital_with, page_of, kept):
    hospital = hospital_with(first_impression="required")
    page = kept(hospital)
    reader = page_of(hospital.client("second_reader north"), page.base).send("look")
    assert gated(reader)
    assert reader.parts.one(id="impression").all("form") == []
    reader.send("impression", status=403, text=THOUGHT)


def test_a_report_is_not_signed_where_a_wanted_impression_is_missing(hospital_with, kept):
    hospital = hospital_with(first_impression="required")
    page, client = kept(hospital), hospital.client("clinician north")
    path = f"/api/v1{page.base}"
    report = client.post(f"{path}/assess", json={}).json()["id"]
    refused = client.post(f"{path}/sign-off", json={"report": report, **REASON})
    assert refused.status_code == 409
    assert "first impression" in refused.json()["detail"]
    page.send("look")
    page.send("impression", text=THOUGHT)
    signed = client.post(f"{path}/sign-off", json={"report": report, **REASON})
    assert signed.status_code == 201, signed.text


def test_what_was_passed_over_is_missing_once_the_site_wants_it(hospital_with, assessor, kept):
    hospital = hospital_with()
    page, client = kept(hospital), hospital.client("clinician north")
    page.send("look").send("impression")
    report = client.post(f"/api/v1{page.base}/assess", json={}).json()["id"]
    body = {"report": report, **REASON}
    stricter = create_app(assessor, keeping=hospital.keeping, settings=Settings(cases=WANTED))
    strict = TestClient(stricter, base_url="http://127.0.0.1", headers=client.headers, cookies=client.cookies)
    assert strict.post(f"/api/v1{page.base}/sign-off", json=body).status_code == 409
    assert client.post(f"/api/v1{page.base}/sign-off", json=body).status_code == 201


def test_how_long_evidence_was_read_is_kept_and_changes_nothing(hospital_with, kept):
    hospital = hospital_with()
    page = kept(hospital)
    before = [dict(row) for row in rows_of(hospital, case)]
    for client in (page.client, hospital.client("second_reader north")):
        answer = client.post(f"{page.base}/evidence-look", data={"rank": 2, "seconds": 12.5})
        assert (answer.status_code, answer.content) == (204, b"")
    looks = rows_of(hospital, evidence_look)
    assert [(row["rank"], row["seconds"]) for row in looks] == [(2, 12.5)] * 2
    assert {row["created_by"] for row in looks} == {
        hospital.actors[who].id for who in ("clinician north", "second_reader north")
    }
    assert [dict(row) for row in rows_of(hospital, case)] == before


@pytest.mark.parametrize(
    "fields", [{}, {"rank": 0, "seconds": 1}, {"rank": 1, "seconds": 601}, {"rank": 1, "seconds": "nan"}]
)
def test_a_look_that_cannot_be_is_refused(hospital_with, fields, kept):
    hospital = hospital_with()
    page = kept(hospital)
    assert page.client.post(f"{page.base}/evidence-look", data=fields).status_code == 422
    assert rows_of(hospital, evidence_look) == []


@pytest.mark.parametrize(("who", "status"), [("clinician south", 404), ("auditor north", 403), (NOBODY, 401)])
def test_looks_and_impressions_of_other_departments_cases_are_not_kept(hospital_with, who, status, kept):
    hospital = hospital_with()
    page = kept(hospital)
    client = hospital.client(who)
    for action, fields in (
        ("evidence-look", {"rank": 1, "seconds": 3}),
        ("impression", {"text": THOUGHT}),
        ("look", {}),
    ):
        answer = client.post(f"{page.base}/{action}", data=fields, headers={"HX-Request": "true"})
        assert answer.status_code == status, action
        assert "arachnodactyly" not in answer.text.casefold()
    assert rows_of(hospital, evidence_look) == rows_of(hospital, impression) == []
