"""One behaviour suite over both databases: what is read, written, undone, refused and waited for."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from service.store import tables
from service.store.database import StoreError, open_database
from service.store.versioned import Stale, bump


def add(name):
    def work(connection):
        connection.execute(tables.department.insert().values(id=name, name=name))

    return work


def names(database):
    return sorted(database.read(lambda c: c.execute(select(tables.department.c.name)).scalars().all()))


def test_what_is_written_is_read(database):
    database.write(add("a"))
    assert names(database) == ["a"]


def test_a_write_gives_what_its_work_gives(database):
    assert database.write(lambda c: {"rows": c.execute(select(func.count(tables.department.c.id))).scalar()}) == {
        "rows": 0
    }


def test_an_error_undoes_its_change_and_is_raised_as_it_is(database):
    class Refused(Exception):
        pass

    def work(connection):
        add("b")(connection)
        raise Refused("no")

    database.write(add("a"))
    with pytest.raises(Refused, match="no"):
        database.write(work)
    assert names(database) == ["a"]
    database.write(add("c"))
    assert names(database) == ["a", "c"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_so_does_what_is_no_exception(database, stop):
    def work(connection):
        add("b")(connection)
        raise stop

    with pytest.raises(stop):
        database.write(work)
    database.write(add("a"))
    assert names(database) == ["a"]


def test_a_duplicate_is_refused_and_the_database_goes_on(database):
    database.write(add("a"))
    with pytest.raises(IntegrityError):
        database.write(add("a"))
    database.write(add("b"))
    assert names(database) == ["a", "b"]


def test_an_error_of_a_statement_holds_no_value(database):
    database.write(add("Zhang San"))
    with pytest.raises(IntegrityError) as raised:
        database.write(lambda c: c.execute(tables.department.insert().values(id="Li Si", name="Zhang San")))
    assert "Li Si" not in str(raised.value)


def test_a_read_that_writes_is_refused_and_the_next_write_is_not(database):
    with pytest.raises(RuntimeError, match=r"use Database\.write"):
        database.read(add("lost"))
    database.write(add("a"))
    assert names(database) == ["a"]


def test_a_read_sees_one_moment(database):
    def work(connection):
        before = connection.execute(select(func.count(tables.department.c.id))).scalar()
        database.write(add("a"))
        return before, connection.execute(select(func.count(tables.department.c.id))).scalar()

    assert database.read(work) == (0, 0)
    assert names(database) == ["a"]


def test_a_reference_to_nothing_is_refused(people):
    row = tables.membership.insert().values(account="nobody", department="north", role="clinician")
    with pytest.raises(IntegrityError):
        people.write(lambda c: c.execute(row))


def test_a_row_others_refer_to_stays(people):
    people.write(
        lambda c: c.execute(
            tables.case.insert().values(id="c", department="north", status="draft", sex="f", created_by="account")
        )
    )
    with pytest.raises(IntegrityError):
        people.write(lambda c: c.execute(tables.department.delete().where(tables.department.c.id == "north")))


def test_many_writers_at_once_lose_nothing(database):
    def writer(number):
        for step in range(10):
            database.write(add(f"{number}-{step}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(writer, range(8)))
    assert len(names(database)) == 80


def test_readers_go_on_while_others_write(database):
    stop = threading.Event()

    def writer():
        number = 0
        while not stop.is_set():
            database.write(add(str(number)))
            number += 1

    thread = threading.Thread(target=writer)
    thread.start()
    try:
        counts = [len(names(database)) for _ in range(30)]
    finally:
        stop.set()
        thread.join()
    assert counts == sorted(counts)


def test_a_second_process_worth_of_connections_sees_the_same(database, url):
    other = open_database(url)
    database.write(add("a"))
    other.write(add("b"))
    assert names(database) == names(other) == ["a", "b"]
    other.close()


def test_of_changes_made_on_the_same_version_one_stands(people):
    def change(number):
        def work(connection):
            version = 1 + number // 8  # eight callers on each version
            bump(connection, tables.account, "account", version)
            connection.execute(update(tables.account).values(failures=tables.account.c.failures + 1))

        try:
            people.write(work)
        except Stale:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        kept = sum(pool.map(change, range(32)))
    version, failures = people.read(
        lambda c: c.execute(select(tables.account.c.version, tables.account.c.failures)).one()
    )
    assert version == 1 + kept
    assert failures == kept
    assert 1 <= kept <= 4


def test_a_stale_change_is_undone_and_says_what_to_do(people):
    people.write(lambda c: bump(c, tables.account, "account", 1))

    def work(connection):
        connection.execute(update(tables.account).values(display_name="other"))
        bump(connection, tables.account, "account", 1)

    with pytest.raises(Stale, match="Read it again"):
        people.write(work)
    with pytest.raises(Stale):
        people.write(lambda c: bump(c, tables.account, "nobody", 1))
    assert people.read(lambda c: c.execute(select(tables.account.c.display_name)).scalar()) == "An account"


def test_a_changed_case_says_when(people):
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    people.write(
        lambda c: c.execute(
            tables.case.insert().values(
                id="c", department="north", status="draft", sex="f", created_by="account", changed=long_ago
            )
        )
    )
    people.write(lambda c: bump(c, tables.case, "c", 1))
    version, changed = people.read(lambda c: c.execute(select(tables.case.c.version, tables.case.c.changed)).one())
    assert version == 2
    assert changed > long_ago


zones = st.timezones() | st.integers(-23, 23).map(lambda h: timezone(timedelta(hours=h, minutes=30 if h > 0 else 0)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=zones))
def test_a_moment_comes_back_the_same_in_utc(database, moment):
    def work(connection):
        connection.execute(tables.department.delete())
        connection.execute(tables.department.insert().values(id="d", name="d", created=moment))
        found = select(tables.department.c.id).where(tables.department.c.created == moment)
        return connection.execute(select(tables.department.c.created)).scalar(), connection.execute(found).scalar()

    kept, found = database.write(work)
    assert kept == moment.astimezone(UTC)
    assert kept.utcoffset() == timedelta(0)
    assert found == "d"


def test_moments_are_ordered_as_they_are_in_time(database):
    # 01:00 in China is before 18:00 in London the day before: 17:00 UTC
    china, utc = datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 1, 1, 18, tzinfo=UTC)

    def work(connection):
        for name, moment in (("utc", utc), ("china", china)):
            connection.execute(tables.department.insert().values(id=name, name=name, created=moment))
        return connection.execute(select(tables.department.c.id).order_by(tables.department.c.created)).scalars().all()

    assert database.write(work) == ["china", "utc"]


def test_a_moment_without_a_zone_is_a_mistake(database):
    with pytest.raises(Exception, match="a moment needs a zone"):
        database.write(
            lambda c: c.execute(tables.department.insert().values(id="d", name="d", created=datetime(2026, 1, 1)))
        )


def test_json_and_bytes_come_back_as_they_were(people):
    sealed = bytes(range(256)) * 40
    leading = ["OMIM:1", {"汉": None, "x": [1, 2.5, True]}]

    def work(connection):
        connection.execute(
            tables.case.insert().values(id="c", department="north", status="draft", sex="f", created_by="account")
        )
        connection.execute(
            tables.report.insert().values(
                id="r",
                case="c",
                department="north",
                knowledge="k",
                sealed=sealed,
                leading=leading,
                created_by="account",
            )
        )

    people.write(work)
    assert people.read(lambda c: c.execute(select(tables.report.c.sealed, tables.report.c.leading)).one()) == (
        sealed,
        leading,
    )


@pytest.mark.parametrize(
    "url", ["", "not a url", "sqlite://", "sqlite:///:memory:", "sqlite:////nowhere/at/all.db", "mysql://x/y"]
)
def test_a_url_that_cannot_be_used_is_one_error_that_says_what_to_do(url):
    with pytest.raises(StoreError) as raised:
        open_database(url)
    assert raised.value.mend


def test_a_server_that_is_not_there_is_an_error_without_the_password(tmp_path):
    database = open_database(f"postgresql://me:secret@/phenomap?host={tmp_path}")
    for use in (database.read, database.write):
        with pytest.raises(StoreError, match="does not answer") as raised:
            use(lambda connection: None)
        assert "secret" not in repr(raised.value) + repr(raised.value.__cause__)
    assert "secret" not in repr(database.engine)
    database.close()
