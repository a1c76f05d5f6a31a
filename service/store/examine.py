"""Looking through a restored database: is it whole, whose revision has it, how far does its trail go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from service.audit.trail import ORIGIN, verify
from service.store.archive import BackupDamaged, BackupForeign
from service.store.database import Database
from service.store.migrate import known_revision, revision_of
from service.store.tables import case, photo


@dataclass(frozen=True, slots=True)
class Found:
    """What a whole database holds."""

    revision: str
    links: int
    head: str
    sound: bool
    cases: int
    absent_photos: int


def examine(database: Database, blobs: Path) -> Found:
    """Read it through; raises BackupDamaged where it is not whole, BackupForeign where it is of another release."""
    return database.read(lambda connection: _examine(connection, blobs))


def _examine(connection: Connection, blobs: Path) -> Found:
    if connection.dialect.name == "sqlite":
        faults = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if faults != "ok" or connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise BackupDamaged("The database in the backup is not whole.", "Use another backup.")
    revision = revision_of(connection)
    if revision is None or not known_revision(revision):
        raise BackupForeign(
            "The backup is of a newer release, or of another program.", "Use the release that wrote it, or a newer one."
        )
    trail = verify(connection)
    head = trail.head.digest if trail.head else ORIGIN
    named = connection.execute(select(photo.c.blob)).scalars()
    absent = sum(not (blobs / name).is_file() for name in named)
    cases = connection.execute(select(func.count()).select_from(case)).scalar_one()
    return Found(revision, trail.links, head, trail.sound, cases, absent)
