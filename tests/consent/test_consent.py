"""Data are used only as far as somebody who may has agreed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.audit.trail import export, verify
from service.consent.consent import (
    OF_AGE_DAYS,
    ConsentMissing,
    ConsentUnknown,
    Giver,
    Purpose,
    _may_give,
    consents,
    give,
    require,
    withdraw,
)
from service.store.database import Database

NewCase = Callable[[], str]
ADULT = 30 * 365


def _give(database: Database, id: str, purpose: Purpose, by: Giver, age: int | None) -> str:
    return database.write(lambda connection: give(connection, id, purpose, by, age, "li"))


def _require(database: Database, id: str, purpose: Purpose, age: int | None) -> None:
    database.read(lambda connection: require(connection, id, purpose, age))


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_is_agreed_to_unasked(database: Database, new_case: NewCase, purpose: Purpose):
    with pytest.raises(ConsentMissing):
        _require(database, new_case(), purpose, ADULT)


@pytest.mark.parametrize("purpose", Purpose)
def test_consent_to_one_use_is_none_to_another(database: Database, new_case: NewCase, purpose: Purpose):
    id, other_patient = new_case(), new_case()
    _give(database, id, purpose, Giver.PATIENT, ADULT)
    _require(database, id, purpose, ADULT)
    for other in set(Purpose) - {purpose}:
        with pytest.raises(ConsentMissing):
            _require(database, id, other, ADULT)
    with pytest.raises(ConsentMissing):
        _require(database, other_patient, purpose, ADULT)


@pytest.mark.parametrize("age", [0, 400, OF_AGE_DAYS - 1, None])
def test_a_child_cannot_consent_but_its_guardian_can(database: Database, new_case: NewCase, age: int | None):
    id = new_case()
    with pytest.raises(ConsentMissing):
        _give(database, id, Purpose.PHOTO, Giver.PATIENT, age)
    _give(database, id, Purpose.PHOTO, Giver.GUARDIAN, age)
    _require(database, id, Purpose.PHOTO, age)


def test_a_consent_recorded_for_an_adult_is_none_once_the_age_is_mended(database: Database, new_case: NewCase):
    id = new_case()
    _give(database, id, Purpose.ASSESSMENT, Giver.PATIENT, ADULT)
    with pytest.raises(ConsentMissing, match="under fourteen"):
        _require(database, id, Purpose.ASSESSMENT, 400)


@given(st.integers(0, 40_000))
def test_fourteen_years_are_never_counted_short(age: int):
    # the longest fourteen years have four leap days: 14 * 365 + 4
    assert _may_give(Giver.PATIENT, age) == (age >= 14 * 365 + 4)


def test_a_withdrawn_consent_no_longer_stands_and_is_kept(database: Database, new_case: NewCase):
    id = new_case()
    first = _give(database, id, Purpose.FEDERATION, Giver.PATIENT, ADULT)
    database.write(lambda connection: withdraw(connection, id, first, "li"))
    with pytest.raises(ConsentMissing):
        _require(database, id, Purpose.FEDERATION, ADULT)
    _give(database, id, Purpose.FEDERATION, Giver.PATIENT, ADULT)
    _require(database, id, Purpose.FEDERATION, ADULT)
    kept = database.read(lambda connection: consents(connection, id))
    assert [one.withdrawn is None for one in kept] == [False, True]


def test_a_consent_is_withdrawn_once_and_for_its_own_case_alone(database: Database, new_case: NewCase):
    id, other = new_case(), new_case()
    mine = _give(database, id, Purpose.PHOTO, Giver.PATIENT, ADULT)
    with pytest.raises(ConsentUnknown):
        database.write(lambda connection: withdraw(connection, other, mine, "li"))
    database.write(lambda connection: withdraw(connection, id, mine, "li"))
    with pytest.raises(ConsentUnknown):
        database.write(lambda connection: withdraw(connection, id, mine, "li"))


def test_no_consent_is_recorded_for_a_case_that_is_not_there(database: Database):
    with pytest.raises(ConsentUnknown):
        _give(database, "0" * 32, Purpose.PHOTO, Giver.GUARDIAN, ADULT)


def test_each_consent_and_each_withdrawal_is_a_link_of_the_trail(database: Database, new_case: NewCase):
    id = new_case()
    mine = _give(database, id, Purpose.PHOTO, Giver.GUARDIAN, 400)
    database.write(lambda connection: withdraw(connection, id, mine, "li"))
    links = database.read(lambda connection: list(export(connection)))
    assert [(link["action"], link["object_id"], link["detail"]["purpose"]) for link in links] == [
        ("consent", id, "photo"),
        ("withdraw", id, "photo"),
    ]
    assert database.read(verify).sound
