"""`phenomap audit verify|export`."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from cli.main import main
from service.audit.trail import Action, record
from service.store.tables import audit


@pytest.fixture
def filled(kept):
    kept.write(lambda c: [record(c, "a" * 32, Action.VIEW, "case", "c" * 32, detail={"at": at}) for at in range(3)])
    return kept


def test_an_empty_trail_verifies(kept, url, capsys):
    assert main(["audit", "verify", "--database", url]) == 0
    assert capsys.readouterr().out.startswith("sound: 0 links")


def test_before_anything_was_kept_the_trail_is_empty(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PHENOMAP_DATABASE", raising=False)
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "export"]) == 0
    assert not list(tmp_path.iterdir()), "verifying made a database"
    assert "sound: 0 links" in capsys.readouterr().out


def test_a_database_that_was_named_and_is_not_there_is_no_empty_trail(tmp_path, capsys):
    assert main(["audit", "verify", "--database", f"sqlite:///{tmp_path}/none.db"]) == 1
    assert "no database" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()


def test_verify_says_where_a_trail_was_altered(filled, url, capsys):
    assert main(["audit", "verify", "--database", url, "--json"]) == 0
    sound = json.loads(capsys.readouterr().out)
    assert (sound["links"], sound["sound"]) == (3, True)
    assert main(["audit", "verify", "--database", url, "--head", sound["head"]]) == 0
    with filled.engine.connect() as connection:
        connection.execute(update(audit).where(audit.c.seq == 2).values(actor="b" * 32))
        connection.commit()
    capsys.readouterr()
    assert main(["audit", "verify", "--database", url]) == 1
    assert "NOT sound at link 2" in capsys.readouterr().out
    assert main(["audit", "verify", "--database", url, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_fault"] == 2


def test_a_head_that_is_none_is_refused(kept, url, capsys):
    assert main(["audit", "verify", "--database", url, "--head", "nonsense"]) == 1
    assert "--head" in capsys.readouterr().err


def test_export_prints_every_link(filled, url, capsys):
    assert main(["audit", "export", "--database", url]) == 0
    links = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [link["detail"]["at"] for link in links] == [0, 1, 2]
    assert set(links[0]) == {column.name for column in audit.columns}
