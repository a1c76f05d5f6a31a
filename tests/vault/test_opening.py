"""A key is made on the very first run, and never in place of one that was lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import main
from service.audit.trail import verify
from service.store.database import Database
from service.vault.faults import KeyMissing
from service.vault.master import FileKeys
from service.vault.opening import open_site_vault

NewCase = Callable[[], str]


def test_the_first_run_makes_a_key_and_says_where(database: Database, tmp_path: Path):
    said: list[str] = []
    path = tmp_path / "site.key"
    open_site_vault(f"file:{path}", database, said.append)
    assert str(path) in said[0]
    assert path.read_text().strip() not in said[0]
    open_site_vault(f"file:{path}", database, said.append)
    assert len(said) == 1


def test_a_lost_key_file_is_not_replaced(database: Database, new_case: NewCase, keys: FileKeys):
    new_case()
    keys.path.unlink()
    with pytest.raises(KeyMissing):
        open_site_vault(f"file:{keys.path}", database, lambda words: None)
    assert not keys.path.exists()


@pytest.fixture
def options(tmp_path: Path, keys: FileKeys) -> list[str]:
    return ["--database", f"sqlite:///{tmp_path / 'cases.db'}", "--keys", f"file:{keys.path}"]


def test_keys_are_shown_by_id_and_rotated(
    database: Database, new_case: NewCase, keys: FileKeys, options: list[str], capsys: pytest.CaptureFixture[str]
):
    new_case()
    old = keys.load().current.id
    assert main(["keys", "rotate", *options]) == 0
    assert main(["keys", "show", "--json", *options]) == 0
    words = capsys.readouterr()
    shown = json.loads(words.out.splitlines()[-1])["keys"]
    new = keys.load().current.id
    assert shown == [
        {"id": new, "current": True, "held": True, "cases": 1},
        {"id": old, "current": False, "held": True, "cases": 0},
    ]
    assert not any(key in words.out + words.err for key in keys.path.read_text().split())
    assert main(["keys", "rotate", "--forget-old", *options]) == 0
    assert len(keys.load().all) == 1
    assert database.read(verify).sound


def test_a_key_that_is_not_held_is_shown_and_is_an_error(
    database: Database, new_case: NewCase, keys: FileKeys, options: list[str], capsys: pytest.CaptureFixture[str]
):
    new_case()
    lost = keys.load().current.id
    keys.path.unlink()
    keys.create()
    assert main(["keys", "show", *options]) == 1
    assert f"{lost}  NOT HELD" in capsys.readouterr().out
    assert main(["keys", "rotate", *options]) == 1
    assert lost in capsys.readouterr().err
