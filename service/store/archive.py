"""A backup as a folder: the database, the sealed photos, and a manifest with every file's SHA-256.

TARGET/manifest.json   what is here, when it was made, the revision of the tables, the head of the trail
TARGET/database        an SQLite file, or a custom-format archive of pg_dump
TARGET/blobs/          sealed photos under their names
TARGET/catalogues/     the laboratory's catalogues of tests, where any was imported
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from service.store.errors import StoreError

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
BLOBS = "blobs"
CATALOGUES = "catalogues"
_CHUNK = 1 << 20


class BackupDamaged(StoreError):
    """A file of the backup is absent, cut, altered or too many."""


class BackupForeign(StoreError):
    """This is no backup, or not one this release can restore."""


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes, and SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `absent_photos` are rows whose file was gone already; `sound`: the trail holds."""

    format: int
    kind: str
    made: str
    revision: str
    links: int
    head: str
    sound: bool
    cases: int
    absent_photos: int
    files: Mapping[str, FileSum]


def sums_of(folder: Path) -> dict[str, FileSum]:
    """Every file below `folder` but the manifest, by its path in it."""
    return {name: _sum(folder / name) for name in _names(folder)}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, on disk when this returns."""
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    flush(path)
    flush(folder)


def checked_manifest(folder: Path) -> Manifest:
    """Read the manifest and compare every file with it; raises BackupForeign or BackupDamaged."""
    manifest = _read_manifest(folder)
    found = set(_names(folder))
    for name, expected in manifest.files.items():
        if name not in found:
            raise BackupDamaged(f"The backup's {name} is absent.", "Use another backup.")
        if _sum(folder / name) != expected:
            raise BackupDamaged(f"The backup's {name} is not as it was written.", "Use another backup.")
    if found != set(manifest.files):
        raise BackupDamaged(
            "The folder holds files that are not the backup's.", "Take them out, or use another backup."
        )
    return manifest


def copy_file(source: Path, target: Path) -> None:
    """Copy for this user's eyes alone, on disk when this returns."""
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as write,
    ):
        shutil.copyfileobj(read, write, _CHUNK)
        write.flush()
        os.fsync(write.fileno())


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder and what is below it, as `copy_file` does; hidden entries, which are half written, stay behind."""
    target.mkdir(mode=0o700)
    for path in sorted(source.iterdir(), key=lambda each: (each.is_dir(), each.name)):
        if path.name.startswith("."):
            continue
        try:
            (copy_folder if path.is_dir() else copy_file)(path, target / path.name)
        except FileNotFoundError:  # taken out of use since the list was made
            continue
    flush(target)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_manifest(folder: Path) -> Manifest:
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BackupForeign(f"{folder} is no backup: it has no {MANIFEST}.", "Name the folder of a backup.") from error
    except (OSError, ValueError) as error:
        raise BackupDamaged("The backup's manifest cannot be read.", "Use another backup.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BackupForeign("The backup has a format this release does not know.", "Use the release that wrote it.")
    try:
        files = {name: FileSum(**entry) for name, entry in content.pop("files").items()}
        return Manifest(**content, files=files)
    except (KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged("The backup's manifest is not whole.", "Use another backup.") from error


def _names(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name != MANIFEST:
            yield name


def _sum(path: Path) -> FileSum:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return FileSum(file.tell(), digest.hexdigest())
