"""Assessing, signing and reading again what was signed."""

from __future__ import annotations

import asyncio
from threading import Event, Thread

import pytest

from service.audit.trail import verify
from service.store.tables import case, membership, report

NOTE = "Boy with arachnodactyly, scoliosis and an aortic aneurysm. No seizures."
FINDINGS = [{"id": "HP:0001166"}, {"id": "HP:0001083"}]


@pytest.fixture
def assessed(clinician, open_case):
    """A case with a report: (path of the case, the report)."""
    path = f"/api/v1/cases/{open_case(notes=[{'text': NOTE}], features=FINDINGS)}"
    answer = clinician.post(f"{path}/assess")
    assert answer.status_code == 201, answer.text
    return path, answer.json()


def signature(made, **fields):
    return {"report": made["id"], "decision": "agree", "reason": "Long limbs and a dislocated lens.", **fields}


def test_a_report_is_kept_as_it_was_shown(clinician, assessed):
    path, made = assessed
    assert made["shown"]["diseases"][0]["id"] == "OMIM:900001"
    assert made["shown"]["case"] == path.rpartition("/")[2]
    assert (made["stale"], made["knowledge_stale"]) == (False, False)
    assert made["leading"][0] == "OMIM:900001"
    assert clinician.get(f"{path}/reports/{made['id']}").json() == made
    by_note = {mention["evidence"].get("note") for f in made["shown"]["features"] for mention in f["mentions"]}
    assert clinician.get(path).json()["notes"][0]["id"] in by_note


def test_a_report_is_kept_in_the_language_that_it_was_asked_for_in(clinician, open_case):
    path = f"/api/v1/cases/{open_case(features=FINDINGS)}"
    made = clinician.post(f"{path}/assess", headers={"Accept-Language": "zh-CN"}).json()
    assert made["shown"]["language"] == "zh"
    assert "该病的注释中正有此表型" in made["shown"]["diseases"][0]["contributions"][0]["words"]
    assert clinician.get(f"{path}/reports/{made['id']}").json()["shown"] == made["shown"]


def test_a_chinese_note_is_kept_read_and_named_in_chinese(clinician, open_case):
    chinese = {"Accept-Language": "zh-CN"}
    notes = [{"text": "患儿，男，7岁，身材高大，蜘蛛指，否认抽搐。"}]
    path = f"/api/v1/cases/{open_case(notes=notes, features=[{'id': 'HP:0001083'}])}"
    shown = clinician.post(f"{path}/assess", headers=chinese).json()["shown"]
    read = {feature["id"]: feature["assertion"] for feature in shown["features"]}
    assert (read["HP:0001166"], read["HP:0001250"]) == ("observed", "excluded")
    (stated,) = clinician.get(path, headers=chinese).json()["features"]
    assert (stated["label_en"], "晶状体" in stated["label"]) == ("Ectopia lentis", True)
    (stated,) = clinician.get(path).json()["features"]
    assert (stated["label"], "label_en" in stated) == ("Ectopia lentis", False)


def test_an_empty_case_cannot_be_assessed(clinician, open_case, problem):
    problem(clinician.post(f"/api/v1/cases/{open_case()}/assess", json={}), 422)


def test_a_signature_freezes_what_was_shown(clinician, assessed, hospital):
    path, made = assessed
    answer = clinician.post(f"{path}/sign-off", json=signature(made))
    assert (answer.status_code, answer.json()["status"]) == (201, "signed")
    shown = clinician.get(path).json()
    (signed,) = shown["sign_offs"]
    assert (signed["decision"], signed["disease"], signed["reader"]) == ("agree", "OMIM:900001", 1)
    assert (signed["digest"], signed["intact"]) == (made["digest"], True)
    assert signed["reason"].startswith("Long limbs")
    assert signed["by"] == hospital.actors["clinician north"].id
    assert not shown["unsolved"]
    after = clinician.get(f"{path}/reports/{made['id']}").json()
    assert (after["shown"], after["digest"], after["stale"]) == (made["shown"], made["digest"], False)


def test_nobody_signs_a_stale_report(clinician, assessed, problem):
    path, made = assessed
    clinician.post(f"{path}/features", json={"features": [{"id": "HP:0002650"}]})
    assert clinician.get(f"{path}/reports/{made['id']}").json()["stale"]
    told = problem(clinician.post(f"{path}/sign-off", json=signature(made)), 409)
    assert "stale" in told["detail"]
    again = clinician.post(f"{path}/assess").json()
    problem(clinician.post(f"{path}/sign-off", json=signature(made)), 409)  # a later report was shown
    assert clinician.post(f"{path}/sign-off", json=signature(again)).status_code == 201


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda client, path: client.post(f"{path}/notes", json={"text": "Tall."}), "draft"),
        (lambda client, path: client.patch(path, json={"sex": "male"}, headers={"If-Match": "3"}), "draft"),
        (lambda client, path: client.patch(path, json={"assigned_to": None}, headers={"If-Match": "3"}), "signed"),
        (
            lambda client, path: client.post(
                f"{path}/consents", json={"purpose": "federation", "given_by": "guardian"}
            ),
            "signed",
        ),
    ],
)
def test_what_a_report_was_made_from_opens_a_signed_case_again(clinician, assessed, change, expected):
    path, made = assessed
    assert clinician.post(f"{path}/sign-off", json=signature(made)).json()["version"] == 3
    assert change(clinician, path).json()["status"] == expected
    assert clinician.get(path).json()["status"] == expected


def test_a_signed_case_is_not_signed_again(clinician, assessed, problem):
    path, made = assessed
    clinician.post(f"{path}/sign-off", json=signature(made))
    problem(clinician.post(f"{path}/sign-off", json=signature(made)), 409)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"disease": "OMIM:999999"}, 422),  # agreed with what was not shown
        ({"decision": "other"}, 201),  # the reason names it
        ({"decision": "other", "disease": "OMIM:154700"}, 201),
        ({"decision": "none", "disease": "OMIM:900001"}, 422),
        ({"decision": "none"}, 201),
        ({"decision": "more_data"}, 201),
        ({"reason": " "}, 422),
        ({"decision": "maybe"}, 422),
        ({"report": "0" * 32}, 404),
    ],
)
def test_a_decision_and_its_disease_go_together(clinician, assessed, fields, status):
    path, made = assessed
    answer = clinician.post(f"{path}/sign-off", json=signature(made, **fields))
    assert answer.status_code == status, answer.text
    if status == 201:
        assert clinician.get(path).json()["unsolved"] is (fields["decision"] in {"none", "more_data"})


def test_a_second_reader_signs_where_the_site_wants_one(hospital_with, problem):
    hospital = hospital_with(second_reader=True)
    clinician, second = (hospital.client(f"{who} north") for who in ("clinician", "second_reader"))
    path = f"/api/v1/cases/{clinician.post('/api/v1/cases', json={'features': FINDINGS}).json()['id']}"
    made = clinician.post(f"{path}/assess").json()
    problem(second.post(f"{path}/second-sign-off", json=signature(made)), 409)  # nobody has signed first
    assert clinician.post(f"{path}/sign-off", json=signature(made)).json()["status"] == "waiting"
    assert clinician.get(path).json()["unsolved"]
    problem(clinician.post(f"{path}/second-sign-off", json=signature(made)), 403)
    problem(second.post(f"{path}/sign-off", json=signature(made)), 403)
    problem(hospital.client("second_reader south").post(f"{path}/second-sign-off", json=signature(made)), 404)
    assert second.post(f"{path}/second-sign-off", json=signature(made)).json()["status"] == "signed"
    assert [signed["reader"] for signed in clinician.get(path).json()["sign_offs"]] == [1, 2]


def test_the_second_reader_is_another_person(hospital_with, problem):
    hospital = hospital_with(second_reader=True)
    both = {"account": hospital.actors["clinician north"].id, "department": hospital.departments["north"]}
    also = membership.insert().values(**both, role="second_reader")
    hospital.keeping.database.write(lambda c: c.execute(also))
    clinician = hospital.client("clinician north")
    path = f"/api/v1/cases/{clinician.post('/api/v1/cases', json={'features': FINDINGS}).json()['id']}"
    made = clinician.post(f"{path}/assess").json()
    clinician.post(f"{path}/sign-off", json=signature(made))
    told = problem(clinician.post(f"{path}/second-sign-off", json=signature(made)), 409)
    assert "another person" in told["detail"]


def test_where_readers_disagree_the_case_is_a_draft_again(hospital_with):
    hospital = hospital_with(second_reader=True)
    clinician, second = (hospital.client(f"{who} north") for who in ("clinician", "second_reader"))
    path = f"/api/v1/cases/{clinician.post('/api/v1/cases', json={'features': FINDINGS}).json()['id']}"
    made = clinician.post(f"{path}/assess").json()
    clinician.post(f"{path}/sign-off", json=signature(made))
    answer = second.post(f"{path}/second-sign-off", json=signature(made, decision="none"))
    assert answer.json()["status"] == "draft"
    shown = clinician.get(path).json()
    assert (shown["unsolved"], len(shown["sign_offs"])) == (True, 2)
    assert clinician.post(f"{path}/sign-off", json=signature(made)).json()["status"] == "waiting"


def test_a_report_altered_in_the_database_is_no_longer_read(clinician, assessed, hospital):
    path, made = assessed
    clinician.post(f"{path}/sign-off", json=signature(made))
    sealed = hospital.keeping.database.read(lambda c: c.execute(report.select()).mappings().one())["sealed"]
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    hospital.keeping.database.write(lambda c: c.execute(report.update().values(sealed=altered)))
    assert clinician.get(f"{path}/reports/{made['id']}").status_code == 500
    hospital.keeping.database.write(lambda c: c.execute(report.update().values(sealed=sealed)))
    assert clinician.get(path).json()["sign_offs"][0]["intact"]


def test_every_step_leaves_its_link(clinician, assessed, hospital):
    path, made = assessed
    clinician.post(f"{path}/sign-off", json=signature(made))
    clinician.get(path)
    from service.audit.trail import export

    links = hospital.keeping.database.read(lambda c: list(export(c)))
    assert [(link["action"], link["object_kind"]) for link in links] == [
        ("create", "case"),
        ("create", "note"),
        ("create", "feature"),
        ("assess", "report"),
        ("view", "report"),
        ("sign", "sign_off"),
        ("view", "case"),
    ]
    assert links[5]["detail"]["digest"] == made["digest"]
    north = hospital.departments["north"]
    assert all(link["department"] == north for link in links)
    assert hospital.keeping.database.read(verify).sound


def test_a_case_changed_while_it_is_assessed_is_assessed_again(hospital, clinician, open_case, problem, monkeypatch):
    id = open_case(features=FINDINGS)
    from matching.assess import Assessor

    assess = Assessor.assess

    def slowly(self, *given, **more):
        hospital.client("colleague north").post(f"/api/v1/cases/{id}/notes", json={"text": "Tall."})
        return assess(self, *given, **more)

    monkeypatch.setattr(Assessor, "assess", slowly)
    problem(clinician.post(f"/api/v1/cases/{id}/assess"), 409)
    assert clinician.get(f"/api/v1/cases/{id}").json()["reports"] == []


def test_a_clock_set_back_does_not_make_an_old_report_fresh(clinician, assessed, hospital, monkeypatch):
    path, made = assessed
    from datetime import timedelta

    from service.cases import desk

    real = desk.now
    monkeypatch.setattr(desk, "now", lambda: real() - timedelta(days=1))
    clinician.post(f"{path}/notes", json={"text": "Tall."})
    assert clinician.get(f"{path}/reports/{made['id']}").json()["stale"]
    again = clinician.post(f"{path}/assess").json()
    assert not again["stale"]
    row = hospital.keeping.database.read(lambda c: c.execute(case.select()).mappings().one())
    assert row["version"] == 4


def test_a_busy_ranker_keeps_no_case_waiting(hospital, clinician, open_case):
    id = open_case(features=[{"id": "HP:0001250"}])
    release = Event()
    lane = hospital.app.state.services.lane
    ranking = [Thread(target=lambda: asyncio.run(lane.run(release.wait, 30))) for _ in range(2)]  # both of its threads
    for one in ranking:
        one.start()
    try:
        assert clinician.get(f"/api/v1/cases/{id}").status_code == 200
        assert all(one.is_alive() for one in ranking)
    finally:
        release.set()
        for one in ranking:
            one.join()
