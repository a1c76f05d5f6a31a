"""The tables, brought to the form this release expects. Safe where several workers start at once.

The lock is the database's own, so that none is left behind by a process that dies: SQLite's one writer, a
transaction-level advisory lock on PostgreSQL. Both roll a migration back whole when it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from service.store.database import Database, StoreError
from service.store.locked import until_unlocked

#: How alembic compares tables and changes them; SQLite alters a table by making it anew (batch mode).
COMPARING = MappingProxyType({"compare_type": True, "compare_server_default": True, "render_as_batch": True})
#: Any number, so long as nothing else on the server locks it: "phenomap" in ASCII, cut to 63 bits.
_ADVISORY_LOCK = int.from_bytes(b"phenomap") >> 1


class NewerDatabase(StoreError):
    """A newer release has migrated this database."""


def scripts_folder() -> Path:
    """The revisions: beside the packages in a checkout, inside this package in an installed wheel."""
    packaged = Path(__file__).parent / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "alembic"


def migrate(database: Database, revision: str = "head", scripts: Path | None = None) -> None:
    """Bring the tables up to `revision`; does nothing where they are there. Raises NewerDatabase, StoreError."""
    config = _config(scripts)
    with alone(database) as connection:
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def take_back(database: Database, revision: str, scripts: Path | None = None) -> None:
    """Bring the tables down to `revision`, or to nothing for "base". What the newer tables alone held is lost."""
    config = _config(scripts)
    with alone(database) as connection:
        _refuse_newer(connection, config)
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision the tables are at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision(scripts: Path | None = None) -> str:
    """The revision this release brings."""
    head = ScriptDirectory.from_config(_config(scripts)).get_current_head()
    assert head is not None, "there is one revision at least"
    return head


def known_revision(revision: str, scripts: Path | None = None) -> bool:
    """Whether this release has heard of `revision`."""
    try:
        return ScriptDirectory.from_config(_config(scripts)).get_revision(revision) is not None
    except CommandError:
        return False


@contextmanager
def alone(database: Database) -> Iterator[Connection]:
    """A transaction that no other migration runs beside; committed at the end, rolled back whole by an error."""
    if database.engine.dialect.name == "sqlite":
        with _alone_sqlite(database) as connection:
            yield connection
        return
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        yield connection


@contextmanager
def _alone_sqlite(database: Database) -> Iterator[Connection]:
    """As `alone`. To make a table anew, foreign keys are off meanwhile, and checked before the commit."""
    engine = database.engine.execution_options(writing=True)
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with until_unlocked(connection.begin):
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                    raise StoreError(
                        f"The migration left {len(broken)} rows that refer to nothing; it was undone.",
                        "Keep the database as it is and report this.",
                    )
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _refuse_newer(connection: Connection, config: Config) -> None:
    revision = revision_of(connection)
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError as error:
        raise NewerDatabase(
            f"The database is at revision {revision}, which this release does not know.",
            "Run the release that wrote it, or a newer one; or restore a backup.",
        ) from error


def _config(scripts: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts or scripts_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
