"""pg_dump and pg_restore, and a database of its own to restore into."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from service.store.errors import StoreError
from service.store.tables import new_id

_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def dump(url: URL, target: Path) -> None:
    """Write one snapshot of the database to `target`, in pg_dump's custom format; raises StoreError."""
    target.touch(mode=0o600)
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(url: URL, source: Path, *, over: bool = False) -> None:
    """Restore into the database in one transaction; with `over`, what it held is dropped in the same one."""
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    _run("pg_restore", url, *options, *(["--clean", "--if-exists"] if over else []), str(source))


@contextmanager
def passing_database(url: URL) -> Iterator[URL]:
    """A new, empty database on the same server, dropped at the end; raises StoreError where the account may not."""
    name = f"phenomap_check_{new_id()}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        try:
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        except DBAPIError as error:
            raise StoreError(
                "No database could be made to restore the backup into, so that it is not verified.",
                "Let the account create databases: ALTER ROLE ... CREATEDB.",
            ) from error
        try:
            yield url.set(database=name)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def others_connected(url: URL) -> int:
    """How many connections to the database there are beside the one that asks."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(_OTHERS)).scalar_one())
    finally:
        engine.dispose()


def _run(tool: str, url: URL, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise StoreError(f"{tool} is not on the PATH.", "Install PostgreSQL's client programs, as new as the server.")
    address = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    command = [program, "--no-password", f"--dbname={address.render_as_string()}", *arguments]
    password = {"PGPASSWORD": url.password} if url.password else {}  # never an argument: others could read it
    done = subprocess.run(command, env=os.environ | password, capture_output=True, check=False)  # noqa: S603
    if done.returncode == 0:
        return
    if b"version mismatch" in done.stderr:
        raise StoreError(f"{tool} is older than the server.", "Install client programs as new as the server.")
    # its words may hold rows, so they are not shown
    raise StoreError(
        f"{tool} ended with {done.returncode}.", "Check the server, its disk, and what the account may do."
    )
