"""Reanalysis over HTTP: some cases at a time, of one's own departments, each with its link in the trail."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from benchmarks.hospital import hospital as opened
from ontology.knowledge import Knowledge
from service.audit.trail import export, verify
from service.releases import months_between, put_in_place_instead, released_on, releases_beside
from service.store.tables import report

PATH = "/api/v1/cases:reanalyse"
OLDER = "1999-01-01-old"


@pytest.fixture
def hospital(tmp_path, assessor):
    with opened(tmp_path, assessor) as there:
        yield there


@pytest.fixture
def ids(hospital):
    """Three unsolved cases of the north and one of the south, as if assessed with a release that is no longer kept."""
    found = []
    for where in ("north", "north", "north", "south"):
        client = hospital.client(f"clinician {where}")
        findings = {"features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}]}
        found.append(client.post("/api/v1/cases", json=findings).json()["id"])
        assert client.post(f"/api/v1/cases/{found[-1]}/assess", json={}).status_code == 201
    old = update(report).values(knowledge=OLDER, leading=["OMIM:900002"])
    hospital.keeping.database.write(lambda connection: connection.execute(old).rowcount)
    return found


def test_cases_of_ones_departments_are_ranked_again_some_at_a_time(hospital, ids):
    client = hospital.client("screening_analyst north")
    first = client.post(PATH, json={"limit": 2}).json()
    second = client.post(PATH, json={"limit": 2, "after": first["next"]}).json()
    assert [case["case"] for case in (*first["cases"], *second["cases"])] == sorted(ids[:3])
    assert (first["ranked"], first["changed"], first["failed"]) == (2, 2, 0)
    assert (second["ranked"], second["next"]) == (1, None)
    case = first["cases"][0]
    assert (case["knowledge"], case["before"]) == (OLDER, ["OMIM:900002"])
    assert case["now"][0] == "OMIM:900001"
    assert case["news"] is None  # the older release is no longer kept
    assert first["knowledge_in_use"] == hospital.app.state.services.knowledge.manifest.release


def test_each_is_a_link_of_the_trail_and_nothing_else_is_kept(hospital, ids):
    def reports(connection):
        return sorted(map(str, connection.execute(report.select()).all()))

    before = hospital.keeping.database.read(reports)
    assert hospital.client("clinician north").post(PATH).json()["ranked"] == 3
    links = hospital.keeping.database.read(lambda c: [link for link in export(c) if link["action"] == "reanalyse"])
    actor, department = hospital.actors["clinician north"].id, hospital.departments["north"]
    assert {(link["actor"], link["object_id"], link["department"]) for link in links} == {
        (actor, id, department) for id in ids[:3]
    }
    assert hospital.keeping.database.read(verify).sound
    assert hospital.keeping.database.read(reports) == before


def test_what_was_assessed_with_the_release_in_use_is_left_alone_unless_asked_for(hospital, ids):
    client = hospital.client("clinician north")
    assert client.post(f"/api/v1/cases/{ids[0]}/assess", json={}).status_code == 201
    assert {case["case"] for case in client.post(PATH).json()["cases"]} == set(ids[1:3])
    again = client.post(PATH, json={"every": True}).json()
    assert {case["case"]: case["changed"] for case in again["cases"]}[ids[0]] is False
    assert again["ranked"] == 3


@pytest.mark.parametrize("body", [{"limit": 0}, {"limit": 21}, {"after": "x"}, {"unknown": 1}])
def test_what_it_does_not_take_is_refused(hospital, problem, body):
    problem(hospital.client("clinician north").post(PATH, json=body), 422)


def test_the_worklist_tells_what_was_last_reported(hospital, ids):
    client = hospital.client("clinician north")
    made = client.post(f"/api/v1/cases/{ids[0]}/assess", json={}).json()
    client.post(f"/api/v1/cases/{ids[1]}/notes", json={"text": "Seizures."})
    never = client.post("/api/v1/cases", json={}).json()["id"]
    page = client.get("/api/v1/cases").json()
    last = {case["id"]: case["last_report"] for case in page["cases"]}
    assert (last[ids[0]]["id"], last[ids[0]]["knowledge"]) == (made["id"], page["knowledge_in_use"])
    told = {id: report and (report["stale"], report["knowledge_stale"]) for id, report in last.items()}
    assert told == {ids[0]: (False, False), ids[1]: (True, True), ids[2]: (False, True), never: None}


def test_the_state_of_the_release_is_told_with_its_age(hospital):
    told = hospital.client("auditor north").get("/api/v1/knowledge").json()
    assert (told["released"], told["old"], told["put_in_place"]) == ("2000-01-02", True, None)
    assert told["notices"] == [
        f"The knowledge in use is {told['months']} months old (of 2000-01-02): "
        "newer descriptions of diseases are not in it."
    ]


def test_another_release_in_place_is_named_and_older_ones_are_opened(small_root, tmp_path):
    root = tmp_path / "knowledge"
    shutil.copytree(small_root, root)
    knowledge = Knowledge.open(root)
    release = knowledge.manifest.release
    assert put_in_place_instead(knowledge) is None
    other = root / "other"
    shutil.copytree(root / release, other)
    manifest = other / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "release": "other"}))
    (root / "CURRENT").write_text("other")
    assert put_in_place_instead(knowledge) == "other"
    (root / "CURRENT").unlink()
    assert put_in_place_instead(knowledge) is None
    named = releases_beside(root)
    assert named(release).manifest.release == release
    assert named("none") is named(f"../knowledge/{release}") is None


def test_the_day_of_a_release_is_that_of_its_statements(small_knowledge):
    assert released_on(small_knowledge.manifest) == date(
        2000, 1, 2
    )  # its phenotype.hpoa; its hp.obo is of the day before


@pytest.mark.parametrize(
    ("released", "today", "months"),
    [
        (date(2026, 6, 6), date(2026, 7, 5), 0),
        (date(2026, 6, 6), date(2026, 7, 6), 1),
        (date(2025, 11, 30), date(2026, 11, 29), 11),
        (date(2025, 11, 30), date(2026, 11, 30), 12),
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 12, 1), date(2026, 1, 1), 0),
    ],
)
def test_months_are_counted_whole(released, today, months):
    assert months_between(released, today) == months


@given(st.dates(date(1990, 1, 1)), st.dates(date(1990, 1, 1)))
def test_months_never_go_back_as_days_pass(released, today):
    if today < date.max:
        assert months_between(released, today) <= months_between(released, today.fromordinal(today.toordinal() + 1))
