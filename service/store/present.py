"""Opening a database for a command of the operator: one that is there, with its tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.store.database import Database, StoreError, open_database


def is_file_missing(url: str) -> bool:
    """Whether `url` names an SQLite file that is not there: opening it would make an empty one."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file()


def open_present(url: str) -> Database:
    """Open a database that was made before; raises StoreError where there is none."""
    if is_file_missing(url):
        raise StoreError("There is no database under that path.", "Check --database, or run `phenomap serve` once.")
    database = open_database(url)
    try:
        made = inspect(database.engine).has_table("audit_head")
    except DBAPIError as error:
        database.close()
        raise StoreError("The database cannot be opened.", "Check its URL, and that the server runs.") from error
    if not made:
        database.close()
        raise StoreError("This database holds no tables of Phenomap.", "Run `phenomap serve` once: it makes them.")
    return database
