"""The chain of the audit trail: what was altered is found, wherever and however."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from service.audit.trail import Action, Head, _is_safe, export, record, verify
from service.store.tables import audit, audit_head, new_id

ACTOR, CASE = "a" * 32, "c" * 32


@pytest.fixture
def trail(kept):
    """Five links."""

    def five(connection):
        for at in range(5):
            detail = {"notes": at, "share": 0.5, "masked": True, "status": "draft", "none": None}
            record(connection, ACTOR, Action.CHANGE, "case", CASE, department="d" * 32, detail=detail)

    kept.write(five)
    return kept


def altered(database, *statements):
    """Change rows behind the trail's back, then verify."""
    with database.engine.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return database.read(verify)


def test_an_empty_trail_is_sound(kept):
    verdict = kept.read(verify)
    assert (verdict.links, verdict.sound, verdict.head) == (0, True, Head(0, "0" * 64))


def test_links_are_numbered_without_gaps_and_hold(trail):
    verdict = trail.read(verify)
    assert (verdict.links, verdict.sound, verdict.first_fault) == (5, True, None)
    links = trail.read(lambda c: list(export(c)))
    assert [link["seq"] for link in links] == [1, 2, 3, 4, 5]
    assert links[0]["previous"] == "0" * 64
    assert all(after["previous"] == before["digest"] for before, after in pairwise(links))
    assert verdict.head == Head(5, links[-1]["digest"])


OTHER = {
    "seq": 70,
    "actor": "b" * 32,
    "action": "view",
    "object_kind": "photo",
    "object_id": "e" * 32,
    "department": None,
    "detail": {"notes": 9},
    "previous": "1" * 64,
    "digest": "2" * 64,
}


@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.parametrize("column", [column.name for column in audit.columns])
def test_an_edit_of_any_column_is_found(trail, column, seq):
    at = trail.read(lambda c: c.execute(select(audit.c.at).where(audit.c.seq == seq)).scalar_one())
    value = at + timedelta(microseconds=1) if column == "at" else OTHER[column]
    verdict = altered(trail, update(audit).where(audit.c.seq == seq).values({column: value}))
    assert not verdict.sound
    assert verdict.first_fault == seq
    assert verdict.links == seq - 1
    assert verdict.what


@pytest.mark.parametrize(
    "edit",
    [
        'detail = \'{"notes": "2"}\'',
        "detail = 'not json'",
        "at = 'yesterday'",
        "actor = x'00ff'",
        "detail = '[]'",
    ],
)
def test_a_column_of_another_type_is_found(trail, edit):
    verdict = altered(trail, text(f"UPDATE audit SET {edit} WHERE seq = 3"))
    assert (verdict.sound, verdict.first_fault, verdict.links) == (False, 3, 2)


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_link_is_found(trail, seq):
    verdict = altered(trail, audit.delete().where(audit.c.seq == seq))
    assert not verdict.sound
    assert verdict.first_fault == seq


def test_a_trail_emptied_is_found(trail):
    assert not altered(trail, audit.delete()).sound


def test_a_missing_head_is_found(trail):
    assert not altered(trail, audit_head.delete()).sound


def test_a_head_set_back_to_hide_a_removal_is_found_only_against_a_noted_head(trail):
    """Who rewrites the head as well makes a sound, shorter trail: that is what noting the head is for."""
    noted = trail.read(verify).head
    digest = trail.read(lambda c: c.execute(select(audit.c.digest).where(audit.c.seq == 4)).scalar_one())
    back = audit_head.update().values(seq=4, digest=digest)
    assert not altered(trail, back).sound  # the fifth is still there
    assert altered(trail, audit.delete().where(audit.c.seq == 5)).sound
    verdict = trail.read(lambda c: verify(c, noted))
    assert (verdict.sound, verdict.first_fault) == (False, 5)


def test_a_head_noted_earlier_is_found_again(trail):
    noted = trail.read(verify).head
    trail.write(lambda c: record(c, ACTOR, Action.VIEW, "case", CASE))
    assert trail.read(lambda c: verify(c, noted)).sound
    assert not trail.read(lambda c: verify(c, Head(5, "3" * 64))).sound
    assert trail.read(lambda c: verify(c, Head(0, "0" * 64))).sound


def test_reordered_links_are_found(trail):
    swap = [update(audit).where(audit.c.seq == old).values(seq=new) for old, new in ((2, 99), (3, 2), (99, 3))]
    verdict = altered(trail, *swap)
    assert (verdict.sound, verdict.first_fault) == (False, 2)


@pytest.mark.parametrize("seq", [-4, 0, 6, 60])
def test_an_inserted_link_is_found(trail, seq):
    row = trail.read(lambda c: c.execute(select(audit).where(audit.c.seq == 2)).mappings().one())
    verdict = altered(trail, audit.insert().values(**{**row, "seq": seq, "digest": "f" * 64}))
    assert not verdict.sound
    assert verdict.first_fault == (seq if seq < 6 else 6)


def test_a_link_of_an_undone_change_is_undone_with_it(trail):
    def failing(connection):
        record(connection, ACTOR, Action.CHANGE, "case", CASE)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        trail.write(failing)
    verdict = trail.read(verify)
    assert (verdict.links, verdict.sound) == (5, True)


def test_links_written_at_once_make_one_chain(kept):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: kept.write(lambda c: record(c, ACTOR, Action.VIEW, "case", new_id())), range(200)))
    verdict = kept.read(verify)
    assert (verdict.links, verdict.sound) == (200, True)


def test_a_trail_longer_than_a_page_is_walked_whole(kept):
    kept.write(lambda c: [record(c, ACTOR, Action.VIEW, "case", CASE) for _ in range(2345)])
    assert kept.read(verify).links == 2345
    verdict = altered(kept, update(audit).where(audit.c.seq == 2100).values(action="list"))
    assert (verdict.sound, verdict.first_fault) == (False, 2100)


@pytest.mark.parametrize(
    "detail",
    [
        {"note": "a boy with tall stature"},
        {"name": "张伟"},
        {"number": "13812345678"},
        {"number": 13812345678},
        {"number": "11010519491231002X"},
        {"number": "138-1234-5678"},
        {"long": "x" * 101},
        {"list": ["a"]},
        {"inner": {"a": 1}},
        {"infinite": float("inf")},
        {"no_number": float("nan")},
        {"Zhang Wei": 1},
        {"bytes": b"a"},
        {f"key{at}": at for at in range(21)},
    ],
)
def test_what_could_be_a_patients_is_refused_and_nothing_is_written(trail, detail):
    with pytest.raises(ValueError) as refused:
        trail.write(lambda c: record(c, ACTOR, Action.CHANGE, "case", CASE, detail=detail))
    assert not any(str(value) in str(refused.value) for value in detail.values() if not isinstance(value, int))
    assert trail.read(verify).links == 5


@pytest.mark.parametrize("place", ["actor", "object_kind", "object_id", "department"])
def test_names_of_things_are_ids(trail, place):
    names = {"actor": ACTOR, "object_kind": "case", "object_id": CASE, "department": None} | {place: "Zhang Wei"}
    with pytest.raises(ValueError):
        trail.write(
            lambda c: record(
                c, names["actor"], Action.VIEW, names["object_kind"], names["object_id"], department=names["department"]
            )
        )


@given(st.text(min_size=1, max_size=120))
def test_no_text_with_a_space_or_beyond_ascii_is_safe(value):
    if _is_safe(value):
        assert value.isascii()
        assert not any(character.isspace() for character in value)
        assert len(value) <= 100
