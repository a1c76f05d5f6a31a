"""A new master key comes into use without a moment in which a case cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from service.audit.trail import verify
from service.store.database import Database
from service.vault import rotation
from service.vault.faults import Erased, KeyUnusable
from service.vault.master import FileKeys
from service.vault.rotation import forget_old, rotate, unfinished, usage
from service.vault.vault import Vault, open_vault

NewCase = Callable[[], str]


def _silent(words: str) -> None:
    pass


def _seal(database: Database, vault: Vault, id: str) -> bytes:
    return database.read(lambda connection: vault.seal(connection, id, b"x", "note"))


def _opens(database: Database, vault: Vault, id: str, sealed: bytes) -> bool:
    return database.read(lambda connection: vault.unseal(connection, id, sealed, "note")) == b"x"


def test_every_key_comes_under_the_new_master(database: Database, vault: Vault, new_case: NewCase, keys: FileKeys):
    cases = [new_case() for _ in range(5)]
    sealed = {id: _seal(database, vault, id) for id in cases}
    running = open_vault(keys)  # another process, opened before
    done = rotate(database, vault, "li", _silent)
    assert (done.fresh, done.rewrapped) == (True, 5)
    assert database.read(usage) == {done.current: 5}
    assert database.read(verify).links == 1
    assert all(_opens(database, one, id, sealed[id]) for one in (vault, running) for id in cases)


def test_a_case_opened_by_another_process_after_a_rotation_is_under_the_new_master(
    database: Database, vault: Vault, new_case: NewCase, keys: FileKeys
):
    elsewhere = open_vault(keys)
    done = rotate(database, elsewhere, "li", _silent)
    id = new_case()  # by `vault`, which was opened before the rotation
    assert database.read(usage) == {done.current: 1}
    assert _opens(database, elsewhere, id, _seal(database, vault, id))


def test_a_rotation_cut_short_is_taken_up_where_it_stopped(
    database: Database, vault: Vault, new_case: NewCase, keys: FileKeys, monkeypatch: pytest.MonkeyPatch
):
    cases = [new_case() for _ in range(5)]
    sealed = {id: _seal(database, vault, id) for id in cases}
    monkeypatch.setattr(rotation, "BATCH", 2)

    def die(words: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(database, vault, "li", die)
    assert database.read(lambda connection: unfinished(connection, vault)) == 3
    assert all(_opens(database, vault, id, sealed[id]) for id in cases)  # half under each
    again = open_vault(keys)
    done = rotate(database, again, "li", _silent)
    assert (done.fresh, done.rewrapped) == (False, 3)  # no third master key
    assert len(keys.load().all) == 2
    assert all(_opens(database, again, id, sealed[id]) for id in cases)


def test_an_erased_case_stays_erased(database: Database, vault: Vault, new_case: NewCase):
    id, other = new_case(), new_case()
    database.write(lambda connection: vault.destroy_key(connection, id))
    assert rotate(database, vault, "li", _silent).rewrapped == 1
    with pytest.raises(Erased):
        _seal(database, vault, id)
    assert _seal(database, vault, other)


def test_a_case_erased_while_its_batch_is_under_way_stays_erased(
    database: Database, vault: Vault, new_case: NewCase, keys: FileKeys, monkeypatch: pytest.MonkeyPatch
):
    id = new_case()
    keys.add()
    wrap = vault._wrap

    def erased_meanwhile(connection: Connection) -> int:
        def wrap_late(*given):
            vault.destroy_key(connection, id)
            return wrap(*given)

        monkeypatch.setattr(vault, "_wrap", wrap_late)
        return vault.rewrap(connection, 10)

    database.write(erased_meanwhile)
    with pytest.raises(Erased):
        _seal(database, vault, id)


def test_old_keys_are_kept_until_no_case_needs_them(
    database: Database, vault: Vault, new_case: NewCase, keys: FileKeys
):
    id = new_case()
    sealed = _seal(database, vault, id)
    keys.add()
    with pytest.raises(KeyUnusable):
        forget_old(database, vault, "li")
    assert len(keys.load().all) == 2
    rotate(database, vault, "li", _silent)
    assert forget_old(database, vault, "li") == 1
    assert _opens(database, open_vault(keys), id, sealed)


def test_keys_of_the_environment_are_rotated_to_the_one_put_first(
    database: Database, vault: Vault, new_case: NewCase, keys: FileKeys, monkeypatch: pytest.MonkeyPatch
):
    from service.vault.master import EnvironmentKeys

    new_case()
    old = keys.path.read_text().strip()
    new = keys.add().id
    monkeypatch.setenv("SITE_KEYS", keys.path.read_text())
    assert old in keys.path.read_text()
    done = rotate(database, open_vault(EnvironmentKeys("SITE_KEYS")), "li", _silent)
    assert (done.current, done.fresh, done.rewrapped) == (new, False, 1)
