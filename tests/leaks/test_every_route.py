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
from tests.leaks.routes import ACCESS, BODIES, KNOWN, LISTS, OF_CLIENTS, OF_THE_SENDER, PUBLIC, REACHES_OTHERS

MARKS = ("Quxolath", "778899", "zebrawood", "Vornak")
ROLES = tuple(role.value for role in Role)


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
