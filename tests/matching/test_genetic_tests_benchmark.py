from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.genetic_tests import main

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
    assert figures["ms_per_case"] > 0
