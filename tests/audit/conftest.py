"""A database with an empty trail, on SQLite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.store.database import Database, open_database
from service.store.tables import audit_head, metadata


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/kept.db"


@pytest.fixture
def kept(url) -> Iterator[Database]:
    database = open_database(url)
    metadata.create_all(database.engine)
    database.write(lambda c: c.execute(audit_head.insert().values(one=1, seq=0, digest="0" * 64)))
    yield database
    database.close()
