"""Doors that stay shut after wrong passwords, for an account and for an address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from service.identity.lockout import ADDRESS_FORGOTTEN, FREE_OF_ACCOUNT, FREE_OF_ADDRESS, Addresses, wait_after
from service.store.tables import account, now

PASSWORD = "two brown foxes jump"


def try_in(client, password, name="ada"):
    return client.post("/api/v1/sessions", json={"name": name, "password": password})


def row(database):
    return database.read(lambda c: c.execute(select(account).where(account.c.name == "ada")).one())


def test_the_wait_doubles_up_to_its_longest():
    # 30 s after the fifth, then 60, 120, 240, 480, and 15 minutes from there on
    seconds = [wait_after(failures).total_seconds() for failures in range(12)]
    assert seconds == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


@given(st.integers(0, 10**9))
def test_more_failures_never_wait_for_less(failures):
    assert wait_after(failures) <= wait_after(failures + 1) <= timedelta(minutes=15)


def test_a_right_password_after_too_many_wrong_ones_waits_too(client, person, database, trail):
    ada = person("ada")
    for _ in range(FREE_OF_ACCOUNT):
        assert try_in(client, "a wrong password").status_code == 401
    assert ("lock", ada.id) in trail()
    assert try_in(client, PASSWORD).status_code == 401
    until = row(database).locked_until
    try_in(client, "a wrong password")
    assert row(database).locked_until == until  # knocking does not shut it for longer
    database.write(lambda c: c.execute(update(account).values(locked_until=now())))
    assert try_in(client, PASSWORD).status_code == 200
    assert (row(database).failures, row(database).locked_until) == (0, None)


def test_guesses_made_at_once_are_counted_one_by_one(new_client, person, database):
    person("ada")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda at: try_in(new_client(), f"a wrong password {at}").status_code, range(8)))
    assert set(answers) == {401}
    assert row(database).failures == FREE_OF_ACCOUNT


def test_a_right_password_forgives_mistyping(client, person, database):
    person("ada")
    for _ in range(FREE_OF_ACCOUNT - 1):
        try_in(client, "a wrong password")
    assert try_in(client, PASSWORD).status_code == 200
    assert row(database).failures == 0


def test_an_address_that_guesses_names_is_held_up(client, new_client, person, problem):
    person("ada")
    for at in range(FREE_OF_ADDRESS):
        assert try_in(client, "a wrong password", f"name{at}").status_code == 401
    held = try_in(client, PASSWORD)
    problem(held, 429)
    assert 0 < int(held.headers["retry-after"]) <= 31
    problem(client.post("/api/v1/sessions:link", json={"secret": "guess"}), 429)
    elsewhere = new_client(client=("10.0.0.9", 1))
    assert isinstance(elsewhere, TestClient)
    assert try_in(elsewhere, PASSWORD).status_code == 200


def test_addresses_are_forgotten_in_time_and_never_too_many_are_kept():
    clock = [0.0]
    addresses = Addresses(lambda: clock[0], most=3)
    for _ in range(FREE_OF_ADDRESS):
        addresses.failed("a")
    assert addresses.wait("a") == pytest.approx(30)
    clock[0] = ADDRESS_FORGOTTEN + 1
    assert addresses.wait("a") == 0
    addresses.failed("a")
    assert addresses.wait("a") == 0
    for other in "bcd":
        addresses.failed(other)
    assert list(addresses._seen) == ["b", "c", "d"]
