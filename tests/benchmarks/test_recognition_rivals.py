"""Our reader beside others in one run: counts, the OBO graph, and processes that answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.gold import GoldMention, GoldNote
from benchmarks.recognition_rivals import Tool, measure, obo_graph, tally_documents
from ontology.knowledge import Knowledge

SEIZURE, MYOPIA, SCOLIOSIS = "HP:0001250", "HP:0000545", "HP:0002650"


def note(id: str, text: str, *terms: str) -> GoldNote:
    return GoldNote(id, text, tuple(GoldMention(None, None, term, negated=False) for term in terms))


def test_documents_are_counted_by_sets_of_ids(small_knowledge: Knowledge) -> None:
    notes = [note("a", "", SEIZURE, MYOPIA), note("b", "", SCOLIOSIS)]
    # Right: seizure. Answers that count: seizure, scoliosis; inheritance is no finding. Gold: three.
    tally = tally_documents(notes, [[SEIZURE, SCOLIOSIS, "HP:0000006"], []], small_knowledge.terms)
    assert (tally.right_answers, tally.answers, tally.gold) == (1, 2, 3)


def test_graph_holds_labels_synonyms_and_parents(small_knowledge: Knowledge) -> None:
    (graph,) = obo_graph(small_knowledge.terms, "2026-06-06-abc")["graphs"]
    nodes = {node["id"].rsplit("/", 1)[1]: node for node in graph["nodes"]}
    assert nodes["HP_0001250"]["lbl"] == "Seizure"
    assert "Epileptic seizure" in [s["val"] for s in nodes["HP_0001250"]["meta"]["synonyms"]]
    parents = {edge["obj"].rsplit("/", 1)[1] for edge in graph["edges"] if edge["sub"].endswith("HP_0007359")}
    assert parents == {"HP_0001250"}
    assert graph["meta"]["version"].endswith("2026-06-06/hp.json")


def test_tools_answer_in_processes_of_their_own(small_knowledge: Knowledge, tmp_path: Path) -> None:
    tools = [
        Tool.start(name, tmp_path, small_knowledge.folder) for name in ("phenomap", "phenomap words", "spacy phrases")
    ]
    try:
        notes = [note("a", "No seizure. Myopia and scoliosis.", MYOPIA, SCOLIOSIS)]
        figures = measure(tools, notes, small_knowledge.terms, rounds=1)
    finally:
        for tool in tools:
            tool.stop()
    assert json.dumps(figures)
    # Ours reads the denial; matching words alone finds three, of which two are right: F1 2 * 2/3 * 1 / (2/3 + 1) = 80.
    assert figures["phenomap"]["f1"] == 100.0
    assert figures["phenomap words"]["f1"] == figures["spacy phrases"]["f1"] == 80.0
    assert figures["phenomap"]["rss_mb"] > 0


def test_unknown_tool_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks.recognition_tools", "none", ".", "."]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
