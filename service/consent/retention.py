"""Retention and erasure: a case is kept as long as the site says, then its key is destroyed and its rows are emptied.

What stays: that there was a case, in which department, when, how many notes and reports it had, and its trail. What is
left of the ciphertext in old backups opens with no key but a copy of the case's own, which the backup holds under the
master key of its day: `phenomap keys rotate --forget-old` makes that unreadable too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from ontology.errors import InputError, PhenomapError
from ontology.features import PatientSex
from service.audit.trail import Action, record
from service.gallery.rows import take_out
from service.store.database import Database
from service.store.tables import (
    break_glass,
    card,
    card_feedback,
    case,
    feature,
    impression,
    note,
    now,
    patient_key,
    photo,
    received,
    report,
    sign_off,
)
from service.vault.blobs import delete_blobs
from service.vault.vault import Vault

ERASED = "erased"


class CaseUnknown(PhenomapError):
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Retention:
    """A site's rule: a case is erased so many days after its last change; None keeps it until someone erases it."""

    days: int | None = None

    def __post_init__(self) -> None:
        if self.days is not None and not 1 <= self.days <= 36_525:
            raise InputError("retention.days", "A case is kept for 1 to 36,525 days.", "Leave it out to keep for good.")

    def until(self, changed: datetime) -> datetime | None:
        """When a case last changed at `changed` falls due."""
        return None if self.days is None else changed + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Due:
    """A case whose time is over."""

    case: str
    department: str


def set_until(connection: Connection, case_id: str, rule: Retention) -> None:
    """Write down until when a case is kept; called in the write that changes it."""
    connection.execute(update(case).where(case.c.id == case_id).values(retain_until=rule.until(now())))


def due(connection: Connection, at: datetime) -> list[Due]:
    """Cases whose time was over at `at`, the longest over first."""
    query = select(case.c.id, case.c.department).where(case.c.retain_until <= at, case.c.status != ERASED)
    return [Due(row.id, row.department) for row in connection.execute(query.order_by(case.c.retain_until, case.c.id))]


def erase(connection: Connection, vault: Vault, blobs: Path, case_id: str, actor: str) -> None:
    """Destroy the key of a case, empty its rows, remove its photos, and say so in the trail. Again is no error.

    The photos go last and before the commit: an erasure that was answered has left no file. Should the commit fail
    after all, they are gone while the case is not, and the erasure is to be asked for again. Raises CaseUnknown.
    """
    query = select(case.c.department, case.c.status).where(case.c.id == case_id).with_for_update()
    found = connection.execute(query).first()
    if found is None:
        raise CaseUnknown("There is no such case.", "Look it up again.")
    names = list(connection.scalars(select(photo.c.blob).where(photo.c.case == case_id, photo.c.blob != "")))
    if found.status != ERASED:
        vault.destroy_key(connection, case_id)
        counts = {f"{table.name}_rows": _emptied(connection, table, case_id) for table in _EMPTY}
        counts["enrolled_rows"] = take_out(connection, vault, case_id)
        own = {**_EMPTY_CASE, "version": case.c.version + 1, "changed": now()}
        connection.execute(update(case).where(case.c.id == case_id).values(own))
        record(connection, actor, Action.ERASE, "case", case_id, department=found.department, detail=counts)
    delete_blobs(blobs, names)


def erase_due(database: Database, vault: Vault, blobs: Path, at: datetime, actor: str) -> int:
    """Erase what was due at `at`, each case in a write of its own; how many there were."""
    cases = database.read(lambda connection: due(connection, at))
    for one in cases:
        database.write(lambda connection, id=one.case: erase(connection, vault, blobs, id, actor))  # type: ignore[misc]
    if cases:
        scrub(database)
    return len(cases)


def scrub(database: Database) -> None:
    """Have destroyed keys leave the database's own files as well: to be run after erasures, outside of any write."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # short rows, one a case or a face: rewriting them whole holds up other work for well under a second
        again = "VACUUM FULL case_key, enrolled_key, enrolled"
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if sqlite else again)


#: What is written over each row that was about the patient; a test sees that no sealed column is forgotten.
_EMPTY: Mapping[Table, Mapping[str, Any]] = {
    note: {"sealed": b"", "dated": None, "language": None},
    photo: {"blob": "", "size": 0},
    feature: {"sealed": b""},
    report: {"sealed": b"", "brief": b"", "leading": []},
    sign_off: {"sealed": b"", "disease": None},
    break_glass: {"sealed": b""},
    impression: {"sealed": b""},
    patient_key: {"digest": ""},
    received: {"sealed": b"", "source": "", "content": ""},
    card: {"disease": None, "hook": ""},
    card_feedback: {"sealed": b""},
}
_EMPTY_CASE: Mapping[str, Any] = {
    "status": ERASED,
    "unsolved": False,  # not to be ranked again
    "sex": PatientSex.UNKNOWN.value,
    "age_days": None,
    "sealed": None,
    "known": None,
    "assigned_to": None,
    "retain_until": None,
}


def _emptied(connection: Connection, table: Table, case_id: str) -> int:
    connection.execute(update(table).where(table.c.case == case_id).values(_EMPTY[table]))
    return connection.scalar(select(func.count()).select_from(table).where(table.c.case == case_id)) or 0
