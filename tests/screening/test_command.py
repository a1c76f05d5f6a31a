"""`phenomap screen`: from a file of notes to a page of patients, in one command that can be called again."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from cli.main import main

from .conftest import ordinary


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    target = tmp_path / "notes.jsonl"
    rows = [{"mrn": row.patient, "written": row.date.isoformat(), "body": row.text, "sex": "M"} for row in ordinary(20)]
    target.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no JSON\n", encoding="utf-8")
    return target


@pytest.fixture
def screen(small_root, archive, tmp_path, capsys):
    def screened(*words: str, out: str = "out"):
        options = ["--workers", "1", "--least-findings", "2", "--knowledge", str(small_root), *words]
        try:
            code = main(["screen", str(archive), "--out", str(tmp_path / out), *options])
        except SystemExit as stop:
            code = stop.code
        return code, capsys.readouterr().err

    return screened


def flagged_of(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "flagged.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_file_becomes_tables_a_page_and_what_the_hospital_keeps(screen, tmp_path):
    code, said = screen("--columns", "patient=mrn,text=body", "--most-share", "0.1", "--least-yield", "0.0001")
    out = tmp_path / "out"
    assert code == 0, said
    assert "of 20 patients are worth a look" in said
    table = duckdb.sql(f"SELECT count(*), count(*) FILTER (flagged) FROM read_parquet('{out / 'patients.parquet'}')")
    assert table.fetchall() == [(20, 2)]
    assert {patient["diseases"][0]["id"] for patient in flagged_of(out)} == {"OMIM:900001"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "arachnodactyly" in page
    assert "patient-0" not in page
    assert "patient-10" not in page
    manifest = json.loads((out / "private" / "manifest.json").read_text())
    assert manifest["taken_as"]["patient"] == "mrn"
    assert [file["name"] for file in manifest["files"]] == ["notes.jsonl"]
    aside = [json.loads(line) for line in (out / "private" / "set_aside.jsonl").read_text().splitlines()]
    assert aside == [{"origin": "notes.jsonl:41", "reason": "not_readable"}]
    assert json.loads((out / "summary.json").read_text())["set_aside"] == {"not_readable": 1}
    links = [json.loads(line)["source_id"] for line in (out / "private" / "link.jsonl").read_text().splitlines()]
    assert sorted(links) == ["patient-0", "patient-10"]
    assert sorted(path.name for path in (out / "work").iterdir()) == ["ledger.jsonl"]


def test_a_run_that_is_done_is_not_done_again_and_leaves_no_notes_behind(screen, tmp_path):
    assert screen("--columns", "patient=mrn,text=body")[0] == 0
    (tmp_path / "out" / "work" / "spool").mkdir()  # as where it was ended before it had cleared
    code, said = screen("--columns", "patient=mrn,text=body", "--resume")
    assert (code, "this run is done" in said) == (0, True)
    assert not (tmp_path / "out" / "work" / "spool").exists()


def test_a_folder_that_holds_a_run_or_anything_else_is_not_written_into(screen, tmp_path):
    assert screen("--columns", "patient=mrn,text=body")[0] == 0
    code, said = screen("--columns", "patient=mrn,text=body")
    assert (code, "Add --resume" in said) == (1, True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    code, said = screen("--columns", "patient=mrn,text=body", out="other")
    assert (code, "is not an empty folder" in said) == (1, True)
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["letter.txt"]


def test_a_run_ended_after_its_archive_was_read_goes_on_without_it(screen, archive, tmp_path, monkeypatch):
    """The archive has vanished, and with it its size, by which it was parted."""
    from screening.run import Run

    with monkeypatch.context() as ended:
        ended.setattr(Run, "weigh", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        assert screen("--columns", "patient=mrn,text=body")[0] == 130
    archive.unlink()
    assert screen("--columns", "patient=mrn,text=body", "--resume")[0] == 0
    rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{tmp_path / 'out' / 'patients.parquet'}')").fetchall()
    assert rows == [(20,)]


def test_a_run_is_not_gone_on_with_by_other_columns(screen, monkeypatch):
    from screening.run import Run

    with monkeypatch.context() as ended:
        ended.setattr(Run, "weigh", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        screen("--columns", "patient=mrn,text=body")
    code, said = screen("--columns", "patient=mrn,text=body,date=written", "--resume")
    assert (code, "other values of: columns" in said) == (1, True)


def test_with_the_key_of_an_earlier_run_patients_have_the_same_names(screen, tmp_path):
    rule = ("--columns", "patient=mrn,text=body", "--most-share", "0.1", "--least-yield", "0.0001")
    screen(*rule)
    screen(*rule, "--pseudonym-key", str(tmp_path / "out" / "private" / "key"), out="again")
    screen(*rule, out="other")
    first, again, other = ({p["patient"] for p in flagged_of(tmp_path / out)} for out in ("out", "again", "other"))
    assert first == again
    assert not first & other


def test_the_page_speaks_chinese(screen, tmp_path):
    assert screen("--columns", "patient=mrn,text=body", "--language", "zh")[0] == 0
    assert '<html lang="zh-Hans">' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--columns", "patient"), "no list of NAME=COLUMN"),
        (("--columns", "patient=nowhere,text=body"), "There is no column nowhere"),
        (("--share", "2"), "no share between 0 and 1"),
        (("--workers", "0"), "--workers"),
        (("--photos", "/nowhere"), "no such folder"),
        (("--pseudonym-key", "/nowhere"), "no such file"),
        (("--reference", "/nowhere"), "cannot be read"),
        (("--config", "/nowhere"), "/nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(screen, words, said):
    code, told = screen(*words)
    assert code in (1, 2)
    assert said in told
    assert told.count("\n") <= 1 or "reading the archive" in told


def test_a_source_that_is_not_there_is_refused(small_root, tmp_path, capsys):
    words = ["screen", str(tmp_path / "gone.csv"), "--out", str(tmp_path / "out"), "--knowledge", str(small_root)]
    assert main(words) == 1
    assert "there is no such file" in capsys.readouterr().err
