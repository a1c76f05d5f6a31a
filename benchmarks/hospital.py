"""A hospital for tests and measurements: two departments, an account of every role in each, and what they keep."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from matching.assess import Assessor
from service.actors import Actor
from service.app import create_app
from service.cases.rules import CaseRules
from service.faces.reading import Faces
from service.identity.identity import CSRF_HEADER
from service.identity.roles import Role, actor_with
from service.identity.sessions import open_session
from service.keeping import Keeping
from service.settings import Settings
from service.store.database import open_database
from service.store.migrate import migrate
from service.store.tables import account, department, membership, new_id
from service.vault.master import FileKeys
from service.vault.vault import open_vault

DEPARTMENTS = ("north", "south")
BASE = "http://127.0.0.1"
NOBODY = "nobody"


@dataclass(frozen=True)
class Hospital:
    """Actors by role and department, `clinician north`; `colleague` stands for a second clinician."""

    app: FastAPI
    keeping: Keeping
    actors: Mapping[str, Actor]
    departments: Mapping[str, str]
    folder: Path

    def client(self, who: str) -> TestClient:
        """A client in a new session of `who`, or in none for NOBODY."""
        client = TestClient(self.app, base_url=BASE, raise_server_exceptions=False)
        if who != NOBODY:
            identity, id = self.app.state.services.identity, self.actors[who].id
            opened = self.keeping.database.write(lambda c: open_session(c, id, identity.settings.longest))
            client.cookies.set(identity.cookie, opened.token)
            client.headers[CSRF_HEADER] = opened.csrf
        return client


@contextmanager
def hospital(
    folder: Path,
    assessor: Assessor,
    rules: CaseRules | None = None,
    url: str | None = None,
    faces: Callable[[Keeping], Faces] | None = None,
) -> Iterator[Hospital]:
    """Open one in `folder`, which is empty; `url` names another database than an SQLite file in it.

    `faces` makes what reads photos; without it they are declined.
    """
    if url is None:
        url = migrated_sqlite(folder / "kept.db")
        database = open_database(url)
    else:
        database = open_database(url)
        migrate(database)
    keys, blobs = FileKeys(folder / "keys"), folder / "blobs"
    keys.create()
    blobs.mkdir()
    keeping = Keeping(database, open_vault(keys), blobs)
    departments = {name: new_id() for name in DEPARTMENTS}
    actors: dict[str, Actor] = {}
    settings = Settings(database=url, blobs=blobs, cases=rules or CaseRules())

    database.write(lambda connection: [connection.execute(one) for one in _people(departments, actors)])
    try:
        app = create_app(assessor, keeping=keeping, settings=settings, faces=faces(keeping) if faces else None)
        yield Hospital(app, keeping, actors, departments, folder)
    finally:
        database.close()


def migrated_sqlite(path: Path) -> str:
    """URL of a new database at `path`: a copy of one that was migrated once, which takes a tenth of a second."""
    shutil.copyfile(_migrated_once(), path)
    return f"sqlite:///{path}"


@cache
def _migrated_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="phenomap-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = open_database(f"sqlite:///{folder / 'empty.db'}")
    migrate(database)
    database.close()
    return folder / "empty.db"


def _people(departments: Mapping[str, str], actors: dict[str, Actor]) -> Iterator[Any]:
    for name, department_id in departments.items():
        yield department.insert().values(id=department_id, name=name)
        for word, role in (*((role.value, role) for role in Role), ("colleague", Role.CLINICIAN)):
            id = new_id()
            actors[f"{word} {name}"] = actor_with(id, [(department_id, role.value)])
            yield account.insert().values(id=id, name=f"{word} {name}", display_name=word, kind="person")
            yield membership.insert().values(account=id, department=department_id, role=role.value)
