"""What is sealed for a case opens for that case and purpose alone, until its key is destroyed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from service.store.database import Database
from service.store.tables import case_key
from service.vault.ciphers import AesGcm, Sm4Gcm
from service.vault.faults import Erased, KeyMissing, SealBroken
from service.vault.master import FileKeys
from service.vault.vault import Vault, open_vault

NewCase = Callable[[], str]


def test_a_note_opens_for_its_case_and_purpose(database: Database, vault: Vault, new_case: NewCase):
    id = new_case()
    sealed = database.read(lambda connection: vault.seal(connection, id, "肌张力低下".encode(), "note"))
    assert "肌张力低下".encode() not in sealed
    assert database.read(lambda connection: vault.unseal(connection, id, sealed, "note")).decode() == "肌张力低下"


def test_another_case_or_purpose_opens_nothing(database: Database, vault: Vault, new_case: NewCase):
    mine, other = new_case(), new_case()
    sealed = database.read(lambda connection: vault.seal(connection, mine, b"x", "note"))
    for id, purpose in ((other, "note"), (mine, "reason")):
        with pytest.raises(SealBroken):
            database.read(lambda connection, id=id, purpose=purpose: vault.unseal(connection, id, sealed, purpose))


def test_a_wrapped_key_moved_to_another_case_opens_nothing(database: Database, vault: Vault, new_case: NewCase):
    mine, other = new_case(), new_case()
    sealed = database.read(lambda connection: vault.seal(connection, mine, b"x", "note"))
    wrapped = select(case_key.c.wrapped).where(case_key.c.case == mine).scalar_subquery()
    database.write(
        lambda connection: (
            connection.execute(case_key.update().where(case_key.c.case == other).values(wrapped=wrapped)).rowcount
        )
    )
    with pytest.raises(SealBroken):
        database.read(lambda connection: vault.unseal(connection, other, sealed, "note"))


def test_a_case_without_a_key_is_said_so(database: Database, vault: Vault):
    with pytest.raises(KeyMissing):
        database.read(lambda connection: vault.seal(connection, "0" * 32, b"x", "note"))


def test_an_erased_case_is_erased_for_every_process(
    database: Database, vault: Vault, keys: FileKeys, new_case: NewCase
):
    id, other_process = new_case(), open_vault(keys)
    sealed = database.read(lambda connection: other_process.seal(connection, id, b"x", "note"))
    database.write(lambda connection: vault.destroy_key(connection, id))
    database.write(lambda connection: vault.destroy_key(connection, id))  # again is no error
    for one in (vault, other_process):
        with pytest.raises(Erased):
            database.read(lambda connection, one=one: one.unseal(connection, id, sealed, "note"))
        with pytest.raises(Erased):
            database.read(lambda connection, one=one: one.seal(connection, id, b"x", "note"))


def test_the_wrapped_key_of_an_erased_case_is_gone_from_the_disk(
    database: Database, vault: Vault, new_case: NewCase, tmp_path: Path
):
    id = new_case()
    wrapped = database.read(lambda connection: connection.scalar(select(case_key.c.wrapped)))
    database.write(lambda connection: vault.destroy_key(connection, id))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert id.encode() in (tmp_path / "cases.db").read_bytes()
    assert all(wrapped not in path.read_bytes() for path in tmp_path.iterdir())


def test_no_key_shows_itself_in_words(vault: Vault, keys: FileKeys):
    text = keys.path.read_text().strip()
    assert text not in f"{vault!r} {vars(vault)!r}"


def test_a_vault_with_a_new_cipher_reads_what_the_old_one_sealed(database: Database, keys: FileKeys, new_case: NewCase):
    id = new_case()
    old = open_vault(keys)
    sealed = database.read(lambda connection: old.seal(connection, id, b"x", "note"))
    new = open_vault(keys, (Sm4Gcm(), AesGcm()))
    assert database.read(lambda connection: new.unseal(connection, id, sealed, "note")) == b"x"
    assert b"sm4-gcm" in database.read(lambda connection: new.seal(connection, id, b"x", "note"))


def test_the_keys_of_another_site_are_noticed_at_start(database: Database, new_case: NewCase, tmp_path: Path):
    new_case()
    other = FileKeys(tmp_path / "other.key")
    other.create()
    with pytest.raises(KeyMissing):
        database.read(open_vault(other).check)
