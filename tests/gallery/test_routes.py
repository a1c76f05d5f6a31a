"""The gallery over the API: who sees, enrols, removes and evaluates what."""

from __future__ import annotations

import dataclasses

import pytest

from service.cases.desk import operator_desk
from service.cases.rules import CaseRules
from service.faces.opening import FaceState
from service.gallery.enrolling import OfCase, enrol_case

DISEASES = ("OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900004")
GROUPS = tuple((disease, 6) for disease in DISEASES)


@pytest.fixture
def north(hospital):
    return hospital.client("clinician north")


@pytest.fixture
def reading(hospital, reader):
    """The service with a face reader."""
    services = hospital.app.state.services
    faces = dataclasses.replace(services.faces, describer=reader, found=FaceState.READY)
    hospital.app.state.services = dataclasses.replace(services, faces=faces)
    return hospital


def test_an_empty_gallery_says_so_and_what_likeness_is_not(north):
    answer = north.get("/api/v1/gallery").json()
    assert (answer["faces"], answer["diseases"]) == (0, [])
    assert "not validated on patients" in answer["notice"]


def test_a_case_is_enrolled_listed_and_taken_out(reading, north, signed_case):
    id = signed_case()
    made = north.post(f"/api/v1/gallery/cases/{id}", json={"ancestry": "han"})
    assert made.status_code == 201, made.text
    (face,) = north.get("/api/v1/gallery/faces").json()["faces"]
    assert (face["id"], face["case"], face["ancestry"]) == (made.json()["id"], id, "han")
    assert "embedding" not in north.get("/api/v1/gallery/faces").text
    (disease,) = north.get("/api/v1/gallery").json()["diseases"]
    assert (disease["persons"], disease["weighs"], disease["why_not"]) == (1, False, "few_cases")
    assert north.delete(f"/api/v1/gallery/cases/{id}").json() == {"removed": 1}
    assert north.get("/api/v1/gallery/faces").json() == {"faces": []}


def test_what_is_enrolled_may_be_sent_without_a_body(reading, north, signed_case):
    assert north.post(f"/api/v1/gallery/cases/{signed_case()}").status_code == 201


@pytest.mark.parametrize(
    ("made", "status"), [({"decision": None}, 422), ({"purposes": ("photo",)}, 409), ({"decision": "none"}, 422)]
)
def test_what_may_not_be_enrolled_is_a_problem(reading, north, signed_case, problem_of, made, status):
    problem_of(north.post(f"/api/v1/gallery/cases/{signed_case(**made)}"), status)


@pytest.fixture
def problem_of():
    def checked(answer, status):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        return answer.json()

    return checked


def test_without_a_face_reader_nothing_is_enrolled(hospital, north, signed_case, problem_of):
    problem_of(north.post(f"/api/v1/gallery/cases/{signed_case()}"), 503)


def test_another_department_sees_counts_and_no_face(hospital, signed_case, desk, reader, small_knowledge, problem_of):
    id = signed_case()
    enrol_case(desk(), lambda department: reader, small_knowledge, id, OfCase())
    south = hospital.client("clinician south")
    assert south.get("/api/v1/gallery/faces").json() == {"faces": []}
    assert south.get("/api/v1/gallery").json()["diseases"][0]["persons"] == 1
    assert id not in south.get("/api/v1/gallery").text
    problem_of(south.delete(f"/api/v1/gallery/cases/{id}"), 404)
    assert len(hospital.client("clinician north").get("/api/v1/gallery/faces").json()["faces"]) == 1


@pytest.mark.parametrize("who", ["second_reader north", "administrator north", "auditor north"])
def test_who_does_not_reanalyse_does_not_evaluate(hospital, filled, problem_of, who):
    filled(*GROUPS)
    problem_of(hospital.client(who).post("/api/v1/gallery:evaluate"), 403)


def test_an_evaluation_is_answered_and_kept(hospital, north, filled):
    filled(*GROUPS)
    answer = north.post("/api/v1/gallery:evaluate")
    assert answer.status_code == 200, answer.text
    assert [(each["disease"], each["weighs"]) for each in answer.json()["diseases"]] == [(d, True) for d in DISEASES]
    assert answer.json()["evaluation"]["persons"] == 24
    assert north.get("/api/v1/gallery").json() == answer.json()


def test_an_empty_gallery_is_not_evaluated(north, problem_of):
    problem_of(north.post("/api/v1/gallery:evaluate"), 422)


def test_reasons_are_told_in_chinese(north, filled):
    filled((DISEASES[0], 1))
    (told,) = north.get("/api/v1/gallery", headers={"Accept-Language": "zh"}).json()["diseases"]
    assert told["why_not_words"] == "图库中该病人数太少：仅供参考，不计入评分。"


def test_the_operator_is_nobodys_department(hospital, filled):
    filled((DISEASES[0], 1))
    keeping = hospital.keeping
    operator = keeping.database.read(lambda c: operator_desk(c, keeping, CaseRules())).actor
    from service.gallery.showing import every_face, faces_of

    assert faces_of(keeping, operator) == []  # of no case: listed at the command line alone
    assert len(every_face(keeping, operator.id)) == 1
