"""A vault over a key file, and a database with cases to seal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from service.store.database import Database, open_database
from service.store.tables import account, audit_head, case, department, metadata, new_id
from service.vault.master import FileKeys
from service.vault.vault import Vault, open_vault

NewCase = Callable[[], str]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'cases.db'}")
    metadata.create_all(database.engine)

    def people(connection: Connection) -> None:
        connection.execute(insert(department).values(id="genetics", name="Genetics"))
        connection.execute(insert(account).values(id="li", name="li", display_name="Li", kind="person"))
        connection.execute(insert(audit_head).values(one=1, seq=0, digest="0" * 64))

    database.write(people)
    yield database
    database.close()


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    keys = FileKeys(tmp_path / "phenomap.key")
    assert keys.create()
    return keys


@pytest.fixture
def vault(keys: FileKeys) -> Vault:
    return open_vault(keys)


@pytest.fixture
def new_case(database: Database, vault: Vault) -> NewCase:
    """Adds a case with a key of its own; its id."""

    def add() -> str:
        id = new_id()

        def work(connection: Connection) -> None:
            row = {"id": id, "department": "genetics", "status": "draft", "sex": "female", "created_by": "li"}
            connection.execute(insert(case).values(row))
            vault.create_key(connection, id)

        database.write(work)
        return id

    return add
