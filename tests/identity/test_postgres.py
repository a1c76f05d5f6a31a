"""The same doors on PostgreSQL, where writes run at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.identity import one_time
from service.identity.lockout import FREE_OF_ACCOUNT
from service.identity.one_time import Purpose
from service.store.tables import account, now

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def at_once(work, times=12):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda _: work(), range(times)))


def test_sign_in_and_out_and_the_trail(database, client, person, signed_in, trail, problem):
    ada = person("ada")
    signed_in(ada, client)
    assert client.get("/api/v1/me").json()["account"] == ada.id
    client.delete("/api/v1/sessions/current")
    problem(client.get("/api/v1/me"), 401)
    assert trail()[-2:] == [("sign_in", ada.id), ("sign_out", ada.id)]


def test_guesses_made_at_once_are_counted_one_by_one(database, new_client, person):
    person("ada")
    guess = {"name": "ada", "password": "a wrong password"}
    assert set(at_once(lambda: new_client().post("/api/v1/sessions", json=guess).status_code, 8)) == {401}
    assert database.read(lambda c: c.execute(select(account.c.failures)).scalar_one()) == FREE_OF_ACCOUNT


def test_a_secret_and_a_tokens_id_are_used_once_whoever_else_tries(database, person):
    ada = person("ada")
    secret = database.write(lambda c: one_time.issue(c, Purpose.PASSWORD, ada.id))
    used = at_once(lambda: database.write(lambda c: one_time.use(c, secret, Purpose.PASSWORD)))
    assert sorted(map(str, used)) == sorted([ada.id, *["None"] * 11])
    expires = now() + timedelta(minutes=1)
    seen = at_once(lambda: database.write(lambda c: one_time.seen_before(c, "ehr 1", expires)))
    assert sorted(seen) == [False, *[True] * 11]
