"""Opening what is kept: the database, migrated; the vault; the folder of photos. Also for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.keeping import Keeping
from service.settings import Settings
from service.store.database import Database, open_database
from service.store.migrate import migrate
from service.vault.opening import open_site_vault


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database of `settings`, with its tables as this release knows them; closed at the end."""
    database = open_database(settings.database)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


@contextmanager
def opened(settings: Settings, say: Callable[[str], None]) -> Iterator[Keeping]:
    """All that is kept, closed at the end; `say` is told of a new key. Raises StoreError, KeyMissing or KeyUnusable."""
    with opened_database(settings) as database:
        settings.blobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield Keeping(database, open_site_vault(settings.keys, database, say), settings.blobs)
