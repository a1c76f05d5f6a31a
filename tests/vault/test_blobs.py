"""Sealed photos on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service.store.database import Database
from service.vault.blobs import delete_blobs, orphans, seal_blob, unseal_blob
from service.vault.faults import Erased, SealBroken
from service.vault.vault import Vault

NewCase = Callable[[], str]
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "blobs"
    folder.mkdir()
    return folder


def _seal(database: Database, vault: Vault, folder: Path, id: str) -> str:
    return database.read(lambda connection: seal_blob(vault, connection, folder, id, PHOTO, "photo"))


def _unseal(database: Database, vault: Vault, folder: Path, id: str, name: str) -> bytes:
    return database.read(lambda connection: unseal_blob(vault, connection, folder, id, name, "photo"))


def test_a_photo_comes_back_and_lies_sealed(database: Database, vault: Vault, folder: Path, new_case: NewCase):
    id = new_case()
    name = _seal(database, vault, folder, id)
    assert _unseal(database, vault, folder, id, name) == PHOTO
    (file,) = folder.iterdir()
    assert PHOTO[:64] not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_missing_cut_changed_or_swapped_photo_is_a_broken_seal(
    database: Database, vault: Vault, folder: Path, new_case: NewCase
):
    id = new_case()
    missing, cut, changed, first, second = (_seal(database, vault, folder, id) for _ in range(5))
    (folder / missing).unlink()
    (folder / cut).write_bytes((folder / cut).read_bytes()[:-1])
    sealed = (folder / changed).read_bytes()
    (folder / changed).write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))  # another one, whatever it was
    (folder / first).replace(folder / "aside")
    (folder / second).replace(folder / first)
    (folder / "aside").replace(folder / second)
    for name in (missing, cut, changed, first, second, "../phenomap.key", ""):
        with pytest.raises(SealBroken):
            _unseal(database, vault, folder, id, name)


def test_a_photo_of_an_erased_case_is_erased(database: Database, vault: Vault, folder: Path, new_case: NewCase):
    id = new_case()
    name = _seal(database, vault, folder, id)
    database.write(lambda connection: vault.destroy_key(connection, id))
    with pytest.raises(Erased):
        _unseal(database, vault, folder, id, name)
    delete_blobs(folder, [name, name])
    assert list(folder.iterdir()) == []
    with pytest.raises(Erased):
        _unseal(database, vault, folder, id, name)


def test_a_photo_that_cannot_be_written_leaves_nothing(
    database: Database, vault: Vault, folder: Path, new_case: NewCase, monkeypatch: pytest.MonkeyPatch
):
    id = new_case()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="space"):
        _seal(database, vault, folder, id)
    assert list(folder.iterdir()) == []


def test_files_no_row_names_are_found_once_they_are_old(
    database: Database, vault: Vault, folder: Path, new_case: NewCase
):
    id = new_case()
    kept, lost = _seal(database, vault, folder, id), _seal(database, vault, folder, id)
    (folder / "README").write_text("not a blob")
    assert list(orphans(folder, {kept}, older_than=float("inf"))) == [lost]
    assert list(orphans(folder, {kept}, older_than=0)) == []
