"""What is known of a kept case beside its findings: kept sealed, shown again, assessed with, and taken away."""

from __future__ import annotations

from sqlalchemy import select

from service.cases.importing import _content
from service.models.stored import CaseInput
from service.store.tables import case

FINDINGS = [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}]
DONE = {"modality": "repeat_pcr", "result": "negative", "genes": [], "target": "FMR1", "code": "", "year": 2024}
KNOWN = {"tests_done": [DONE], "family_history": {"affected_maternal_males": True}, "acutely_ill": True}


def known_of(clinician, id):
    shown = clinician.get(f"/api/v1/cases/{id}").json()
    return {name: shown[name] for name in KNOWN}


def test_what_is_known_is_shown_again(clinician, open_case):
    assert known_of(clinician, open_case(features=FINDINGS, **KNOWN)) == KNOWN
    assert known_of(clinician, open_case()) == {"tests_done": [], "family_history": {}, "acutely_ill": False}


def test_it_is_kept_sealed(hospital, open_case):
    open_case(**KNOWN)
    (row,) = hospital.keeping.database.read(lambda c: c.execute(select(case.c.known)).all())
    assert row.known
    assert b"FMR1" not in row.known


def test_a_kept_case_is_assessed_with_it(clinician, open_case):
    plain = clinician.post(f"/api/v1/cases/{open_case(features=FINDINGS)}/assess", json={}).json()["shown"]
    told = clinician.post(f"/api/v1/cases/{open_case(features=FINDINGS, **KNOWN)}/assess", json={}).json()["shown"]
    assert "repeat_pcr:FMR1" in {test["code"] for test in plain["tests"]}
    assert "repeat_pcr:FMR1" not in {test["code"] for test in told["tests"]}
    assert told["tests_done"][0]["name"] == "repeat PCR: FMR1 (2024)"
    assert told["family"][0]["kind"] == "x_linked_likelier"
    assert told["diseases"] == plain["diseases"]


def test_a_change_makes_the_report_stale_and_null_takes_away(clinician, open_case):
    id = open_case(features=FINDINGS, **KNOWN)
    path = f"/api/v1/cases/{id}"
    clinician.post(f"{path}/assess", json={})
    version = clinician.get(path).headers["etag"]
    changed = clinician.patch(path, json={"tests_done": None, "acutely_ill": False}, headers={"If-Match": version})
    assert changed.status_code == 200
    assert known_of(clinician, id) == {**KNOWN, "tests_done": [], "acutely_ill": False}
    assert clinician.get(path).json()["reports"][0]["stale"]
    version = clinician.get(path).headers["etag"]
    clinician.patch(path, json={"family_history": None}, headers={"If-Match": version})
    assert known_of(clinician, id) == {"tests_done": [], "family_history": {}, "acutely_ill": False}


def test_a_code_without_a_catalogue_is_refused_before_anything_is_kept(clinician, open_case, problem):
    told = problem(clinician.post("/api/v1/cases", json={"tests_done": [{"code": "FX1"}]}), 422)
    assert [fault["field"] for fault in told["errors"]] == ["tests_done[0].code"]
    id = open_case()
    change = {"json": {"tests_done": [{"code": "FX1"}]}, "headers": {"If-Match": '"1"'}}
    problem(clinician.patch(f"/api/v1/cases/{id}", **change), 422)
    assert clinician.get("/api/v1/cases").json()["cases"][0]["version"] == 1


def test_a_phenopacket_tells_the_tests_by_their_genes_alone(clinician, open_case):
    named = {"modality": "mlpa", "target": "Wei Zhang", "result": "positive"}
    packet = clinician.get(f"/api/v1/cases/{open_case(tests_done=[DONE, named])}/phenopacket").json()
    assert [(each["progressStatus"], each["summary"]) for each in packet["interpretations"]] == [
        ("UNSOLVED", "repeat_pcr, FMR1, negative, 2024"),
        ("SOLVED", "mlpa, positive"),
    ]
    assert "interpretations" not in clinician.get(f"/api/v1/cases/{open_case()}/phenopacket").json()


def test_an_erased_case_holds_nothing_of_it(hospital, open_case):
    id = open_case(**KNOWN)
    administrator = hospital.client("administrator north")
    assert administrator.post(f"/api/v1/cases/{id}/erase", json={"reason": "request"}).status_code == 200
    assert hospital.keeping.database.read(lambda c: c.scalar(select(case.c.known).where(case.c.id == id))) is None


def test_a_line_imported_before_cases_told_what_is_known_is_the_same_line_still():
    plain = CaseInput.model_validate({"features": FINDINGS})
    assert set(_content(plain)) == {"department", "sex", "age", "patient", "assigned_to", "notes", "features"}
    assert _content(CaseInput.model_validate({"acutely_ill": True}))["acutely_ill"] is True
