"""What was kept of a patient is gone when its time is over or when it is asked for, and the trail says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, update

from ontology.errors import InputError
from service.audit.trail import export, verify
from service.consent.retention import CaseUnknown, Retention, due, erase, erase_due, set_until
from service.store.database import Database
from service.store.tables import case, case_key, consent, metadata, note, now, photo, report, sign_off
from service.vault.faults import Erased
from service.vault.vault import Vault

NewCase = Callable[[], str]


def _erase(database: Database, vault: Vault, blobs: Path, id: str) -> None:
    database.write(lambda connection: erase(connection, vault, blobs, id, "li"))


def test_a_case_is_kept_so_many_days_after_its_last_change():
    changed = datetime(2026, 1, 31, tzinfo=UTC)
    assert Retention(30).until(changed) == datetime(2026, 3, 2, tzinfo=UTC)  # February 2026 has 28 days
    assert Retention().until(changed) is None


@pytest.mark.parametrize("days", [0, -1, 36_526])
def test_a_rule_that_cannot_be_meant_is_refused(days: int):
    with pytest.raises(InputError):
        Retention(days)


def test_only_cases_whose_time_is_over_are_due(database: Database, new_case: NewCase):
    soon, later, kept = new_case(), new_case(), new_case()
    for id, days in ((soon, 1), (later, 10), (kept, None)):
        database.write(lambda connection, id=id, days=days: set_until(connection, id, Retention(days)))

    def over(days: int) -> list[str]:
        return [one.case for one in database.read(lambda connection: due(connection, now() + timedelta(days=days)))]

    assert over(0) == []
    assert over(2) == [soon]
    assert over(10_000) == [soon, later]


def test_no_sealed_byte_of_an_erased_case_is_left(database: Database, vault: Vault, blobs: Path, new_case: NewCase):
    gone, stays = new_case(), new_case()
    _erase(database, vault, blobs, gone)
    tables = [table for table in metadata.tables.values() if "case" in table.c or table is case]
    sealed = [column for table in tables for column in table.c if isinstance(column.type, LargeBinary)]
    assert len(sealed) == 13  # a new one must be emptied too
    for column in sealed:
        owner = column.table.c.id if column.table is case else column.table.c.case

        def left(id: str, column=column, owner=owner) -> bytes:
            return database.read(lambda connection: connection.scalar(select(column).where(owner == id)))

        assert not left(gone), column
        assert column.table is case or left(stays), column


def test_what_else_told_of_the_patient_is_gone_and_what_counts_is_kept(
    database: Database, vault: Vault, blobs: Path, new_case: NewCase
):
    id = new_case()
    _erase(database, vault, blobs, id)

    def row(table):
        mine = table.c.id == id if table is case else table.c.case == id
        return database.read(lambda connection: connection.execute(select(table).where(mine)).mappings().one())

    assert (row(case)["status"], row(case)["sex"], row(case)["age_days"]) == ("erased", "unknown", None)
    assert row(case)["version"] == 2
    assert (row(note)["dated"], row(report)["leading"], row(sign_off)["disease"]) == (None, [], None)
    assert row(sign_off)["decision"] == "agree"
    assert row(case_key)["destroyed"] is not None
    assert row(photo)["blob"] == ""


def test_photos_of_an_erased_case_are_gone_and_others_stay(
    database: Database, vault: Vault, blobs: Path, new_case: NewCase
):
    gone, stays = new_case(), new_case()
    of = select(photo.c.blob)
    kept = database.read(lambda connection: connection.scalar(of.where(photo.c.case == stays)))
    _erase(database, vault, blobs, gone)
    assert [path.name for path in blobs.iterdir()] == [kept]
    with pytest.raises(Erased):
        database.read(lambda connection: vault.seal(connection, gone, b"x", "note"))


def test_an_erasure_is_one_link_of_the_trail_however_often_it_is_asked_for(
    database: Database, vault: Vault, blobs: Path, new_case: NewCase
):
    id = new_case()
    _erase(database, vault, blobs, id)
    _erase(database, vault, blobs, id)
    (link,) = database.read(lambda connection: list(export(connection)))
    assert (link["action"], link["object_id"], link["department"]) == ("erase", id, "genetics")
    rows = ("note", "photo", "feature", "report", "sign_off", "break_glass", "impression", "enrolled")
    rows += ("patient_key", "received", "card", "card_feedback")
    assert link["detail"] == {f"{name}_rows": 1 for name in rows}
    assert database.read(verify).sound


def test_a_case_that_is_not_there_is_said_so(database: Database, vault: Vault, blobs: Path):
    with pytest.raises(CaseUnknown):
        _erase(database, vault, blobs, "0" * 32)


def test_an_erasure_that_fails_leaves_the_case_whole(
    database: Database, vault: Vault, blobs: Path, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
):
    id = new_case()

    def fail(*given, **named) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr("service.consent.retention.record", fail)
    with pytest.raises(RuntimeError):
        _erase(database, vault, blobs, id)
    sealed = database.read(lambda connection: connection.scalar(select(note.c.sealed)))
    assert database.read(lambda connection: vault.unseal(connection, id, sealed, "note")) == b"words"
    assert len(list(blobs.iterdir())) == 1


def test_what_is_due_is_erased_and_its_key_leaves_the_files(
    database: Database, vault: Vault, blobs: Path, new_case: NewCase, tmp_path: Path
):
    gone, stays = new_case(), new_case()
    wrapped = database.read(
        lambda connection: connection.scalar(select(case_key.c.wrapped).where(case_key.c.case == gone))
    )
    database.write(
        lambda connection: connection.execute(update(case).where(case.c.id == gone).values(retain_until=now())).rowcount
    )
    assert erase_due(database, vault, blobs, now(), "li") == 1
    assert erase_due(database, vault, blobs, now(), "li") == 0
    files = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    assert any(stays.encode() in file for file in files)
    assert not any(wrapped in file for file in files)


def test_consents_of_an_erased_case_are_kept(database: Database, vault: Vault, blobs: Path, new_case: NewCase):
    from service.consent.consent import Giver, Purpose, give

    id = new_case()
    database.write(lambda connection: give(connection, id, Purpose.PHOTO, Giver.GUARDIAN, 400, "li"))
    _erase(database, vault, blobs, id)
    assert database.read(lambda connection: connection.scalar(select(consent.c.case))) == id
