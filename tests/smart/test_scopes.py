"""What a token may do is seen to for each resource: of every answer, of every entry, of every way to ask."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from service.identity import accounts
from service.smart.scopes import Scopes, read_scopes
from service.store.tables import case, feature, note
from service.tasks.worker import Worker
from tests.fhir_intake.conftest import bundle, document, issues, observation, patient

FHIR = {"Content-Type": "application/fhir+json"}
NUMBER = {"system": "urn:oid:2.999.1", "value": "778899"}
ALL = "system/*.cruds"


@pytest.fixture
def app(site):
    return site()


@pytest.fixture
def bearing(token_for, app):
    """A client of the one application, with a token for these scopes."""
    return lambda scope: token_for(scope, app)


def send(client, resource, path="/fhir"):
    return client.post(path, content=json.dumps(resource), headers=FHIR)


@pytest.fixture
def case_id(app, bearing, keeping):
    """A case with a note, a finding and a report of them."""
    boy = patient(identifier=[NUMBER], name=[{"text": "Quxolath"}])
    answer = send(bearing(ALL), bundle(boy, observation(), document()))
    assert answer.status_code == 200, answer.text
    services = app.state.services
    worker = Worker(keeping, services.settings, services.knowing, services.translator.speaking("en"), services.faces)
    while worker.step():
        pass
    return answer.json()["entry"][0]["response"]["location"].split("/")[1]


def types(answer):
    assert answer.status_code == 200, answer.text
    return {each["resource"]["resourceType"] for each in answer.json()["entry"]}


def found(client, type):
    """The first resource of a type."""
    answer = client.get(f"/fhir/{type}")
    assert answer.json()["total"] > 0, type
    return answer.json()["entry"][0]["resource"]


READ = (
    "Patient",
    "RiskAssessment",
    "DiagnosticReport",
    "Observation",
    "ServiceRequest",
    "Provenance",
    "DocumentReference",
)


def test_a_type_is_read_searched_and_looked_back_on_with_its_own_scope_alone(bearing, case_id, problem):
    everything, own, own_search, others = (
        bearing(scope) for scope in (ALL, "system/Observation.r", "system/Observation.s", "system/Condition.rs")
    )
    id = found(everything, "Observation")["id"]
    ways = (f"/fhir/Observation/{id}", f"/fhir/Observation/{id}/_history", f"/fhir/Observation/{id}/_history/1")
    for path in ways:
        assert own.get(path).status_code == everything.get(path).status_code == 200
        problem(own_search.get(path), 403)
        problem(others.get(path), 403)
    assert own_search.get("/fhir/Observation").json()["total"] > 0
    assert own_search.post("/fhir/Observation/_search", data={"patient": case_id}).json()["total"] > 0
    for client in (own, others):
        problem(client.get("/fhir/Observation"), 403)
        problem(client.post("/fhir/Observation/_search", data={"patient": case_id}), 403)


def test_a_token_for_one_type_reaches_no_other(bearing, case_id):
    everything = bearing(ALL)
    paths = {type: f"/fhir/{type}/{found(everything, type)['id']}" for type in READ}
    for type in READ:
        one = bearing(f"system/{type}.rs")
        for other, path in paths.items():
            for asked in (f"/fhir/{other}", path, f"{path}/_history"):
                assert one.get(asked).status_code == (200 if other == type else 403), (type, asked)


def test_everything_holds_what_the_token_may_read(bearing, case_id, problem):
    assert types(bearing(ALL).get(f"/fhir/Patient/{case_id}/$everything")) >= set(READ)
    some = bearing("system/Patient.r system/Observation.r")
    assert types(some.get(f"/fhir/Patient/{case_id}/$everything")) == {"Patient", "Observation"}
    for scope in ("system/Observation.rs", "system/Patient.s"):
        problem(bearing(scope).get(f"/fhir/Patient/{case_id}/$everything"), 403)


def test_a_search_brings_no_resources_of_other_types(bearing, case_id):
    client = bearing("system/Observation.rs")
    for more in ("_include=Observation:subject", "_revinclude=Provenance:target", "_include=*"):
        assert types(client.get(f"/fhir/Observation?{more}")) <= {"Observation", "OperationOutcome"}
        assert client.get(f"/fhir/Observation?{more}", headers={"Prefer": "handling=strict"}).status_code == 400
    assert client.get("/fhir/Observation?_include:iterate=Observation:subject").status_code == 400


def test_a_patients_number_is_searched_for_with_the_patients_scope_alone(bearing, case_id, problem):
    form = {"identifier": f"{NUMBER['system']}|{NUMBER['value']}"}
    problem(bearing("system/Observation.rs").post("/fhir/Patient/_search", data=form), 403)
    answer = bearing("system/Patient.s").post("/fhir/Patient/_search", data=form)
    assert [each["resource"]["id"] for each in answer.json()["entry"]] == [case_id]
    chained = {f"patient.{name}": value for name, value in form.items()}
    problem(bearing("system/Observation.rs").post("/fhir/Observation/_search", data=chained), 403)
    both = bearing("system/Observation.s system/Patient.s")
    assert both.post("/fhir/Observation/_search", data=chained).json()["total"] > 0


def test_a_task_and_the_trail_need_their_own_scopes(bearing, problem):
    sent = send(bearing("system/Patient.cud system/Observation.cud"), bundle(patient(), observation()))
    (task,) = (each.split(">")[0][1:] for each in sent.headers["link"].split(","))
    problem(bearing("system/Observation.rs").get(task), 403)
    assert bearing("system/Task.r").get(task).status_code == 200
    problem(bearing(ALL).get("/fhir/AuditEvent"), 403)  # the account is no auditor's, whatever the scope says


def test_one_entry_that_is_not_allowed_refuses_a_transaction(bearing, database):
    answer = send(bearing("system/Observation.cud"), bundle(observation(), document()))
    assert answer.status_code == 403, answer.text
    (issue,) = issues(answer.json(), "error")
    assert (issue["code"], issue["expression"]) == ("forbidden", ["Bundle.entry[1].resource"])
    assert not database.read(lambda c: c.execute(select(case)).all())


def test_of_a_batch_the_entries_that_are_not_allowed_are_left_out(bearing, database):
    answer = send(bearing("system/Observation.u"), bundle(observation(), document(), type="batch"))
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert statuses == ["201", "403"], answer.text
    assert not database.read(lambda c: c.execute(select(note)).all())
    assert len(database.read(lambda c: c.execute(select(feature)).all())) == 1


def test_a_patient_who_is_not_allowed_takes_what_is_about_them_along(bearing, database):
    answer = send(bearing("system/Observation.u"), bundle(patient(), observation(), type="batch"))
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert statuses == ["403", "422"], answer.text
    assert not database.read(lambda c: c.execute(select(case)).all())


@pytest.mark.parametrize(
    ("letters", "statuses"), [("c", (201, 403, 403)), ("u", (403, 201, 403)), ("d", (403, 403, 200))]
)
def test_each_interaction_needs_its_own_letter(bearing, letters, statuses):
    client = bearing(f"system/Observation.{letters}")
    sent = json.dumps(observation())
    answers = (
        client.post("/fhir/Observation", content=sent, headers=FHIR),
        client.put("/fhir/Observation/o1", content=sent, headers=FHIR),
        client.delete("/fhir/Observation/o1"),
    )
    assert tuple(each.status_code for each in answers) == statuses


def test_what_was_sent_is_not_read_with_scopes_to_write(bearing, problem):
    client = bearing("system/*.cud")
    send(client, bundle(patient(), observation()))
    for path in ("/fhir/Observation", "/fhir/Patient"):
        problem(client.get(path), 403)


def test_a_contained_patient_is_left_out_where_patients_may_not_be_written(bearing, database):
    inside = {
        "resourceType": "Patient",
        "id": "p",
        "gender": "female",
        "birthDate": "2020-03-01",
        "identifier": [NUMBER],
    }
    sent = observation(subject="#p", contained=[inside])
    answer = send(bearing("system/Observation.c"), sent, "/fhir/Observation")
    assert answer.status_code == 201, answer.text
    assert "forbidden" in {each["code"] for each in issues(answer.json(), "warning")}
    (kept,) = database.read(lambda c: c.execute(select(case)).all())
    assert (kept.sex, kept.age_days) == ("unknown", None)
    both = bearing("system/Observation.u system/Patient.u")
    inside["identifier"] = [NUMBER | {"value": "112233"}]
    both.put("/fhir/Observation/o2", content=json.dumps({**sent, "id": "o2"}), headers=FHIR)
    assert {row.sex for row in database.read(lambda c: c.execute(select(case)).all())} == {"unknown", "female"}


def test_a_match_needs_risk_assessments_and_brings_what_may_be_read(bearing, problem, database):
    sent = bundle(patient(), observation(), type="collection")
    sent["entry"] = [{"resource": each["resource"]} for each in sent["entry"]]
    path = "/fhir/$match-rare-disease"
    problem(send(bearing("system/Observation.rs"), sent, path), 403)
    assert types(send(bearing("system/RiskAssessment.r"), sent, path)) <= {"RiskAssessment", "OperationOutcome"}
    assert types(send(bearing("system/*.r"), sent, path)) >= {"RiskAssessment", "Observation"}
    keeping = {"resourceType": "Parameters", "parameter": [{"name": "b", "resource": sent}]}
    keeping["parameter"].append({"name": "keep", "valueBoolean": True})
    problem(send(bearing("system/*.rs"), keeping, path), 403)
    assert not database.read(lambda c: c.execute(select(feature)).all())


def test_a_wide_scope_gives_no_more_than_the_account_may(bearing, case_id, database, machine):
    """Its role in the department is taken away while the token holds."""
    client = bearing(ALL)
    assert client.get(f"/fhir/Patient/{case_id}").status_code == 200
    database.write(lambda c: accounts.revoke(c, machine.id, machine.department, "clinician"))
    assert client.get(f"/fhir/Patient/{case_id}").status_code == 403


letters = st.text("cruds", min_size=1).map(lambda text: "".join(each for each in "cruds" if each in text))
words = st.lists(st.tuples(st.sampled_from(["*", "Patient", "Observation"]), letters), max_size=4)


def scopes(told: list[tuple[str, str]]) -> Scopes:
    return read_scopes(f"system/{type}.{each}" for type, each in told)[0]


@given(words, words)
def test_scopes_within_others_allow_what_both_allow(asked, most):
    """The invariant of granting: nothing beyond either, and nothing of both lost."""
    wanted, limit = scopes(asked), scopes(most)
    granted = wanted.within(limit)
    for type in ("Patient", "Observation", "Condition"):
        for interaction in ("read", "search", "create", "update", "delete"):
            both = wanted.allow(type, interaction) and limit.allow(type, interaction)
            assert granted.allow(type, interaction) == both
    assert read_scopes(str(granted).split()) == (granted, ())
