"""Signing in with a name and a password, and the session that follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.identity import signing_in
from service.identity.one_time import digest_of
from service.identity.passwords import Passwords
from service.settings import PasswordCost
from service.store.tables import account, now, session

PASSWORD = "two brown foxes jump"
RANK = {"features": [{"id": "HP:0001166"}]}


def try_in(client, name, password):
    return client.post("/api/v1/sessions", json={"name": name, "password": password})


def test_a_session_gives_what_the_roles_give_and_ends_with_sign_out(
    client, new_client, person, signed_in, problem, trail
):
    ada = person("ada")
    problem(client.post("/api/v1/rank", json=RANK), 401)
    signed_in(ada, client)
    assert client.post("/api/v1/rank", json=RANK).status_code == 200
    me = client.get("/api/v1/me").json()
    assert (me["account"], me["display_name"]) == (ada.id, "Ada")
    assert me["memberships"] == [{"department": ada.department, "department_name": "Genetics", "role": "clinician"}]
    assert "sign" in me["permissions"]
    assert "manage_accounts" not in me["permissions"]
    token = client.cookies["phenomap"]
    assert client.delete("/api/v1/sessions/current").status_code == 200
    assert "phenomap" not in client.cookies
    problem(new_client(cookies={"phenomap": token}).get("/api/v1/me"), 401)  # whoever kept it
    assert [entry for entry in trail() if entry[0].startswith("sign")] == [("sign_in", ada.id), ("sign_out", ada.id)]


def test_every_refusal_reads_the_same(client, person, problem, database):
    person("ada")
    closed, locked, robot = person("closed"), person("locked"), person("robot", kind="machine")
    database.write(lambda c: c.execute(update(account).where(account.c.id == closed.id).values(active=False)))
    until = now() + timedelta(minutes=1)
    database.write(lambda c: c.execute(update(account).where(account.c.id == locked.id).values(locked_until=until)))
    answers = [
        try_in(client, "ada", "a wrong password"),
        try_in(client, "nobody", PASSWORD),
        try_in(client, closed.name, PASSWORD),
        try_in(client, locked.name, PASSWORD),
        try_in(client, robot.name, PASSWORD),
    ]
    assert len({str(problem(answer, 401)) for answer in answers}) == 1
    assert not any("set-cookie" in answer.headers for answer in answers)


@pytest.mark.parametrize("name", ["ada", "nobody", "robot"])
def test_a_refusal_costs_one_hash_and_one_write_whoever_it_is(client, person, app, monkeypatch, name):
    person("ada")
    person("robot", kind="machine")
    identity = app.state.services.identity
    hashed, written = [], []
    verify, write = identity.passwords._hasher.verify, identity.database.write
    monkeypatch.setattr(
        type(identity.passwords._hasher), "verify", lambda _, *given: hashed.append(1) or verify(*given)
    )
    monkeypatch.setattr(identity.database, "write", lambda work: written.append(1) or write(work), raising=False)
    assert try_in(client, name, "a wrong password").status_code == 401
    assert (len(hashed), len(written)) == (1, 1)


def test_the_hash_of_nobody_costs_what_others_cost():
    cost = PasswordCost(passes=2, memory_kib=2048, lanes=1)
    passwords = Passwords(cost)
    parameters = lambda encoded: encoded.split("$")[1:4]  # noqa: E731 kind, version, cost
    assert parameters(passwords._nobodys) == parameters(passwords.encode(PASSWORD))
    assert [len(part) for part in passwords._nobodys.split("$")] == [len(p) for p in passwords.encode("a").split("$")]


def test_names_and_passwords_are_the_same_on_every_keyboard(client, person):
    person("ada")
    assert try_in(client, " ＡＤＡ ", "ｔｗｏ brown foxes jump").status_code == 200


def test_a_token_from_before_is_never_taken_up(client, new_client, person, signed_in, database):
    # Session fixation: someone else put a token into the browser, or used it before.
    ada, eve = person("ada"), person("eve")
    signed_in(eve, client)
    planted = client.cookies["phenomap"]
    signed_in(ada, client)
    assert client.cookies["phenomap"] != planted
    ended = select(session.c.ended).where(session.c.id == digest_of(planted))
    assert database.read(lambda c: c.execute(ended).scalar()) is not None
    mallory = new_client(cookies={"phenomap": "chosen-by-eve"})
    answer = try_in(mallory, "ada", PASSWORD)
    assert "chosen-by-eve" not in answer.headers["set-cookie"]
    assert new_client(cookies={"phenomap": "chosen-by-eve"}).get("/api/v1/me").status_code == 401


def test_who_reads_the_table_cannot_sign_in_with_it(client, new_client, person, signed_in, database):
    signed_in(person("ada"), client)
    row = database.read(lambda c: c.execute(select(session)).one())
    assert client.cookies["phenomap"] not in {str(value) for value in row}
    assert new_client(cookies={"phenomap": row.id}).get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("values", [{"seen": now() - timedelta(minutes=31)}, {"expires": now() - timedelta(seconds=1)}])
def test_a_session_ends_when_idle_and_in_any_case(client, person, signed_in, database, values, problem):
    signed_in(person("ada"), client)
    database.write(lambda c: c.execute(update(session).values(**values)))
    problem(client.get("/api/v1/me"), 401)


def test_use_keeps_a_session_from_idling(client, person, signed_in, database):
    signed_in(person("ada"), client)
    database.write(lambda c: c.execute(update(session).values(seen=now() - timedelta(minutes=20))))
    assert client.get("/api/v1/me").status_code == 200
    seen = database.read(lambda c: c.execute(select(session.c.seen)).scalar_one())
    assert now() - seen < timedelta(minutes=1)


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_a_change_without_the_csrf_token_is_refused(client, person, signed_in, problem, token):
    signed_in(person("ada"), client)
    del client.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token.encode()}
    problem(client.post("/api/v1/rank", json=RANK, headers=headers), 403)
    problem(client.delete("/api/v1/sessions/current", headers=headers), 403)
    assert client.get("/api/v1/me").status_code == 200


def test_the_csrf_token_of_another_session_is_none(client, new_client, person, signed_in, problem):
    signed_in(person("ada"), client)
    other = signed_in(person("eve"), new_client())
    problem(client.post("/api/v1/rank", json=RANK, headers={"X-CSRF-Token": other.headers["X-CSRF-Token"]}), 403)


def test_the_cookie_is_for_this_site_and_no_script(make_app, new_client, person):
    person("ada")
    plain = try_in(new_client(), "ada", PASSWORD).headers["set-cookie"]
    assert plain.startswith("phenomap=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(plain.split("; "))
    behind_tls = make_app(trusted_proxies=("127.0.0.1",))
    secure = try_in(new_client(behind_tls, base_url="https://127.0.0.1"), "ada", PASSWORD).headers["set-cookie"]
    assert secure.startswith("__Host-phenomap=")
    assert "Secure" in secure.split("; ")
    assert "Domain" not in secure


def test_a_new_cost_is_taken_up_at_the_next_sign_in(client, person, database):
    ada = person("ada")
    old = Passwords(PasswordCost(passes=2, memory_kib=1024, lanes=1)).encode(PASSWORD)
    database.write(lambda c: c.execute(update(account).values(password=old)))
    assert try_in(client, "ada", PASSWORD).status_code == 200
    stored = database.read(lambda c: c.execute(select(account.c.password).where(account.c.id == ada.id)).scalar_one())
    assert "t=1" in stored
    assert try_in(client, "ada", PASSWORD).status_code == 200


def test_passwords_are_hashed_off_the_event_loop(client, person, app, monkeypatch):
    import threading

    person("ada")
    threads = []
    passwords = app.state.services.identity.passwords
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *g: threads.append(threading.current_thread().name) or verify(*g))
    try_in(client, "ada", PASSWORD)
    assert threads[0].startswith("lane")


def test_a_closed_account_ends_its_sessions(client, person, signed_in, database):
    ada = person("ada")
    signed_in(ada, client)
    from service.identity.accounts import set_active

    database.write(lambda c: set_active(c, ada.id, False, by="operator"))
    assert client.get("/api/v1/me").status_code == 401


def test_no_password_reaches_the_trail(client, person, database):
    person("ada")
    try_in(client, PASSWORD, PASSWORD)  # typed into the wrong field
    try_in(client, "ada", "a wrong password")
    from service.store.tables import audit

    rows = str(database.read(lambda c: c.execute(select(audit)).all()))
    assert "foxes" not in rows
    assert "wrong" not in rows
    assert signing_in.UNKNOWN in rows
