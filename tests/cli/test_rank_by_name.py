"""`phenomap rank --ranker NAME`."""

from __future__ import annotations

import json

import pytest

from cli.lines import RANKERS as OFFERED
from cli.main import main
from matching.rankers import RANKERS


@pytest.fixture
def rank(tmp_path, small_root):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "c", "features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}]}) + "\n")

    def command(*options):
        assert main(["rank", str(source), str(target), "--knowledge", str(small_root), *options]) == 0
        return json.loads(target.read_text())

    return command


def test_the_command_offers_every_ranker():
    assert OFFERED == RANKERS


@pytest.mark.parametrize("name", RANKERS)
def test_the_line_names_its_ranker_and_only_lm_gives_probabilities(rank, name):
    answer = rank("--ranker", name)
    assert answer["ranker"] == name
    assert answer["diseases"][0]["id"] == "OMIM:900001"
    assert {disease["probability"] is None for disease in answer["diseases"]} == {name != "lm"}


def test_explained_and_listed_alike(rank):
    listed, explained = rank("--ranker", "lin"), rank("--ranker", "lin", "--explain")
    assert [(d["id"], d["score"], d["rank"]) for d in listed["diseases"]] == [
        (d["id"], d["score"], d["rank"]) for d in explained["diseases"]
    ]


def test_an_unknown_ranker_is_one_line(rank, capsys):
    with pytest.raises(SystemExit):
        rank("--ranker", "jaccard")
    error = capsys.readouterr().err
    assert "jaccard" in error
    assert "phenodigm" in error
    assert len(error.strip().splitlines()) == 1
