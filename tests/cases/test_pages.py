"""Pages of kept cases: the worklist, one case on the bench, its signature, and how suggestions were used."""

from __future__ import annotations

import html
import re

import pytest

from service.cases.oversight import months
from service.store.tables import edit, evidence_look, report

SEIZURE, ARACHNODACTYLY = "HP:0001250", "HP:0001166"
NOTE = "She has arachnodactyly and ectopia lentis. Zebrawood."
PATIENT = {"name": "Quxolath Vornak", "number": "778899"}
HX = {"HX-Request": "true"}


def value_of(page: str, name: str) -> str:
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def send(client, path, **fields):
    answer = client.post(path, data=fields, headers=HX)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def case(open_case):
    return open_case(patient=PATIENT, age="P7Y", notes=[{"text": NOTE}])


@pytest.fixture
def other(hospital):
    return hospital.client("clinician south")


def signed(client, id, page, **fields):
    given = {"seen": value_of(page, "seen"), "shown": value_of(page, "shown"), "decision": "agree", "reason": "Lens."}
    return client.post(f"/cases/{id}/sign", data=given | fields, headers=HX)


def test_the_worklist_names_ones_own_patients_and_no_others(clinician, other, case):
    assert "Quxolath Vornak" in clinician.get("/cases").text
    assert "Quxolath" not in other.get("/cases").text


@pytest.mark.parametrize(
    ("query", "found"), [("quxo", True), ("7788", True), ("vornak 7788", True), ("zebrawood", False), ("nobody", False)]
)
def test_a_search_finds_names_and_numbers_and_reads_no_note(clinician, case, query, found):
    assert (case in send(clinician, "/cases/list", query=query)) is found


def test_a_search_tells_what_it_did_not_reach(clinician, open_case, monkeypatch):
    monkeypatch.setattr("service.cases.named.MOST_SEARCHED", 2)
    oldest, *_ = (open_case(patient={"name": f"Nr {at}"}) for at in range(3))
    answer = send(clinician, "/cases/list", query="Nr")
    assert oldest not in answer
    assert "Only the last changed cases were searched" in answer


def test_cases_to_reanalyse_are_those_last_assessed_with_another_release(hospital, clinician, case, open_case):
    clinician.post(f"/api/v1/cases/{case}/assess", json={})
    assert case not in send(clinician, "/cases/list", reanalyse="true")
    hospital.keeping.database.write(lambda c: c.execute(report.update().values(knowledge="1999")).rowcount)
    listed = send(clinician, "/cases/list", reanalyse="true")
    assert case in listed
    assert open_case() not in listed  # never assessed


def test_a_new_case_is_opened_and_shown(clinician):
    answer = clinician.post("/cases/new", data=PATIENT, headers=HX)
    page = clinician.get(answer.headers["HX-Redirect"])
    assert page.status_code == 200
    assert "Quxolath Vornak" in page.text


def test_a_bench_is_kept_with_its_notes_words_and_impression(clinician):
    first = send(clinician, "/bench/note", text=NOTE)
    said = send(clinician, "/bench/step", verb="reject", term=ARACHNODACTYLY, state=value_of(first, "state"))
    thought = send(clinician, "/bench/impression", text="Marfan?", state=value_of(said, "state"))
    answer = clinician.post("/cases/new", data={"state": value_of(thought, "state")}, headers=HX)
    page = clinician.get(answer.headers["HX-Redirect"]).text
    assert "Zebrawood" in page
    assert "Marfan?" in page
    id = answer.headers["HX-Redirect"].rpartition("/")[2]
    (kept,) = clinician.get(f"/api/v1/cases/{id}").json()["features"]
    assert (kept["type"], kept["dismissed"]) == (ARACHNODACTYLY, True)


def test_a_case_is_given_to_a_colleague_and_back(hospital, clinician, case):
    colleague = hospital.actors["colleague north"].id
    seen = value_of(clinician.get(f"/cases/{case}").text, "seen")
    given = send(clinician, f"/cases/{case}/assign", assigned_to=colleague, seen=seen)
    assert case in send(clinician, "/cases/list", assigned_to=colleague)
    seen = value_of(given, "seen")  # the page shows the version that this made
    seen = value_of(send(clinician, f"/cases/{case}/step", verb="add", term=SEIZURE, seen=seen), "seen")
    send(clinician, f"/cases/{case}/assign", assigned_to="", seen=seen)
    assert case not in send(clinician, "/cases/list", assigned_to=colleague)


def test_what_is_shown_is_frozen_and_signed(clinician, case):
    page = clinician.get(f"/cases/{case}").text
    answer = signed(clinician, case, page, reason="Lens and arms.")
    assert answer.status_code == 200, answer.text
    kept = clinician.get(f"/api/v1/cases/{case}").json()
    assert kept["status"] == "signed"
    (signature,), (made,) = kept["sign_offs"], kept["reports"]
    assert (signature["report"], signature["intact"], signature["reason"]) == (made["id"], True, "Lens and arms.")
    shown = clinician.get(f"/api/v1/cases/{case}/reports/{made['id']}").json()
    assert shown["digest"] == value_of(page, "shown")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"decision": "none"}, 200),
        ({"decision": "more_data"}, 200),
        ({"decision": "other"}, 200),  # the reason names it
        ({"decision": "other", "other": "OMIM:154700"}, 200),
        ({"decision": "agree", "agreed": "OMIM:154700"}, 422),  # not listed
        ({"decision": "other", "other": "Marfan"}, 422),
        ({"reason": " "}, 422),
        ({"shown": "0" * 64}, 409),  # something else was seen
        ({"seen": "0"}, 409),
    ],
)
def test_each_decision_takes_a_reason_and_what_was_seen(clinician, case, fields, status):
    answer = signed(clinician, case, clinician.get(f"/cases/{case}").text, **fields)
    assert answer.status_code == status, answer.text
    reports = clinician.get(f"/api/v1/cases/{case}").json()["reports"]
    assert len(reports) == (status == 200)  # nothing is half done


def test_a_change_after_the_signature_makes_it_a_draft_again(clinician, case):
    signed(clinician, case, clinician.get(f"/cases/{case}").text)
    page = clinician.get(f"/cases/{case}").text
    send(clinician, f"/cases/{case}/step", verb="add", term=SEIZURE, seen=value_of(page, "seen"))
    assert clinician.get(f"/api/v1/cases/{case}").json()["status"] == "draft"


def test_a_second_reader_signs_the_same_report(hospital_with):
    hospital = hospital_with(second_reader=True)
    clinician, second = (hospital.client(f"{who} north") for who in ("clinician", "second_reader"))
    case = clinician.post("/api/v1/cases", json={"notes": [{"text": NOTE}]}).json()["id"]
    assert signed(clinician, case, clinician.get(f"/cases/{case}").text).status_code == 200
    assert 'name="decision"' not in clinician.get(f"/cases/{case}").text  # one person does not sign twice
    page = second.get(f"/cases/{case}").text
    assert signed(second, case, page).status_code == 200
    kept = clinician.get(f"/api/v1/cases/{case}").json()
    assert kept["status"] == "signed"
    assert len({each["report"] for each in kept["sign_offs"]}) == 1


def test_pages_of_another_department_are_not_there(clinician, other, case, problem):
    seen = value_of(clinician.get(f"/cases/{case}").text, "seen")
    problem(other.get(f"/cases/{case}"), 404)
    tried = {
        "look": {},
        "step": {"verb": "accept", "term": SEIZURE},
        "undo": {},
        "note": {"text": "x"},
        "note/remove": {"id": "x"},
        "about": {"sex": "male"},
        "done": {"modality": "exome"},
        "done/remove": {"at": "0"},
        "family": {"affected_parent": "true"},
        "impression": {"text": "x"},
        "assign": {"assigned_to": ""},
        "sign": {"shown": "0" * 64, "decision": "none", "reason": "x"},
        "evidence-look": {"rank": "1", "seconds": "2"},
    }
    for action, fields in tried.items():
        sent = fields if action == "evidence-look" else {"seen": seen} | fields
        answer = other.post(f"/cases/{case}/{action}", data=sent, headers=HX)
        assert answer.status_code == 404, (action, answer.text)
        assert "Quxolath" not in answer.text
        assert "arachnodactyly" not in answer.text.lower()
    assert value_of(clinician.get(f"/cases/{case}").text, "seen") == seen


@pytest.mark.parametrize("path", ["/cases", "/oversight", "/cases/" + "0" * 32])
def test_whoever_is_not_signed_in_is_led_to_the_door(hospital, path):
    answer = hospital.client("nobody").get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_the_use_of_suggestions_is_counted_by_month(hospital, clinician, other, case):
    page = clinician.get(f"/cases/{case}").text
    page = send(clinician, f"/cases/{case}/step", verb="accept", term=ARACHNODACTYLY, seen=value_of(page, "seen"))
    page = send(clinician, f"/cases/{case}/step", verb="reject", term="HP:0001083", seen=value_of(page, "seen"))
    page = send(clinician, f"/cases/{case}/step", verb="add", term=SEIZURE, seen=value_of(page, "seen"))
    page = send(clinician, f"/cases/{case}/undo", seen=value_of(page, "seen"))  # not counted
    assert clinician.post(f"/cases/{case}/evidence-look", data={"rank": "1", "seconds": "12.5"}).status_code < 300
    signed(clinician, case, clinician.get(f"/cases/{case}").text)
    desk = _desk(hospital, "clinician north")
    (month,) = months(desk)
    assert (month.accepted, month.overridden, month.added) == (1, 1, 0)
    assert (dict(month.decisions), month.first_of_list) == ({"agree": 1}, 1)
    assert (month.seconds, month.unread) == (12.5, 0)
    assert months(_desk(hospital, "clinician south")) == ()
    assert "12 s" in clinician.get("/oversight").text
    assert hospital.keeping.database.read(lambda c: len(c.execute(edit.select()).all())) == 3
    assert hospital.keeping.database.read(lambda c: len(c.execute(evidence_look.select()).all())) == 1


def _desk(hospital, who):
    from service.cases.desk import Desk

    return Desk(hospital.actors[who], hospital.keeping)


@pytest.mark.parametrize(("kind", "ending"), [("report", "/print"), ("order", "/order?tests=")])
def test_what_is_shown_goes_to_paper_without_a_signature(clinician, case, kind, ending):
    page = clinician.get(f"/cases/{case}").text
    answer = clinician.post(f"/cases/{case}/sheet", data={"seen": value_of(page, "seen"), "kind": kind}, headers=HX)
    place = answer.headers["HX-Redirect"]
    assert ending in place
    assert clinician.get(place).status_code == 200
    kept = clinician.get(f"/api/v1/cases/{case}").json()
    assert (len(kept["reports"]), kept["status"]) == (1, "draft")
