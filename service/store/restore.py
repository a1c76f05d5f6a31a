"""Restoring a backup: checked whole and opened in a passing place first, and never over a database in use."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, inspect, make_url
from sqlalchemy.exc import ArgumentError

from service.audit.trail import Action, record
from service.store import archive, postgres_tools
from service.store.archive import BLOBS, CATALOGUES, DATABASE, BackupDamaged, BackupForeign, Manifest
from service.store.backup import OPERATOR, restored_beside
from service.store.database import Postgres, StoreError, open_database
from service.store.examine import examine
from service.store.tables import now

_BESIDE = ("", "-wal", "-shm", "-journal")


class WouldOverwrite(StoreError):
    """Something is kept there already."""


def restore(source: Path, url: str, blobs: Path, *, force: bool = False, catalogues: Path | None = None) -> Manifest:
    """Put the backup at `source` in place; raises BackupDamaged, BackupForeign, WouldOverwrite or StoreError.

    Nothing is changed unless the backup is whole. With `force`, what was there is set aside (SQLite, photos,
    catalogues) or replaced in one transaction (PostgreSQL); a database in use is refused all the same. The catalogues
    of the backup go to the folder `catalogues`; without it, or where the backup has none, those that are there stay.
    """
    manifest = archive.checked_manifest(source)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("The database URL cannot be read.", "Write sqlite:///PATH or postgresql://...") from error
    if parsed.get_backend_name() != manifest.kind:
        raise BackupForeign(f"The backup is of {manifest.kind}.", "Restore it into a database of the same kind.")
    place = Path(parsed.database or "").parent if manifest.kind == "sqlite" else source.parent
    if manifest.kind == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    brought = source / CATALOGUES if (source / CATALOGUES).is_dir() else None
    folders = [blobs] if brought is None or catalogues is None else [blobs, catalogues]
    _refuse_what_is_there(parsed, folders, force)
    place.mkdir(parents=True, exist_ok=True)
    with restored_beside(source, parsed, place) as restored:
        found = examine(restored, source / BLOBS)
    if (found.links, found.head, found.cases) != (manifest.links, manifest.head, manifest.cases):
        raise BackupDamaged("The database is not the one the manifest tells of.", "Use another backup.")
    _put_folder(source / BLOBS, blobs)
    if brought is not None and catalogues is not None:
        _put_folder(brought, catalogues)
    if manifest.kind == "sqlite":
        _put_sqlite(source / DATABASE, Path(parsed.database or ""))
    else:
        postgres_tools.load(parsed, source / DATABASE, over=force)
    with closing(open_database(url)) as database:
        counts = {"links": manifest.links, "cases": manifest.cases}
        database.write(lambda c: record(c, OPERATOR, Action.RESTORE, "database", "all", detail=counts))
    return manifest


def _refuse_what_is_there(url: URL, folders: Sequence[Path], force: bool) -> None:
    kept = _is_kept(url)
    if not force and (kept or any(folder.is_dir() and any(folder.iterdir()) for folder in folders)):
        raise WouldOverwrite(
            "There is a database, or a folder of photos or of catalogues, already.",
            "Name others, or set them aside with --force.",
        )
    if kept and _is_in_use(url):
        raise WouldOverwrite("The database is in use.", "Stop the service first.")


def _is_kept(url: URL) -> bool:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        return path.exists() and path.stat().st_size > 0
    with closing(Postgres(url)) as database:
        return database.read(lambda connection: bool(inspect(connection).get_table_names()))


def _is_in_use(url: URL) -> bool:
    """Whether another process is connected: SQLite leaves WAL only for who is alone with the file."""
    if url.get_backend_name() != "sqlite":
        return postgres_tools.others_connected(url) > 0
    with closing(sqlite3.connect(url.database or "", timeout=1, isolation_level=None)) as driver:
        try:
            driver.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            return (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_BUSY
        except sqlite3.DatabaseError:  # damaged: that is why a backup is restored
            return False
    return False


def _put_sqlite(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.restoring")
    draft.unlink(missing_ok=True)
    archive.copy_file(source, draft)
    if target.exists():
        aside = _aside(target)
        for ending in _BESIDE:
            former = target.with_name(target.name + ending)
            if former.exists():
                former.rename(aside.with_name(aside.name + ending))
    draft.rename(target)
    archive.flush(target.parent)


def _put_folder(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    passing = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    draft = passing / target.name
    try:
        archive.copy_folder(source, draft)
        if target.exists():
            if any(target.iterdir()):
                target.rename(_aside(target))
            else:
                target.rmdir()
        draft.rename(target)
        archive.flush(target.parent)
    finally:
        shutil.rmtree(passing, ignore_errors=True)


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.before-{now():%Y%m%dT%H%M%S%f}")
