"""Migrations: the tables of the code, up and down with rows in place, by several workers at once, from anywhere."""

import os
import shutil
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from service.store import tables
from service.store.database import open_database
from service.store.migrate import (
    COMPARING,
    NewerDatabase,
    migrate,
    newest_revision,
    revision_of,
    scripts_folder,
    take_back,
)

ADDS_A_COLUMN = """
import sqlalchemy as sa
from alembic import op
revision = "next"
down_revision = "{before}"

def upgrade():
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("telephone", sa.String(30), nullable=False, server_default="none"))
        account.alter_column("display_name", type_=sa.String(300), existing_type=sa.String(200), nullable=False)

def downgrade():
    with op.batch_alter_table("account") as account:
        account.drop_column("telephone")
        account.alter_column("display_name", type_=sa.String(200), existing_type=sa.String(300), nullable=False)
"""
FAILS_HALF_WAY = """
from alembic import op
revision = "next"
down_revision = "{before}"

def upgrade():
    op.execute("CREATE TABLE half (x INTEGER)")
    op.execute("DELETE FROM audit_head")
    op.execute("SELECT nothing FROM nowhere")

def downgrade():
    pass
"""
BREAKS_A_REFERENCE = """
from alembic import op
revision = "next"
down_revision = "{before}"

def upgrade():
    op.execute("DELETE FROM account")

def downgrade():
    pass
"""


@pytest.fixture
def scripts_with(tmp_path):
    """A copy of the revisions with one more."""

    def make(content):
        folder = tmp_path / "alembic"
        shutil.copytree(scripts_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "next.py").write_text(content.format(before=newest_revision()))
        return folder

    return make


def add_a_membership(database):
    def work(connection):
        connection.execute(
            tables.membership.insert().values(id="m", account="account", department="north", role="clinician")
        )

    database.write(work)


def test_the_migrated_tables_are_those_of_the_code(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=dict(COMPARING))
        assert compare_metadata(context, tables.metadata) == []
        assert revision_of(connection) == newest_revision()
        # what compare_metadata passes over: names and kinds of constraints
        found = inspect(connection)
        for table in tables.metadata.sorted_tables:
            assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
            assert {
                (key["name"], *key["constrained_columns"], key["referred_table"])
                for key in found.get_foreign_keys(table.name)
            } == {(key.name, *key.column_keys, key.referred_table.name) for key in table.foreign_key_constraints}


def test_an_empty_trail_has_its_head(database):
    head = database.read(lambda connection: connection.execute(select(tables.audit_head)).one())
    assert head == (1, 0, "0" * 64)


def test_migrating_again_changes_nothing(people):
    migrate(people)
    assert people.read(lambda c: c.execute(select(tables.account.c.id)).scalars().all()) == ["account"]
    assert people.read(lambda c: c.execute(select(tables.audit_head.c.one)).scalars().all()) == [1]


def test_down_to_nothing_and_up_again(people):
    add_a_membership(people)
    take_back(people, "base")
    assert inspect(people.engine).get_table_names() == ["alembic_version"]
    migrate(people)
    assert people.read(lambda c: c.execute(select(tables.account)).all()) == []


def test_a_later_revision_goes_up_and_down_with_rows_in_place(people, scripts_with):
    add_a_membership(people)  # refers to the account that is made anew on SQLite
    scripts = scripts_with(ADDS_A_COLUMN)
    migrate(people, scripts=scripts)
    assert people.read(lambda c: c.execute(text("SELECT id, telephone FROM account")).all()) == [("account", "none")]
    take_back(people, newest_revision(), scripts=scripts)
    with people.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=dict(COMPARING)), tables.metadata) == []
    assert people.read(lambda c: c.execute(select(tables.account.c.name)).scalars().all()) == ["account"]
    assert people.read(lambda c: c.execute(select(tables.membership.c.account)).scalars().all()) == ["account"]


def test_a_migration_that_fails_is_undone_whole(people, scripts_with):
    scripts = scripts_with(FAILS_HALF_WAY)
    with pytest.raises(Exception, match=r"nowhere|no such"):
        migrate(people, scripts=scripts)
    assert not inspect(people.engine).has_table("half")
    assert people.read(lambda c: c.execute(select(tables.audit_head.c.one)).scalars().all()) == [1]
    assert people.read(revision_of) == newest_revision()
    migrate(people)


def test_a_migration_that_leaves_rows_referring_to_nothing_is_undone(people, scripts_with):
    add_a_membership(people)
    with pytest.raises(Exception, match=r"refer to nothing|violates foreign key"):
        migrate(people, scripts=scripts_with(BREAKS_A_REFERENCE))
    assert people.read(lambda c: c.execute(select(tables.account.c.id)).scalars().all()) == ["account"]


def test_after_a_migration_foreign_keys_are_watched_again(people, scripts_with):
    migrate(people, scripts=scripts_with(ADDS_A_COLUMN))
    if people.engine.dialect.name == "sqlite":
        assert people.read(lambda c: c.exec_driver_sql("PRAGMA foreign_keys").scalar()) == 1
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        people.write(
            lambda c: c.execute(tables.membership.insert().values(id="x", account="no", department="north", role="r"))
        )


def test_the_database_of_a_newer_release_is_refused(people, scripts_with):
    migrate(people, scripts=scripts_with(ADDS_A_COLUMN))
    with pytest.raises(NewerDatabase, match="next"):
        migrate(people)


WORKER = """
import sys
from sqlalchemy import select
from service.store.database import open_database
from service.store.migrate import migrate
from service.store.tables import audit_head
database = open_database(sys.argv[1])
sys.stdin.readline()
migrate(database)
print(database.read(lambda c: c.execute(select(audit_head.c.one)).scalars().all()))
database.close()
"""


def test_four_workers_that_start_at_once_migrate_once(empty_url, tmp_path):
    # from a folder that is not the checkout: the revisions are found beside the code
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            text=True,
        )
        for _ in range(4)
    ]
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        out, err = worker.communicate(timeout=60)
        assert (worker.returncode, out) == (0, "[1]\n"), err


def test_the_command_of_alembic_itself_agrees(empty_url):
    environment = {**os.environ, "PHENOMAP_DATABASE": empty_url}

    def alembic(*arguments):
        command = [sys.executable, "-m", "alembic.config", *arguments]
        done = subprocess.run(command, cwd=scripts_folder().parent, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    alembic("upgrade", "head")
    alembic("check")  # nothing left to autogenerate
    alembic("downgrade", "base")
    database = open_database(empty_url)
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()
