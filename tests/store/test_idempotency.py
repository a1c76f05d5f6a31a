"""A request that comes twice is done once, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from ontology.errors import InputError
from service.store import tables
from service.store.idempotency import KeyReused, forget_answers, once, request_digest

POST = request_digest("POST", "/api/v1/cases", b"{}")


def adding(name):
    def work(connection):
        connection.execute(tables.department.insert().values(id=name, name=name))
        return 201, {"id": name, "version": 1}

    return work


def send(database, key, work, account="account", digest=POST):
    return database.write(lambda connection: once(connection, account, key, digest, work))


def departments(database):
    return database.read(lambda c: c.execute(select(func.count(tables.department.c.id))).scalar())


def test_the_second_time_the_first_answer_is_given_and_nothing_done(people):
    before = departments(people)
    assert send(people, "k", adding("a")) == (201, {"id": "a", "version": 1}, False)
    assert send(people, "k", adding("b")) == (201, {"id": "a", "version": 1}, True)
    assert departments(people) == before + 1


def test_the_same_key_with_another_request_is_refused(people):
    send(people, "k", adding("a"))
    with pytest.raises(KeyReused, match="new key"):
        send(people, "k", adding("b"), digest=request_digest("POST", "/api/v1/cases", b"[]"))


def test_a_key_is_one_accounts_own(people):
    other = tables.account.insert().values(id="other", name="o", display_name="o", kind="person")
    people.write(lambda connection: connection.execute(other).close())
    send(people, "k", adding("a"))
    assert send(people, "k", adding("b"), account="other") == (201, {"id": "b", "version": 1}, False)


def test_a_request_that_failed_leaves_its_key_free(people):
    def fails(connection):
        adding("a")(connection)
        raise LookupError

    with pytest.raises(LookupError):
        send(people, "k", fails)
    assert send(people, "k", adding("a")).repeated is False


def test_of_the_same_request_sent_many_times_at_once_one_is_done(people):
    before, gate = departments(people), threading.Barrier(8)

    def one(number):
        gate.wait()
        return send(people, "k", adding(f"d{number}"))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 7
    assert len({answer.answer["id"] for answer in answers}) == 1
    assert departments(people) == before + 1


def test_old_answers_are_forgotten_and_young_ones_kept(people):
    send(people, "k", adding("a"))
    assert people.write(lambda c: forget_answers(c, tables.now() - timedelta(days=1))) == 0
    assert send(people, "k", adding("b")).repeated
    assert people.write(lambda c: forget_answers(c, tables.now() + timedelta(seconds=1))) == 1
    assert not send(people, "k", adding("b")).repeated


@pytest.mark.parametrize("key", ["", "a b", "k" * 101, "钥匙", "a\n"])
def test_a_key_of_another_form_is_refused(people, key):
    with pytest.raises(InputError, match="printable ASCII"):
        send(people, key, adding("a"))


@given(st.lists(st.tuples(st.text(), st.text(), st.binary()), min_size=2, max_size=2, unique=True))
def test_different_requests_have_different_digests(requests):
    (first, second) = ((method.upper(), path, body) for method, path, body in requests)
    assert (request_digest(*first) == request_digest(*second)) == (first == second)
