"""Cases from a file: each line kept once, its faults in its place."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from cli.main import main
from service.store.tables import account, audit, case, imported, note

GOOD = {"id": "1", "notes": [{"text": "Seizures. No scoliosis."}], "features": [{"id": "HP:0000256"}], "sex": "MALE"}


@pytest.fixture
def name_of(hospital):
    def named(who):
        wanted = select(account.c.name).where(account.c.id == hospital.actors[who].id)
        return hospital.keeping.database.read(lambda c: c.execute(wanted).scalar_one())

    return named


@pytest.fixture
def run(hospital, small_root, tmp_path, monkeypatch, capsys, name_of):
    monkeypatch.setenv("PHENOMAP_DATABASE", f"sqlite:///{hospital.folder / 'kept.db'}")
    monkeypatch.setenv("PHENOMAP_KEYS", f"file:{hospital.folder / 'keys'}")

    def run(*lines, who="clinician north"):
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
        monkeypatch.chdir(hospital.folder)
        words = ["case", "import", str(source), str(target), "--account", name_of(who), "--knowledge", str(small_root)]
        code = main(words)
        answers = [json.loads(line) for line in target.read_text().splitlines()] if target.exists() else []
        return code, answers, capsys.readouterr().err

    return run


def count(hospital, table):
    return hospital.keeping.database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar())


def test_a_line_becomes_a_case_that_its_clinician_opens(run, hospital):
    code, (answer,), _ = run(GOOD)
    assert (code, answer["id"], answer["fresh"]) == (0, "1", True)
    kept = hospital.client("clinician north").get(f"/api/v1/cases/{answer['case']}").json()
    assert kept["sex"] == "male"
    assert hospital.client("clinician south").get(f"/api/v1/cases/{answer['case']}").status_code == 404


def test_the_same_line_is_kept_once(run, hospital):
    _, (first,), _ = run(GOOD)
    _, (again, other), _ = run(GOOD, {**GOOD, "id": "2"})
    assert (again["case"], again["fresh"]) == (first["case"], False)
    assert other["fresh"]
    assert (count(hospital, case), count(hospital, imported), count(hospital, note)) == (2, 2, 2)


def test_a_faulty_line_keeps_nothing_and_the_others_are_kept(run, hospital):
    code, answers, err = run(GOOD, "{broken\n", {"id": "3", "features": [{"id": "HP:7777777"}]}, {**GOOD, "id": "4"})
    assert code == 1
    assert "2 of 4 lines" in err
    assert [answer["case"] is None for answer in answers] == [False, True, True, False]
    assert "HP:7777777" in answers[2]["error"][0]["what"]
    assert count(hospital, case) == 2


def test_each_import_is_a_link_of_the_trail(run, hospital):
    _, (answer,), _ = run(GOOD)
    wanted = select(audit.c.actor, audit.c.detail).where(audit.c.action == "import")
    (link,) = hospital.keeping.database.read(lambda c: c.execute(wanted).all())
    assert link.actor == hospital.actors["clinician north"].id
    assert link.detail == {"case": answer["case"], "notes": 1, "features": 1}


def test_who_keeps_no_cases_imports_none(run, hospital):
    code, (answer,), _ = run(GOOD, who="auditor north")
    assert code == 1
    assert answer["error"][0]["field"] == "department"
    assert count(hospital, case) == 0
