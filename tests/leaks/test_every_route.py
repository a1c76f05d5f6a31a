"""Every route × every role × own and other department × guessed ids: nothing of another department's case gets out.

Whatever is asked by one who may not see a case is answered as it is for a case that does not exist.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Annotated

import pytest
from fastapi import APIRouter, Request
from sqlalchemy import select

from benchmarks.every_route import JPEG, operations
from benchmarks.hospital import NOBODY
from service.actors import Actor, Permission, needs
from service.cases.desk import Desk
from service.identity.roles import PERMISSIONS, Role
from service.services import Shared
from service.store.tables import DEPARTMENTAL, case, case_key
from service.tasks.queue import enqueue

PUBLIC, KNOWN = "public", "known"
#: Who may use each route. A route that is not here fails the test until someone has said who may.
ACCESS = {
    "POST /api/v1/extract": Permission.ASSESS,
    "POST /api/v1/rank": Permission.ASSESS,
    "POST /api/v1/suggest": Permission.ASSESS,
    "POST /api/v1/assess": Permission.ASSESS,
    "POST /api/v1/photos:describe": Permission.ASSESS,
    "POST /api/v1/photos:explain": Permission.ASSESS,
    "POST /api/v1/documents:read": Permission.ASSESS,
    "GET /api/v1/terms": Permission.READ_KNOWLEDGE,
    "GET /api/v1/diseases/{id}": Permission.READ_KNOWLEDGE,
    "GET /api/v1/knowledge": Permission.READ_KNOWLEDGE,
    "GET /livez": PUBLIC,
    "GET /readyz": PUBLIC,
    "POST /api/v1/sessions": PUBLIC,
    "POST /api/v1/sessions:link": PUBLIC,
    "POST /api/v1/passwords": PUBLIC,
    "POST /api/v1/me/password": KNOWN,
    "DELETE /api/v1/sessions/current": KNOWN,
    "GET /api/v1/me": KNOWN,
    "GET /api/v1/departments": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/departments": Permission.MANAGE_ACCOUNTS,
    "GET /api/v1/accounts": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/active": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/memberships": Permission.MANAGE_ACCOUNTS,
    "DELETE /api/v1/accounts/{id}/memberships/{department}/{role}": Permission.MANAGE_ACCOUNTS,
    "GET /api/v1/accounts/{id}/keys": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/keys": Permission.MANAGE_ACCOUNTS,
    "DELETE /api/v1/accounts/{id}/keys/{key}": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/accounts/{id}/password-links": Permission.MANAGE_ACCOUNTS,
    "POST /api/v1/cases": Permission.WRITE_CASES,
    "GET /api/v1/cases": Permission.READ_CASES,
    "POST /api/v1/cases:reanalyse": Permission.REANALYSE,
    "PATCH /api/v1/cases/{id}": Permission.WRITE_CASES,
    "GET /api/v1/cases/{id}": Permission.READ_CASES,
    "POST /api/v1/cases/{id}/notes": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/features": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/consents": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/photos": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/assess": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/sign-off": Permission.SIGN,
    "POST /api/v1/cases/{id}/second-sign-off": Permission.SECOND_SIGN,
    "POST /api/v1/cases/{id}/break-glass": Permission.BREAK_GLASS,
    "POST /api/v1/cases/{id}/erase": Permission.ERASE,
    "GET /api/v1/cases/{id}/photos/{part}": Permission.READ_CASES,
    "DELETE /api/v1/cases/{id}/photos/{part}": Permission.WRITE_CASES,
    "POST /api/v1/cases/{id}/photos/{part}:describe": Permission.READ_CASES,
    "POST /api/v1/cases/{id}/photos/{part}:explain": Permission.READ_CASES,
    "DELETE /api/v1/cases/{id}/notes/{part}": Permission.WRITE_CASES,
    "DELETE /api/v1/cases/{id}/features/{part}": Permission.WRITE_CASES,
    "DELETE /api/v1/cases/{id}/consents/{part}": Permission.WRITE_CASES,
    "GET /api/v1/cases/{id}/reports/{part}": Permission.READ_CASES,
    "GET /api/v1/cases/{id}/phenopacket": Permission.READ_CASES,
    "POST /api/v1/phenopackets": Permission.WRITE_CASES,
    "POST /api/v1/phenopackets:validate": Permission.WRITE_CASES,
    "POST /api/v1/cohorts": Permission.WRITE_CASES,
    "GET /api/v1/cohorts": Permission.READ_CASES,
    "GET /api/v1/cases/{id}/hpo": Permission.READ_CASES,
    "GET /cases/{id}/reports/{part}/print.pdf": Permission.READ_CASES,
    "GET /cases/{id}/reports/{part}/order.pdf": Permission.READ_CASES,
    "POST /fhir": Permission.WRITE_CASES,
    "POST /fhir/$match-rare-disease": Permission.ASSESS,
    "POST /fhir/{type}": Permission.WRITE_CASES,
    "PUT /fhir/{type}/{id}": Permission.WRITE_CASES,
    "DELETE /fhir/{type}/{id}": Permission.WRITE_CASES,
    "GET /fhir/Task/{id}": Permission.READ_CASES,
    "GET /fhir/metadata": PUBLIC,
    "GET /fhir/OperationDefinition/{id}": PUBLIC,
    "GET /fhir/AuditEvent": Permission.READ_AUDIT,
    "GET /fhir/AuditEvent/{id}": Permission.READ_AUDIT,
    "GET /fhir/Patient/{id}/$everything": Permission.READ_CASES,
    "GET /fhir/{type}": Permission.READ_CASES,
    "POST /fhir/{type}/_search": Permission.READ_CASES,
    "GET /fhir/{type}/{id}": Permission.READ_CASES,
    "GET /fhir/{type}/{id}/_history": Permission.READ_CASES,
    "GET /fhir/{type}/{id}/_history/{version}": Permission.READ_CASES,
    "GET /cds-services": PUBLIC,
    "POST /cds-services/{id}": Permission.READ_CASES,
    "POST /cds-services/{id}/feedback": Permission.WRITE_CASES,
    "GET /api/v1/cds/feedback": Permission.READ_CASES,
    "GET /api/v1/audit": Permission.READ_AUDIT,
    "GET /api/v1/shift": Permission.READ_CASES,
    "GET /api/v1/gallery": Permission.READ_CASES,
    "GET /api/v1/gallery/faces": Permission.READ_CASES,
    "POST /api/v1/gallery/cases/{id}": Permission.WRITE_CASES,
    "DELETE /api/v1/gallery/cases/{id}": Permission.WRITE_CASES,
    "POST /api/v1/gallery:evaluate": Permission.REANALYSE,
}
#: Bodies that the description alone does not suggest.
BODIES = {
    "POST /api/v1/assess": {"features": [{"id": "HP:0001166"}]},
    "POST /api/v1/cases/{id}/consents": {"purpose": "federation", "given_by": "guardian"},
    "POST /api/v1/cases/{id}/features": {"features": [{"id": "HP:0002650"}]},
    "PATCH /api/v1/cases/{id}": {"sex": "female"},
    "POST /api/v1/photos:explain": {"measurement": "ipd_fw", "content": b64encode(JPEG).decode()},
    "POST /api/v1/cases/{id}/photos/{part}:explain": {"measurement": "ipd_fw"},
}
OBSERVATION = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://human-phenotype-ontology.org", "code": "HP:0001166"}]},
    "subject": {"reference": "Patient/p"},
}
REQUEST = {"method": "POST", "url": "Observation"}
ENTRY = {"resource": OBSERVATION, "request": REQUEST}
BODIES |= {
    "POST /fhir": {"resourceType": "Bundle", "type": "batch", "entry": [ENTRY]},
    "POST /fhir/{type}": OBSERVATION,
    "POST /fhir/$match-rare-disease": {"resourceType": "Bundle", "type": "batch", "entry": [ENTRY]},
    "PUT /fhir/{type}/{id}": OBSERVATION,
}
PACKET = {
    "id": "p",
    "phenotypicFeatures": [{"type": {"id": "HP:0001166", "label": "Arachnodactyly"}}],
    "metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "test", "phenopacketSchemaVersion": "2.0"},
}
BODIES |= {
    "POST /api/v1/phenopackets": PACKET,
    "POST /api/v1/phenopackets:validate": PACKET,
    "POST /api/v1/cohorts": {"id": "c", "members": [PACKET], "metaData": PACKET["metaData"]},
    "POST /cds-services/{id}": {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/1", "patientId": "p"},
    },
    "POST /cds-services/{id}/feedback": {
        "feedback": [
            {
                "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
                "outcome": "overridden",
                "outcomeTimestamp": "2026-11-23T08:00:00Z",
            }
        ]
    },
}
MARKS = ("Quxolath", "778899", "zebrawood", "Vornak")
ROLES = tuple(role.value for role in Role)
#: Breaking the glass is there to reach another department's case, so it is tried last; tests/cases says what it opens.
REACHES_OTHERS = {"POST /api/v1/cases/{id}/break-glass"}
#: The ids in these are the sender's own, and name nothing of another department: what is sent becomes a case of theirs.
OF_THE_SENDER = {"POST /fhir/{type}", "PUT /fhir/{type}/{id}", "DELETE /fhir/{type}/{id}"}
#: For record systems that the settings name; a role alone is not enough. tests/cds says what they are answered.
OF_CLIENTS = {"POST /cds-services/{id}", "POST /cds-services/{id}/feedback"}
#: Lists of what whoever asks may see: none of it where nothing is theirs. tests/fhir says what is in them.
LISTS = {"GET /fhir/{type}", "POST /fhir/{type}/_search", "GET /api/v1/cohorts"}


def seed(hospital):
    """A case of the north with every part it can have; its ids by name, and the body of a signature."""
    clinician = hospital.client("clinician north")

    def post(path, body):
        answer = clinician.post(f"/api/v1/cases{path}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    patient = {"name": "Quxolath Vornak", "number": "778899"}
    id = post("", {"patient": patient, "age": "P7Y", "notes": [{"text": "A zebrawood of arachnodactyly."}]})["id"]
    ids = {"id": id, "role": "clinician", "key": "0" * 32, "department": hospital.departments["north"]}
    added = {
        "features": post(f"/{id}/features", {"features": [{"id": "HP:0001166"}]})["added"][0],
        "consents": post(f"/{id}/consents", {"purpose": "photo", "given_by": "guardian"})["added"][0],
        "photos": post(f"/{id}/photos", {"content": b64encode(JPEG).decode()})["added"][0],
        "reports": post(f"/{id}/assess", {})["id"],
    }
    added["notes"] = clinician.get(f"/api/v1/cases/{id}").json()["notes"][0]["id"]
    ids |= {f"/api/v1/cases/{{id}}/{kind}/{{part}}:part": part for kind, part in added.items()}
    ids |= {f"/api/v1/cases/{{id}}/photos/{{part}}:{does}:part": added["photos"] for does in ("describe", "explain")}
    ids |= {f"/cases/{{id}}/reports/{{part}}/{sheet}.pdf:part": added["reports"] for sheet in ("print", "order")}
    for operation in operations(hospital.app):
        if operation.path.startswith("/api/v1/accounts/"):
            ids[f"{operation.path}:id"] = hospital.actors["colleague north"].id
        if operation.path.startswith("/api/v1/diseases/"):
            ids[f"{operation.path}:id"] = "OMIM:900001"
        if operation.path.startswith("/cds-services/"):
            ids[f"{operation.path}:id"] = "phenomap-patient-view"
        if operation.path.startswith("/fhir/"):
            ids[f"{operation.path}:type"] = "Observation"
            ids[f"{operation.path}:version"] = "1"
            if "{type}/{id}" in operation.path:
                ids[f"{operation.path}:id"] = added["features"]
    desk = Desk(hospital.actors["clinician north"], hospital.keeping)
    ids["/fhir/Task/{id}:id"] = desk.write(lambda c: enqueue(desk, c, desk.case(c, id), "his"))
    trail = hospital.client("auditor north").get("/fhir/AuditEvent", params={"patient": id}).json()
    ids["/fhir/AuditEvent/{id}:id"] = trail["entry"][0]["resource"]["id"]
    return ids, {"report": added["reports"], "decision": "more_data", "reason": "Vornak is to be seen again."}


def ask(client, operation, ids, signature):
    """Send the operation a request that it takes."""
    headers = {"If-Match": '"1"'} if operation.method == "PATCH" else {}
    body = BODIES.get(operation.name, operation.sample())
    if operation.path.endswith("sign-off"):
        body = signature
    query = {"q": "Arachnodactyly"} if "q" in operation.query() else {}
    if operation.path.endswith("/_search"):
        return client.request(operation.method, operation.at(ids), data={"_count": "5"}, headers=headers)
    if operation.takes_photo:
        headers["Content-Type"] = "image/jpeg"
        return client.request(operation.method, operation.at(ids), content=JPEG, headers=headers)
    if operation.takes_document:
        headers["Content-Type"] = "application/octet-stream"
        return client.request(operation.method, operation.at(ids), content=b"Seizures.", headers=headers)
    return client.request(operation.method, operation.at(ids), json=body, headers=headers, params=query)


def guessed(ids):
    """The same ids, each one of them another one."""
    wrong = {value: value[:-1] + ("0" if value[-1] != "0" else "1") for value in ids.values() if len(value) == 32}
    return {name: wrong.get(value, value) for name, value in ids.items()}


def without(words, ids):
    for value in {value for value in ids.values() if len(value) == 32}:
        words = words.replace(value, "…")
    return words


def secrets_of(hospital, ids):
    """What no answer to a stranger may hold, unless they sent it: marks, ids of the case and of its parts."""
    return {*MARKS, *(value for value in ids.values() if len(value) == 32), hospital.actors["clinician north"].id}


def rows(hospital):
    def work(connection):
        tables = (*DEPARTMENTAL, case_key)
        return {table.name: sorted(map(str, connection.execute(select(table)).all())) for table in tables}

    return hospital.keeping.database.read(work)


def leaks(hospital, ids, signature):
    """Everything that should not be: what strangers get or change, and what those without the permission get."""
    found = []
    before = rows(hospital)
    for operation in sorted(operations(hospital.app), key=lambda operation: operation.name in REACHES_OTHERS):
        needed = ACCESS.get(operation.name)
        if needed is None:
            found.append(f"{operation.name}: nobody has said who may use it")
        for who in (NOBODY, *(f"{role} {where}" for where in ("north", "south") for role in ROLES)):
            if needed == PUBLIC and who != NOBODY:
                continue
            role, _, where = who.partition(" ")
            may = who != NOBODY and (needed == KNOWN or needed in PERMISSIONS[Role(role)])
            if where == "north" and may:
                continue  # see test_those_who_may_are_answered
            if needed == KNOWN and may and operation.method != "GET":
                continue  # about the session that asks, which it ends
            found += stranger(hospital, operation, who, needed, may, ids, signature)
    after = rows(hospital)
    found += [f"{name} was changed by a stranger" for name in before if not grown_alone(before[name], after[name])]
    return found


def stranger(hospital, operation, who, needed, may, ids, signature):
    client = hospital.client(who)
    answer = ask(client, operation, ids, signature)
    sent = operation.at(ids)
    told = answer.text + json.dumps(dict(answer.headers))
    if answer.status_code >= 500:
        yield f"{operation.name} as {who}: {answer.status_code}"
    for secret in secrets_of(hospital, ids):
        if secret in told and secret not in sent:
            yield f"{operation.name} as {who}: tells {secret}"
    if needed != PUBLIC and not may and answer.status_code != (401 if who == NOBODY else 403):
        yield f"{operation.name} as {who}: {answer.status_code} without the permission"
    elsewhere = operation.name not in REACHES_OTHERS | OF_THE_SENDER | LISTS and needed != Permission.READ_KNOWLEDGE
    if may and "{" in operation.path and elsewhere:
        if answer.is_success:
            yield f"{operation.name} as {who}: {answer.status_code} for another department"
        wrong = guessed(ids)
        other = ask(client, operation, wrong, signature)
        if (other.status_code, without(other.text, wrong)) != (answer.status_code, without(answer.text, ids)):
            yield f"{operation.name} as {who}: a case that is there is answered otherwise than one that is not"


def grown_alone(before, after):
    """Whether every row is as it was; strangers may open cases of their own."""
    return set(before) <= set(after)


@pytest.fixture
def seeded(hospital_with):
    hospital = hospital_with()
    return hospital, *seed(hospital)


def test_nothing_leaks(seeded):
    found = leaks(*seeded)
    assert not found, "\n".join(found)


def test_what_is_asked_for_is_all_of_the_service(seeded):
    """Every operation is asked by every role that may not use it: hundreds of requests, not a handful."""
    hospital, _, _ = seeded
    assert {operation.name for operation in operations(hospital.app)} == set(ACCESS)


@pytest.mark.parametrize("role", ROLES)
def test_those_who_may_are_answered(hospital_with, role):
    """Otherwise nothing would leak from a service that refuses everyone."""
    hospital = hospital_with(second_reader=True)
    ids, signature = seed(hospital)
    client = hospital.client(f"{role} north")
    answered = 0
    for operation in sorted(operations(hospital.app), key=turn):
        if operation.path.startswith("/api/v1/departments") and operation.method == "POST":
            continue  # its session goes on under a new token
        if ACCESS[operation.name] in PERMISSIONS[Role(role)] and operation.name not in REACHES_OTHERS:
            if operation.path.endswith("/second-sign-off"):
                hospital.client("clinician north").post(f"/api/v1/cases/{ids['id']}/sign-off", json=signature)
            answer = ask(client, operation, ids, signature)
            if operation.name in OF_CLIENTS:
                assert answer.status_code == 403, (operation.name, answer.text)
            elif "/accounts" in operation.path or "/gallery" in operation.path:  # see tests/identity and tests/gallery
                assert answer.status_code not in {401, 403, 500}, (operation.name, answer.text)
            else:
                allowed = {200, 201, 409} if operation.method == "PATCH" else {200, 201}
                assert answer.status_code in allowed, (operation.name, answer.text)
            answered += answer.is_success
    assert answered >= 2


def turn(operation):
    """Reading first, then signing, then what changes a case, then what takes away."""
    last = {"GET": 0, "POST": 2, "PATCH": 3, "PUT": 3, "DELETE": 4}[operation.method]
    return 1 if operation.path.endswith("sign-off") else 5 if operation.path.endswith("erase") else last


planted = APIRouter(prefix="/api/v1")


@planted.get("/cases/{id}/planted")
async def without_permission(id: str, services: Shared) -> dict:
    row = services.kept.database.read(lambda c: c.execute(select(case).where(case.c.id == id)).mappings().first())
    return {"department": row["department"] if row else None}


@planted.get("/planted")
async def without_scope(request: Request, actor: Annotated[Actor, needs(Permission.READ_CASES)]) -> list[str]:
    database = request.app.state.services.kept.database
    return database.read(lambda c: list(c.execute(select(case.c.id)).scalars()))


@planted.post("/cases/{id}/plant")
async def changing_without_scope(
    id: str, services: Shared, actor: Annotated[Actor, needs(Permission.WRITE_CASES)]
) -> None:
    services.kept.database.write(lambda c: c.execute(case.update().where(case.c.id == id).values(sex="other")))


@planted.get("/cases/{id}/there")
async def telling_whether_it_is_there(
    id: str, services: Shared, actor: Annotated[Actor, needs(Permission.READ_CASES)]
) -> None:
    from service.problems import ProblemError

    there = services.kept.database.read(lambda c: c.execute(select(case.c.id).where(case.c.id == id)).first())
    raise ProblemError(403 if there else 404, "No.")


@pytest.mark.parametrize(
    ("name", "needed", "expected"),
    [
        ("GET /api/v1/cases/{id}/planted", Permission.READ_CASES, "without the permission"),
        ("GET /api/v1/cases/{id}/planted", Permission.READ_CASES, "tells "),
        ("GET /api/v1/planted", Permission.READ_CASES, "tells "),
        ("POST /api/v1/cases/{id}/plant", Permission.WRITE_CASES, "case_ was changed by a stranger"),
        ("POST /api/v1/cases/{id}/plant", Permission.WRITE_CASES, "for another department"),
        ("GET /api/v1/cases/{id}/there", Permission.READ_CASES, "answered otherwise"),
        ("GET /api/v1/planted", None, "nobody has said"),
    ],
)
def test_a_route_that_forgets_something_is_found(seeded, monkeypatch, name, needed, expected):
    """The test itself is tested: each planted route leaks in one way, and that one is told."""
    hospital, ids, signature = seeded
    hospital.app.include_router(planted)
    planted_ones = {"GET /api/v1/cases/{id}/planted", "GET /api/v1/planted", "POST /api/v1/cases/{id}/plant"}
    for each in planted_ones | {"GET /api/v1/cases/{id}/there"}:
        if each != name or needed is not None:
            monkeypatch.setitem(ACCESS, each, needed if each == name else Permission.READ_CASES)
    hospital.app.openapi_schema = None
    everything = operations(hospital.app)
    monkeypatch.setitem(globals(), "operations", lambda app: [one for one in everything if one.name == name])
    found = leaks(hospital, ids, signature)
    assert any(expected in leak for leak in found), found
