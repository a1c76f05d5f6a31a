"""Where official labels stand among the project's wordings."""

from __future__ import annotations

import json

from benchmarks.chinese_names import main
from nlp.chinese.term_wordings import read_terms


def test_each_term_that_both_name_is_counted_once(small_root, tmp_path, capsys):
    ours = {row.id: row for row in read_terms()}
    seizure, scoliosis = ours["HP:0001250"], ours["HP:0002650"]
    official = {
        "HP:0001250": seizure.name,
        "HP:0002650": scoliosis.wordings[1],
        "HP:0000545": seizure.name,  # Myopia under the name of Seizure
        "HP:0001166": "没有人这样说",
    }
    header = "translation_language\tsubject_id\tpredicate_id\ttranslation_value\ttranslation_status"
    rows = [header, *(f"zh\t{id}\trdfs:label\t{label}\tOFFICIAL" for id, label in official.items())]
    (tmp_path / "zh.tsv").write_text("\n".join(rows), encoding="utf-8")
    assert main([str(tmp_path / "zh.tsv"), "--knowledge", str(small_root)]) == 0
    *review, figures = capsys.readouterr().out.splitlines()
    told = json.loads(figures)
    assert [told[key] for key in ("official", "both", "our_name", "our_synonym")] == [4, 4, 1, 1]
    assert [told[key] for key in ("our_wording_of_another_term", "no_wording_of_ours")] == [1, 1]
    assert told["agreed_percent"] == 50.0
    assert [line.split("\t")[0] for line in review] == ["id", "HP:0000545", "HP:0001166"]
    assert review[1].endswith("HP:0001250 Seizure")
