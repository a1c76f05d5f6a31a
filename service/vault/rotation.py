"""Rotation: every case's key wrapped under a new master key, in batches, from wherever the last attempt stopped.

The cases stay readable throughout, and what was sealed stays as it is: only the wrapped keys change. A key that leaked
together with a copy of the database is not mended by rotation; a key that may leak later is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from service.audit.trail import Action, record
from service.store.database import Database
from service.vault.faults import KeyUnusable
from service.vault.master import FileKeys
from service.vault.vault import KEYS, Vault

#: Keys in one transaction: other writers wait some 10 ms for it.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was done."""

    current: str  # id of the master key that is current now
    fresh: bool  # whether it was made in this run
    rewrapped: int


def rotate(database: Database, vault: Vault, actor: str, progress: Callable[[str], None]) -> Rotation:
    """Make a new master key where the source is a file, and wrap every key under it.

    Where keys are left under an older master key (a rotation was cut short, or the operator has put a new key first in
    the environment or the key service), the current one stands and the rest is done.
    """
    source, fresh = vault.source, False
    if isinstance(source, FileKeys) and not database.read(lambda connection: unfinished(connection, vault)):
        source.add()
        fresh = True
    current = source.load(again=True).current.id
    total = 0
    while done := database.write(lambda connection: _rewrap(connection, vault, actor)):
        total += done
        progress(f"{total} keys are under the new master key")
    return Rotation(current, fresh, total)


def _rewrap(connection: Connection, vault: Vault, actor: str) -> int:
    done = vault.rewrap(connection, BATCH)
    if done:
        _note(connection, vault, actor, {"rewrapped": done})
    return done


def _note(connection: Connection, vault: Vault, actor: str, detail: dict[str, int]) -> None:
    id = vault.source.load().current.id
    # the letters keep an id of sixteen digits from looking like a person's number to the trail
    record(connection, actor, Action.ROTATE_KEYS, "master_key", f"key:{id}", detail=dict(detail))


def unfinished(connection: Connection, vault: Vault) -> int:
    """How many keys are not under the current master key."""
    current = vault.source.load(again=True).current.id
    return sum(count for master, count in usage(connection).items() if master != current)


def usage(connection: Connection) -> dict[str, int]:
    """Ids of master keys with the number of cases and of other faces under each; erased cases are under none."""
    found: Counter[str] = Counter()
    for keys in KEYS:
        table = keys.table
        query = select(table.c.master, func.count()).where(table.c.wrapped.is_not(None)).group_by(table.c.master)
        found.update({str(row[0]): int(row[1]) for row in connection.execute(query)})
    return dict(found)


def forget_old(database: Database, vault: Vault, actor: str) -> int:
    """Drop every master key but the current from the key file; how many. Old backups can then never be read again.

    Raises KeyUnusable where a case is under an older key, or the source is no file: then nothing was dropped.
    """

    def drop(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            names = ", ".join(keys.table.name for keys in KEYS)
            connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))  # waits for each create_key under way
        if not isinstance(vault.source, FileKeys):
            raise KeyUnusable("Only a key file can be changed here.", "Drop the old key where it is kept.")
        if unfinished(connection, vault):
            raise KeyUnusable("Some cases are under an older key.", "Run `phenomap keys rotate` first.")
        dropped = vault.source.forget_old()
        _note(connection, vault, actor, {"dropped": dropped})
        return dropped

    return database.write(drop)
