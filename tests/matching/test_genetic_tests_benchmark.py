from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.genetic_tests import main
from benchmarks.typical import typical_features
from ontology.annotations import Aspect

CASE = {
    "id": "one",
    "pmid": [],
    "observed": ["HP:0001250"],
    "excluded": [],
    "diseases": ["OMIM:900002"],
    "genes": ["FITA"],
}


@pytest.mark.parametrize("options", [[], ["--leave-publication-out"]])
def test_benchmark_counts_every_case_with_a_gene(tmp_path: Path, small_root: Path, capsys, options):
    strange = {**CASE, "id": "two", "genes": ["NOWHERE"]}
    unknown = {**CASE, "id": "three", "diseases": ["OMIM:1"]}
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in (CASE, strange, unknown)))
    main([str(file), "--knowledge", str(small_root), *options])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["n"] == 2  # the third names no disease of this release
    assert figures["gene_linked"] == 0.5
    assert figures["gene_in_3_tests"] <= 0.5  # no test can hold a gene that is nowhere
    assert (
        figures["gene_in_3_tests_without_exome"] <= figures["gene_in_3_tests"] <= figures["gene_in_3_tests_of_150_each"]
    )
    assert figures["ms_slowest_case"] >= figures["ms_per_case"] > 0
    assert figures["largest_panel"] is None


def test_benchmark_suggests_tests_of_a_catalogue(tmp_path: Path, small_root: Path, capsys):
    file, catalogue = tmp_path / "cases.jsonl", tmp_path / "tests.csv"
    file.write_text(json.dumps(CASE))
    catalogue.write_text(
        "code,name,modality,genes\nP1,Fits,gene_panel,FITA;FITB\nP2,Large,gene_panel,FITB;HEART1;LIMB1\n"
    )
    main([str(file), "--knowledge", str(small_root), "--catalogue", str(catalogue)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["largest_panel_genes"] == 3
    assert figures["largest_panel"] == 0.0  # FITA is in the smaller one
    assert 0 < figures["offered"] <= 1


def test_table_has_a_row_for_each_disease_that_short_reads_miss(tmp_path: Path, small_root: Path, capsys):
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(CASE))
    main([str(file), "--knowledge", str(small_root), "--table"])
    *rows, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    cells = [row.split("\t") for row in rows[1:]]
    assert len(cells) == figures["typical_n"] >= 1
    assert [row[0] for row in cells if row[-1] == "missed"] == figures["typical_missed"]
    assert "OMIM:300624" in {row[0] for row in cells}


def test_typical_features_are_the_most_frequent_present_ones(small_knowledge):
    disease = small_knowledge.diseases.position("OMIM:900001")
    shares = {}
    for row in small_knowledge.annotations.of_disease(disease):
        if row.aspect == Aspect.PHENOTYPE and not row.excluded and row.frequency != 0:
            shares[row.term] = max(shares.get(row.term, 0), 0.5 if row.frequency is None else row.frequency)
    assert len(shares) > 2
    chosen = typical_features(small_knowledge, disease, 2)
    assert len(chosen) == 2
    assert min(shares[term] for term in chosen) >= max(share for term, share in shares.items() if term not in chosen)
