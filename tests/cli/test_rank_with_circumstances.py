"""`phenomap rank` and `phenomap assess` with the patient's age and sex."""

from __future__ import annotations

import json

import pytest

from cli.main import main


@pytest.fixture
def rank(tmp_path, small_root):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"

    def command(*options, **patient):
        line = {"id": "c", "features": [{"id": "HP:0001166"}, {"id": "HP:0007359"}], **patient}
        source.write_text(json.dumps(line) + "\n")
        assert main(["rank", str(source), str(target), "--knowledge", str(small_root), *options]) == 0
        return {d["id"]: d for d in json.loads(target.read_text())["diseases"]}

    return command


def test_what_age_and_sex_take_is_in_the_score_and_beside_it(rank):
    plain, told = rank(), rank(sex="FEMALE", age="P40D")
    for id, disease in told.items():
        assert disease["score"] == pytest.approx(plain[id]["score"] + disease.get("circumstances", 0), abs=1e-5)
    assert told["OMIM:900003"]["circumstances"] < -1
    assert all("circumstances" not in disease for disease in plain.values())


def test_explained_and_listed_alike(rank):
    listed = rank(sex="FEMALE", age="P40D")
    explained = rank("--explain", sex="FEMALE", age="P40D")
    assert {id: d["score"] for id, d in listed.items()} == {id: d["score"] for id, d in explained.items()}
    assert [part["kind"] for part in explained["OMIM:900003"]["circumstances"]] == ["onset", "inheritance"]


def test_a_report_on_the_screen_says_what_contradicts(tmp_path, small_root, capsys):
    note = tmp_path / "note.txt"
    note.write_text("She has arachnodactyly and focal-onset seizures.")
    command = ["assess", str(note), "--sex", "female", "--age", "P40D", "--knowledge", str(small_root)]
    assert main(command) == 0
    page = capsys.readouterr().out
    assert "-0.59  Onset from 12 months on (Childhood onset); the patient is 40 days old. [PMID:9000011]" in page
