"""What scope lets through: rows of held departments, and of glass that this actor broke."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from service.actors import Actor, Permission
from service.store import tables
from service.store.scope import may, scoped

DEPARTMENTS = ("north", "south", "west")
ACTORS = ("ann", "bob")
departments = st.frozensets(st.sampled_from(DEPARTMENTS))
grants = st.dictionaries(st.sampled_from(list(Permission)), departments)
#: Glass broken by whom, for the case of which department, and whether that has ended.
glasses = st.lists(st.tuples(st.sampled_from(ACTORS), st.sampled_from(DEPARTMENTS), st.booleans()), max_size=4)


@pytest.fixture
def hospital(database):
    """A case with a note in each department."""

    def work(connection):
        for name in ACTORS:
            connection.execute(tables.account.insert().values(id=name, name=name, display_name=name, kind="person"))
        for name in DEPARTMENTS:
            connection.execute(tables.department.insert().values(id=name, name=name))
            row = {"id": name, "department": name, "status": "draft", "sex": "f", "created_by": "ann"}
            connection.execute(tables.case.insert().values(row))
            connection.execute(
                tables.note.insert().values(case=name, department=name, masked=True, sealed=b"", created_by="ann")
            )

    database.write(work)
    return database


def actor(id, grants):
    return Actor(id, frozenset(grants), grants)


def break_glass(connection, broken):
    connection.execute(delete(tables.break_glass))
    for by, department, ended in broken:
        expires = datetime.now(UTC) + (timedelta(hours=-1) if ended else timedelta(hours=1))
        row = {"case": department, "department": department, "expires": expires, "sealed": b"", "created_by": by}
        connection.execute(tables.break_glass.insert().values(row))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=grants, broken=glasses, permission=st.sampled_from(list(Permission)))
def test_rows_are_those_of_held_departments_and_of_glass_broken_by_this_actor(hospital, grants, broken, permission):
    def work(connection):
        break_glass(connection, broken)
        return {
            table.name: {row.department for row in connection.execute(scoped(actor("ann", grants), permission, table))}
            for table in (tables.case, tables.note)
        }

    held = set(grants.get(permission, ()))
    if permission is Permission.READ_CASES:
        held |= {department for by, department, ended in broken if by == "ann" and not ended}
    every_case = permission is Permission.BREAK_GLASS and held
    assert hospital.write(work) == {"case_": set(DEPARTMENTS) if every_case else held, "note": held}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=departments, broken=glasses)
def test_a_change_reaches_held_departments_alone_whatever_glass_is_broken(hospital, held, broken):
    class Undo(Exception):
        pass

    def work(connection):
        break_glass(connection, broken)
        mine = may(actor("ann", {Permission.WRITE_CASES: held}), Permission.WRITE_CASES, tables.note)
        changed = connection.execute(update(tables.note).where(mine).values(language="zh")).rowcount
        removed = connection.execute(delete(tables.note).where(mine)).rowcount
        raise Undo(changed, removed)

    with pytest.raises(Undo) as undone:
        hospital.write(work)
    assert undone.value.args == (len(held), len(held))


def test_what_a_caller_asks_for_cannot_widen_what_they_may_see(hospital):
    mine = actor("ann", {Permission.READ_CASES: frozenset({"north"})})
    wide = tables.case.c.id.is_not(None) | (tables.case.c.department == "south")
    rows = hospital.read(lambda c: c.execute(scoped(mine, Permission.READ_CASES, tables.case, wide)).all())
    assert [row.id for row in rows] == ["north"]


def test_a_table_without_departments_cannot_be_scoped():
    with pytest.raises(ValueError, match="holds no department"):
        may(actor("ann", {}), Permission.READ_CASES, tables.account)


def test_every_table_that_refers_to_a_case_is_departmental_or_holds_no_word_of_it():
    referring = {t for t in tables.metadata.sorted_tables if any(k.column.table is tables.case for k in t.foreign_keys)}
    assert referring - set(tables.DEPARTMENTAL) == {tables.case_key}
    assert all("department" in table.c for table in tables.DEPARTMENTAL)
