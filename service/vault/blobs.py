"""Sealed photos as files: each under a random name, whole or not there at all.

Files are written before the row that names them, outside its transaction; a file no row names is swept by `orphans`.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Container, Iterator
from pathlib import Path

from sqlalchemy import Connection

from service.vault.faults import broken_seal
from service.vault.vault import Vault

_NAME = re.compile(r"[0-9a-f]{32}")


def seal_blob(vault: Vault, connection: Connection, folder: Path, case_id: str, content: bytes, purpose: str) -> str:
    """Write `content` sealed into `folder` and return its name; it is on disk when this returns.

    Sealed for its name as well: photos of one case cannot change places. Raises Erased, KeyMissing, OSError.
    """
    name = secrets.token_hex(16)
    sealed = vault.seal(connection, case_id, content, f"{purpose}/{name}")
    draft = folder / f".{name}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / name)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _flush(folder)
    return name


def unseal_blob(vault: Vault, connection: Connection, folder: Path, case_id: str, name: str, purpose: str) -> bytes:
    """The content of a blob; raises SealBroken where it is missing, cut or changed, Erased, KeyMissing."""
    try:
        sealed = (folder / _checked(name)).read_bytes()
    except FileNotFoundError:
        sealed = b""  # an erased case says so, whether its files are still there or not
    return vault.unseal(connection, case_id, sealed, f"{purpose}/{name}")


def delete_blobs(folder: Path, names: list[str]) -> None:
    """Remove files; those already gone are no error."""
    for name in names:
        (folder / _checked(name)).unlink(missing_ok=True)
    if names:
        _flush(folder)


def orphans(folder: Path, known: Container[str], older_than: float) -> Iterator[str]:
    """Names of blobs not in `known` and unchanged since `older_than` (seconds since 1970): left by a crash."""
    for path in folder.iterdir():
        name = path.name
        if _NAME.fullmatch(name) and name not in known and path.stat().st_mtime < older_than:
            yield name


def _checked(name: str) -> str:
    """A name that `seal_blob` may have given: never a path out of the folder."""
    if not _NAME.fullmatch(name):
        raise broken_seal()
    return name


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
