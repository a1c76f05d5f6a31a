"""`phenomap rank --prior` and `phenomap assess --prior`."""

from __future__ import annotations

import json
from math import log

import pytest

from cli.lines import PRIORS
from cli.main import main
from matching.prevalence import Prior


@pytest.fixture
def rank(tmp_path, small_root):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "c", "features": [{"id": "HP:0001166"}, {"id": "HP:0001083"}]}) + "\n")

    def command(*options, code=0):
        assert main(["rank", str(source), str(target), "--knowledge", str(small_root), *options]) == code
        return {d["id"]: d for d in json.loads(target.read_text())["diseases"]} if code == 0 else {}

    return command


def test_the_command_offers_every_prior():
    assert tuple(Prior) == PRIORS


def test_the_prior_is_in_the_score_and_beside_it(rank):
    plain, weighed = rank()["OMIM:900001"], rank("--prior", "prevalence")["OMIM:900001"]
    # Twice the median of the known: see tests/matching/test_prevalence.py.
    assert weighed["prior"] == pytest.approx(log(2))
    assert weighed["score"] == pytest.approx(plain["score"] + log(2), abs=1e-5)
    assert "prior" not in plain


def test_explained_and_listed_alike(rank):
    listed, explained = rank("--prior", "prevalence"), rank("--prior", "prevalence", "--explain")
    assert {id: d["score"] for id, d in listed.items()} == {id: d["score"] for id, d in explained.items()}
    first = explained["OMIM:900001"]
    assert first["prior"]["stated"].endswith("1-9 / 1 000 000, Worldwide, Validated")
    shown = sum(part["shown"] for part in first["contributions"]) + first["prior"]["shown"]
    assert shown == pytest.approx(first["shown"])


def test_similarities_take_no_prior(rank, capsys):
    rank("--ranker", "lin", "--prior", "prevalence", code=1)
    assert "prior" in capsys.readouterr().err


def test_a_report_on_the_screen_shows_the_prior(tmp_path, small_root, capsys):
    note = tmp_path / "note.txt"
    note.write_text("She has arachnodactyly and ectopia lentis.")
    assert main(["assess", str(note), "--prior", "prevalence", "--knowledge", str(small_root)]) == 0
    page = capsys.readouterr().out
    assert "+0.69  Prior by prevalence: ORPHA:900101: Point prevalence" in page
    assert "Prior by prevalence: unknown, taken as the median" in page
