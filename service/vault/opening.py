"""Opening the vault of a site: the key file is made on the very first run, and never where keys were lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from service.store.database import Database
from service.vault.master import FileKeys, key_source
from service.vault.rotation import usage
from service.vault.vault import KEYS, Vault, open_vault


def open_site_vault(setting: str, database: Database, say: Callable[[str], None]) -> Vault:
    """The vault with the keys that `setting` names (see `key_source`), seen to hold every key the database needs.

    A missing key file is made, and `say` told so, only while no case has ever had a key. Raises InputError,
    KeyMissing, KeyUnusable.
    """
    source = key_source(setting)
    if isinstance(source, FileKeys) and not database.read(_any_key) and source.create():
        say(
            f"A new master key was written to {source.path}. Without it no case can be read: keep a copy of it, "
            "away from the database and its backups."
        )
    vault = open_vault(source)
    database.read(vault.check)
    return vault


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A master key, by its id alone."""

    id: str
    current: bool
    held: bool  # whether the key source has it
    cases: int


def held_keys(database: Database, vault: Vault) -> list[HeldKey]:
    """The master keys of the source, the current one first, and any other that cases are under."""
    cases = database.read(usage)
    held = [master.id for master in vault.source.load(again=True).all]
    lost = sorted(set(cases) - set(held))
    return [HeldKey(id, id == held[0], id in held, cases.get(id, 0)) for id in (*held, *lost)]


def _any_key(connection: Connection) -> bool:
    return any(connection.execute(select(keys.owner).limit(1)).first() is not None for keys in KEYS)
