"""Backup of a database in use: one snapshot, with the sealed photos, verified by restoring it before it is called one.

It holds every write that was acknowledged before it began, and the catalogues of tests that the site has imported: a
release can be built again, they cannot. The master keys are not in it. A patient erased later can
still be read from it by who holds both: a site deletes backups in time.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import URL

from service.audit.trail import Action, record
from service.store import archive, postgres_tools
from service.store.archive import BLOBS, CATALOGUES, DATABASE, Manifest
from service.store.database import Database, Postgres, Sqlite, StoreError
from service.store.examine import Found, examine
from service.store.tables import now

OPERATOR = "operator"
_BLOB = re.compile(r"[0-9a-f]{32}")


def back_up(database: Database, blobs: Path, target: Path, catalogues: Path | None = None) -> Manifest:
    """Make the folder `target`; raises StoreError. Others read and write the database meanwhile.

    `catalogues` is the folder of imported catalogues, which need not be there.
    """
    if target.exists():
        raise StoreError(f"{target} is there already.", "Name a folder that is not.")
    target.parent.mkdir(parents=True, exist_ok=True)
    # beside the target, not in a common temporary folder: what is sealed stays where the site keeps its backups
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        manifest = _fill(draft, database, blobs, catalogues)
        draft.rename(target)
        archive.flush(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    counts = {"links": manifest.links, "cases": manifest.cases, "sound": manifest.sound}
    database.write(lambda c: record(c, OPERATOR, Action.BACKUP, "database", "all", detail=counts))
    return manifest


@contextmanager
def restored_beside(source: Path, url: URL, folder: Path) -> Iterator[Database]:
    """The database of the backup at `source`, open in a passing place: in `folder`, or on the server of `url`."""
    if url.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory(prefix=".phenomap-check.", dir=folder) as passing:
            copy = Path(passing) / "phenomap.db"
            archive.copy_file(source / DATABASE, copy)
            with closing(Sqlite(copy)) as database:
                yield database
        return
    with postgres_tools.passing_database(url) as passing_url:
        postgres_tools.load(passing_url, source / DATABASE)
        with closing(Postgres(passing_url)) as database:
            yield database


def _fill(folder: Path, database: Database, blobs: Path, catalogues: Path | None) -> Manifest:
    made = now()
    kind = database.engine.dialect.name
    if kind == "sqlite":
        _copy_sqlite(Path(database.engine.url.database or ""), folder / DATABASE)
    else:
        postgres_tools.dump(database.engine.url, folder / DATABASE)
    archive.flush(folder / DATABASE)
    _copy_blobs(blobs, folder / BLOBS)  # after the rows: the file of each photo was there before its row
    if catalogues is not None and catalogues.is_dir():
        archive.copy_folder(catalogues, folder / CATALOGUES)  # the files that name versions before these, as they came
    with restored_beside(folder, database.engine.url, folder.parent) as restored:
        found: Found = examine(restored, folder / BLOBS)
    manifest = Manifest(archive.FORMAT, kind, made.isoformat(), **asdict(found), files=archive.sums_of(folder))
    archive.write_manifest(folder, manifest)
    return manifest


def _copy_sqlite(source: Path, target: Path) -> None:
    """Write one snapshot, without the free pages: nothing of what was deleted goes along."""
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as driver:
        try:
            driver.execute("VACUUM INTO ?", (str(target),))
        except sqlite3.Error as error:
            raise StoreError(
                "The database could not be copied.", "Check that it is sound and the disk not full."
            ) from error


def _copy_blobs(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    if source.is_dir():
        for path in sorted(source.iterdir()):
            if _BLOB.fullmatch(path.name):
                try:
                    archive.copy_file(path, target / path.name)
                except FileNotFoundError:  # erased since the list was made
                    continue
    archive.flush(target)
