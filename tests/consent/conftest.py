"""A case with one row in each table that tells of a patient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from service.store import tables
from service.store.database import Database, open_database
from service.store.tables import new_id, now
from service.vault.blobs import seal_blob
from service.vault.master import FileKeys
from service.vault.vault import Vault, open_vault

NewCase = Callable[[], str]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'cases.db'}")
    tables.metadata.create_all(database.engine)

    def people(connection: Connection) -> None:
        connection.execute(insert(tables.department).values(id="genetics", name="Genetics"))
        connection.execute(insert(tables.account).values(id="li", name="li", display_name="Li", kind="person"))
        connection.execute(insert(tables.audit_head).values(one=1, seq=0, digest="0" * 64))

    database.write(people)
    yield database
    database.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    keys = FileKeys(tmp_path / "phenomap.key")
    keys.create()
    return open_vault(keys)


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    folder = tmp_path / "blobs"
    folder.mkdir()
    return folder


@pytest.fixture
def new_case(database: Database, vault: Vault, blobs: Path) -> NewCase:
    """Adds a case, its note, photo, finding, report, signature and opened glass; its id."""

    def add() -> str:
        id = new_id()
        common = {"department": "genetics", "created_by": "li"}

        def open_case(connection: Connection) -> None:
            connection.execute(
                insert(tables.case).values(
                    id=id, status="signed", sex="female", age_days=400, sealed=b"", known=b"known", **common
                )
            )
            vault.create_key(connection, id)

        database.write(open_case)
        blob = database.read(lambda connection: seal_blob(vault, connection, blobs, id, b"face", "photo"))

        def fill(connection: Connection) -> None:
            def put(table: tables.Table, **values: object) -> str:
                row = new_id()
                if "sealed" in table.c:
                    values["sealed"] = vault.seal(connection, id, b"words", table.name)
                connection.execute(insert(table).values(id=row, case=id, **common, **values))
                return row

            put(tables.note, masked=True, language="zh", dated="2026-01-02")
            put(tables.photo, size=4, blob=blob)
            put(tables.feature)
            report = put(tables.report, knowledge="2026", leading=["OMIM:154700"], brief=b"1")
            put(tables.sign_off, report=report, decision="agree", disease="OMIM:154700", reader=1)
            put(tables.impression)
            put(tables.break_glass, expires=now() + timedelta(hours=1))
            put(tables.patient_key, digest="1" * 64)
            put(tables.received, source="2" * 64, kind="Observation", content="3" * 64, version=1)
            card = put(tables.card, service="patient-view", report=report, hook="4" * 64, indicator="info")
            put(tables.card_feedback, card=card, outcome="accepted", suggestions=[])
            put(tables.enrolled, disease="OMIM:154700", sex="female", model="0" * 64, synthetic=False, shareable=False)

        database.write(fill)
        return id

    return add
