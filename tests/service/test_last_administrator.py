"""A department is never left without an administrator who can come in, and its photos may be as large as others."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from benchmarks.hospital import BASE
from benchmarks.hospital import hospital as opened
from service.app import Limits, create_app
from service.identity.accounts import grant
from service.store.tables import account

ROLE = "administrator"


@pytest.fixture
def hospital(tmp_path, assessor):
    """The administrators of north and south, and the colleague of north, can come in."""
    with opened(tmp_path, assessor) as there:
        able = [there.actors[name].id for name in ("administrator north", "administrator south", "colleague north")]
        with_password = update(account).where(account.c.id.in_(able)).values(password="$argon2id$x")
        there.keeping.database.write(lambda connection: connection.execute(with_password).rowcount)
        yield there


@pytest.fixture
def ids(hospital):
    return {name: hospital.actors[name].id for name in hospital.actors}


def close(client, id):
    return client.post(f"/api/v1/accounts/{id}/active", json={"active": False})


def demote(client, id, department):
    return client.delete(f"/api/v1/accounts/{id}/memberships/{department}/{ROLE}")


def make_administrator(client, id, department):
    given = {"department": department, "role": ROLE}
    assert client.post(f"/api/v1/accounts/{id}/memberships", json=given).status_code == 200


def test_the_last_administrator_neither_closes_nor_demotes_themself(hospital, ids, problem):
    client, own = hospital.client("administrator north"), ids["administrator north"]
    for answer in (close(client, own), demote(client, own, hospital.departments["north"])):
        told = problem(answer, 409)
        assert "last administrator" in told["detail"]
        assert "Make another account" in told["errors"][0]["mend"]
    assert client.get("/api/v1/accounts").status_code == 200  # still who they were


def test_with_another_administrator_both_are_done(hospital, ids):
    north = hospital.departments["north"]
    make_administrator(hospital.client("administrator north"), ids["colleague north"], north)
    assert demote(hospital.client("administrator north"), ids["administrator north"], north).status_code == 200
    left = hospital.client("colleague north")
    assert close(left, ids["administrator north"]).status_code == 200  # who is none any more
    assert close(left, ids["colleague north"]).status_code == 409
    assert close(left, ids["clinician north"]).status_code == 200


def test_one_who_cannot_come_in_is_no_other_administrator(hospital, ids):
    """The auditor is made administrator, but has never chosen a password; a closed one does not count either."""
    north, client = hospital.departments["north"], hospital.client("administrator north")
    make_administrator(client, ids["auditor north"], north)
    assert close(client, ids["administrator north"]).status_code == 409
    make_administrator(client, ids["colleague north"], north)
    assert close(client, ids["colleague north"]).status_code == 200
    assert close(client, ids["administrator north"]).status_code == 409


def test_an_administrator_of_two_departments_is_asked_about_each(hospital, ids):
    """Two administrators in the north, one of whom is alone in the south."""
    north, south = hospital.departments["north"], hospital.departments["south"]
    make_administrator(hospital.client("administrator north"), ids["colleague north"], north)

    def also_in_the_south(connection):
        grant(connection, ids["administrator north"], south, ROLE)
        connection.execute(update(account).where(account.c.id == ids["administrator south"]).values(active=False))

    hospital.keeping.database.write(also_in_the_south)
    client = hospital.client("administrator north")
    assert close(client, ids["administrator north"]).status_code == 409
    assert demote(client, ids["administrator north"], south).status_code == 409
    assert demote(client, ids["administrator north"], north).status_code == 200


def test_a_photo_to_be_kept_may_be_as_large_as_one_to_be_described(hospital, assessor, problem):
    limits = Limits(body=2000, body_with_photos=10_000)
    app = create_app(assessor, keeping=hospital.keeping, limits=limits)
    known = hospital.client("clinician north")
    small = TestClient(app, base_url=BASE, cookies=known.cookies, headers=known.headers)
    face = b"a face " * 900
    jpeg = b"\xff\xd8\xff\xdb" + (len(face) + 2).to_bytes(2) + face + b"\xff\xd9"
    headers = {"Content-Type": "image/jpeg"}
    id = small.post("/api/v1/cases", json={"age": "P30Y"}).json()["id"]
    problem(small.post(f"/api/v1/cases/{id}/notes", json={"text": "a" * 3000}), 413)
    small.post(f"/api/v1/cases/{id}/consents", json={"purpose": "photo", "given_by": "patient"})
    answer = small.post(f"/api/v1/cases/{id}/photos", content=jpeg, headers=headers)
    assert answer.status_code == 201, answer.text
    problem(small.post(f"/api/v1/cases/{id}/photos", content=jpeg * 2, headers=headers), 413)
