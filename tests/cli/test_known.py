"""Tests already done and the family, told to the commands."""

from __future__ import annotations

import json

import pytest

from cli.assess import FAMILY, _done
from cli.main import main
from service.models.known import FamilyInput

FINDINGS = [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("exome", {"modality": "exome"}),
        ("exome negative 2021", {"modality": "exome", "result": "negative", "year": 2021}),
        ("repeat_pcr FMR1 2019", {"modality": "repeat_pcr", "target": "FMR1", "year": 2019}),
        (
            "gene_panel positive FMR1, MECP2",
            {"modality": "gene_panel", "result": "positive", "genes": ["FMR1", "MECP2"]},
        ),
        ("methylation 15q11-q13", {"modality": "methylation", "target": "15q11-q13"}),
        ("", {"modality": ""}),
    ],
)
def test_a_test_is_told_in_words_of_any_order(words, expected):
    assert _done(words) == expected


def test_the_words_of_the_family_are_those_of_the_service():
    assert tuple(FamilyInput.model_fields) == FAMILY


@pytest.fixture
def root(small_knowledge):
    return str(small_knowledge.folder.parent)


def test_lines_of_suggest_take_what_is_known_and_fail_alone(tmp_path, root):
    done = {"modality": "repeat_pcr", "target": "FMR1", "year": None}
    lines = [
        {"id": "plain", "features": FINDINGS},
        {"id": "done", "features": FINDINGS, "tests_done": [done], "family_history": {"affected_parent": True}},
        {"id": "faulty", "features": FINDINGS, "tests_done": [{"code": "X"}]},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main(["suggest", str(source), str(target), "--knowledge", root]) == 1
    plain, told, faulty = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert "repeat_pcr:FMR1" in {test["code"] for test in plain["tests"]}
    assert "repeat_pcr:FMR1" not in {test["code"] for test in told["tests"]}
    assert told["family"][0]["kind"] == "dominant_likelier"
    assert faulty["error"][0]["field"] == "tests_done[0].code"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_assess_shows_what_was_done_and_what_to_send(tmp_path, root, capsys, language):
    note = tmp_path / "note.txt"
    note.write_text("Boy with intellectual disability and macrocephaly.", encoding="utf-8")
    options = ["--done", "exome negative 2010", "--family", "affected_maternal_males", "--language", language]
    assert main(["assess", str(note), "--knowledge", root, *options]) == 0
    shown = capsys.readouterr().out
    wanted = (
        ("exome or genome (2010): Negative", "The family makes X-linked", "Samples: blood in EDTA", "If negative: ")
        if language == "en"
        else ("外显子组或全基因组（2010 年）", "家族史使X连锁", "样本: EDTA 抗凝血", "若为阴性: ")
    )
    assert [words for words in wanted if words not in shown] == []


def test_assess_says_what_cannot_be(tmp_path, root, capsys):
    note = tmp_path / "note.txt"
    note.write_text("Boy with macrocephaly.", encoding="utf-8")
    assert main(["assess", str(note), "--knowledge", root, "--done", "crystal ball"]) != 0
    assert "tests_done[0].modality" in capsys.readouterr().err
