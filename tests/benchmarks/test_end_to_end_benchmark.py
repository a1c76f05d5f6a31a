"""From text to disease, run on the hand-made release."""

from __future__ import annotations

import json

import pytest

from benchmarks import end_to_end

LONG_LIMB, PAPER = "OMIM:900001", "PMID:9000011"


@pytest.fixture
def run(tmp_path, small_root, capsys):
    def benchmark(texts, *arguments):
        path = tmp_path / "notes.jsonl"
        lines = [{"id": str(i), "text": t, "diseases": [LONG_LIMB], "pmid": [PAPER]} for i, t in enumerate(texts)]
        path.write_text("\n".join(map(json.dumps, lines)))
        end_to_end.main([str(path), "--knowledge", str(small_root), *arguments])
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return benchmark


def test_a_note_is_read_and_ranked(run):
    result = run(["A girl with arachnodactyly, ectopia lentis and pectus excavatum."])
    assert (result["n"], result["top1"], result["mrr"]) == (1, 100.0, 1.0)
    assert result["median_findings"] == 3


def test_what_is_said_to_be_absent_is_not_found(run):
    assert run(["No arachnodactyly. There was no ectopia lentis."])["median_findings"] == 0


def test_a_note_in_which_nothing_is_found_is_a_miss(run):
    result = run(["She came alone.", "Arachnodactyly and ectopia lentis were seen."])
    assert (result["n"], result["top1"]) == (2, 50.0)


def test_counts_of_papers_come_from_their_own_file(run, tmp_path):
    counts = tmp_path / "counts.jsonl"
    case = {"id": "p", "pmid": [PAPER], "observed": ["HP:0001083"], "excluded": [], "diseases": [LONG_LIMB]}
    text = ["Ectopia lentis and hypertelorism were seen."]
    counts.write_text("\n".join([json.dumps(case)] * 6))  # all six patients of the row
    left = run(text, "--leave-publication-out", "--publication-counts", str(counts))
    assert left["top1"] == 0
    assert run(text, "--leave-publication-out")["top1"] == 100.0
