"""Opening what is kept: the database, migrated; the vault; the folder of photos. Also for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from service.keeping import Keeping
from service.settings import Settings
from service.store import tables
from service.store.database import Database, open_database
from service.vault.master import FileKeys, KeySource, key_source
from service.vault.vault import open_vault


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database of `settings`, with its tables as this release knows them; closed at the end."""
    from service.store.migrate import migrate

    database = open_database(settings.database)
    try:
        migrate(database, settings.database)
        yield database
    finally:
        database.close()


@contextmanager
def opened(settings: Settings) -> Iterator[Keeping]:
    """All that is kept, closed at the end; raises StoreError, KeyMissing or KeyUnusable."""
    with opened_database(settings) as database:
        settings.blobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield Keeping(database, open_vault(_keys(settings, database)), settings.blobs)


def _keys(settings: Settings, database: Database) -> KeySource:
    """The key source of `settings`. A key file is made for a database without cases alone: a lost one must be found."""
    source = key_source(settings.keys)
    sealed = database.read(lambda connection: connection.scalar(select(func.count()).select_from(tables.case_key)))
    if isinstance(source, FileKeys) and not sealed:
        source.create()
    return source
