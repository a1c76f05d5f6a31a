"""Opening, reading, listing and changing kept cases."""

from __future__ import annotations

import pytest

PATIENT = {"number": "H-778899", "name": "Wei Zhang"}
NOTE = "Boy with arachnodactyly and scoliosis. No seizures."


def test_a_case_is_kept_and_read_again(clinician, open_case):
    id = open_case(sex="male", age="P7Y", patient=PATIENT, notes=[{"text": NOTE, "date": "2026-01-31"}])
    answer = clinician.get(f"/api/v1/cases/{id}")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["id"], shown["status"], shown["sex"], shown["age_days"]) == (id, "draft", "male", 2557)
    assert shown["patient"] == PATIENT
    assert shown["notes"][0]["date"] == "2026-01-31"
    assert "arachnodactyly" in shown["notes"][0]["text"]
    assert answer.headers["etag"] == '"1"'
    assert not shown["broken_glass"]


def test_a_new_case_tells_where_it_lies(clinician):
    answer = clinician.post("/api/v1/cases", json={})
    assert answer.status_code == 201
    assert clinician.get(answer.headers["location"]).json()["id"] == answer.json()["id"]


def test_every_fault_of_a_new_case_is_told(clinician, problem):
    features = [{"id": "HP:0001166"}, {"id": "HP:9999999"}, {"id": "HP:0001166", "excluded": True}]
    told = problem(clinician.post("/api/v1/cases", json={"features": features}), 422)
    assert {fault["field"] for fault in told["errors"]} == {"features[1].id", "features[2].id"}


def test_a_case_is_kept_in_a_department_of_ones_own(hospital, clinician, problem):
    other = hospital.departments["south"]
    problem(clinician.post("/api/v1/cases", json={"department": other}), 422)
    mine = hospital.departments["north"]
    assert clinician.post("/api/v1/cases", json={"department": mine}).status_code == 201


def test_a_case_is_given_to_a_member_of_its_department(hospital, clinician, open_case, problem):
    stranger, colleague = (hospital.actors[f"colleague {where}"].id for where in ("south", "north"))
    problem(clinician.post("/api/v1/cases", json={"assigned_to": stranger}), 422)
    id = open_case(assigned_to=colleague)
    assert clinician.get("/api/v1/cases", params={"assigned_to": colleague}).json()["cases"][0]["id"] == id


def test_a_change_names_the_version_it_was_made_on(clinician, open_case, problem):
    id = open_case(sex="male", age="P7Y")
    path = f"/api/v1/cases/{id}"
    problem(clinician.patch(path, json={"age": "P8Y"}), 428)
    changed = clinician.patch(path, json={"age": "P8Y"}, headers={"If-Match": '"1"'})
    assert (changed.json()["version"], changed.headers["etag"]) == (2, '"2"')
    told = problem(clinician.patch(path, json={"age": "P9Y"}, headers={"If-Match": '"1"'}), 409)
    assert told["errors"][0]["field"] == "If-Match"
    shown = clinician.get(path).json()
    assert (shown["sex"], shown["age_days"], shown["version"]) == ("male", 2922, 2)


def test_what_is_not_named_in_a_change_stays_and_null_takes_away(clinician, open_case):
    id = open_case(age="P7Y", patient=PATIENT)
    path = f"/api/v1/cases/{id}"
    clinician.patch(path, json={"patient": {"name": None}}, headers={"If-Match": "1"})
    shown = clinician.get(path).json()
    assert shown["patient"] == {"number": PATIENT["number"]}
    assert shown["age_days"] == 2557
    clinician.patch(path, json={"age": None, "patient": None}, headers={"If-Match": "2"})
    shown = clinician.get(path).json()
    assert shown["patient"] == {}
    assert "age_days" not in shown


def test_additions_may_name_a_version_too(clinician, open_case, problem):
    id = open_case()
    path = f"/api/v1/cases/{id}/notes"
    assert clinician.post(path, json={"text": NOTE}, headers={"If-Match": '"1"'}).status_code == 201
    problem(clinician.post(path, json={"text": NOTE}, headers={"If-Match": '"1"'}), 409)


def test_a_repeated_request_is_done_once(clinician, problem):
    key = {"Idempotency-Key": "k1"}
    first = clinician.post("/api/v1/cases", json={"sex": "male"}, headers=key)
    again = clinician.post("/api/v1/cases", json={"sex": "male"}, headers=key)
    assert (first.status_code, first.json()) == (201, again.json())
    problem(clinician.post("/api/v1/cases", json={"sex": "female"}, headers=key), 409)
    assert len(clinician.get("/api/v1/cases").json()["cases"]) == 1
    path = f"/api/v1/cases/{first.json()['id']}/notes"
    notes = [clinician.post(path, json={"text": NOTE}, headers={"Idempotency-Key": "k2"}).json() for _ in range(2)]
    assert notes[0] == notes[1]
    assert len(clinician.get(path.removesuffix("/notes")).json()["notes"]) == 1


def test_the_worklist_goes_page_by_page_without_gap_or_repeat(clinician, open_case):
    ids = [open_case() for _ in range(7)]
    seen, cursor = [], None
    while True:
        page = clinician.get("/api/v1/cases", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [case["id"] for case in page["cases"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_the_worklist_is_searched_by_id_and_status(clinician, open_case, problem):
    id = open_case()
    open_case()
    assert [case["id"] for case in clinician.get("/api/v1/cases", params={"id": id[:12]}).json()["cases"]] == [id]
    assert clinician.get("/api/v1/cases", params={"status": "signed"}).json()["cases"] == []
    assert len(clinician.get("/api/v1/cases", params={"status": "draft", "unsolved": True}).json()["cases"]) == 2
    for wrong in ({"id": "Zhang"}, {"cursor": "bm90IGEgY3Vyc29y"}, {"name": "Zhang"}, {"cursor": "WzEsMl0"}):
        problem(clinician.get("/api/v1/cases", params=wrong), 422)


def test_notes_are_masked_where_the_site_does_so(hospital_with):
    note = {"text": "Wei Zhang has arachnodactyly. Phone 13812345678."}
    for masking in (True, False):
        clinician = hospital_with(deidentify=masking).client("clinician north")
        id = clinician.post("/api/v1/cases", json={"patient": PATIENT, "notes": [note]}).json()["id"]
        kept = clinician.get(f"/api/v1/cases/{id}").json()["notes"][0]
        assert kept["masked"] is masking
        assert ("Wei Zhang" in kept["text"]) is not masking
        assert kept["text"].index("arachnodactyly") == note["text"].index("arachnodactyly")


def test_a_note_of_another_patient_is_taken_away_again(clinician, open_case, problem):
    id = open_case(notes=[{"text": NOTE}])
    path = f"/api/v1/cases/{id}"
    note = clinician.get(path).json()["notes"][0]["id"]
    assert clinician.delete(f"{path}/notes/{note}").json()["version"] == 2
    assert clinician.get(path).json()["notes"] == []
    problem(clinician.delete(f"{path}/notes/{note}"), 404)


def test_a_later_word_about_a_term_replaces_the_earlier(clinician, open_case):
    id = open_case(features=[{"id": "HP:0001166"}, {"id": "HP:0002650"}])
    path = f"/api/v1/cases/{id}"
    clinician.post(f"{path}/features", json={"features": [{"id": "HP:0001166", "excluded": True}]})
    found = {feature["type"]: feature for feature in clinician.get(path).json()["features"]}
    assert found["HP:0001166"]["assertion"] == "excluded"
    assert found["HP:0002650"]["assertion"] == "observed"
    assert len(found) == 2
    assert found["HP:0001166"]["label"] == "Arachnodactyly"


def test_a_finding_is_withdrawn(clinician, open_case, problem):
    id = open_case(features=[{"id": "HP:0001166"}])
    path = f"/api/v1/cases/{id}"
    feature = clinician.get(path).json()["features"][0]["id"]
    assert clinician.delete(f"{path}/features/{feature}").status_code == 200
    assert clinician.get(path).json()["features"] == []
    problem(clinician.delete(f"{path}/features/{feature}"), 404)


@pytest.mark.parametrize("id", ["0" * 32, "not-an-id", "../../etc/passwd", "%00", "f" * 31])
def test_there_is_no_case_under_a_guessed_id(clinician, id):
    assert clinician.get(f"/api/v1/cases/{id}").status_code in {404, 422}
