"""What alembic runs: on the connection that service.store.migrate hands over, or for `alembic` on the command line.

`alembic revision --autogenerate` compares the database of $PHENOMAP_DATABASE with service.store.tables.
"""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from service.store.database import DEFAULT_URL, open_database
from service.store.migrate import COMPARING, alone
from service.store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, **COMPARING)
    with context.begin_transaction():
        context.run_migrations()


def _run_from_command_line() -> None:
    database = open_database(os.environ.get("PHENOMAP_DATABASE", DEFAULT_URL))
    try:
        with alone(database) as connection:
            _run(connection)
    finally:
        database.close()


handed = context.config.attributes.get("connection")
if handed is None:
    _run_from_command_line()
else:
    _run(handed)
