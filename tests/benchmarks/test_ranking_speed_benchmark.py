"""The speed benchmark prints what it measured of the hand-made release."""

import json

from benchmarks import ranking_speed


def test_it_prints_times_sizes_and_both_accuracies(small_root, tmp_path, capsys):
    # Two cases with ten findings or more are timed; one is answered by OMIM:900001, first by its own features.
    features = ["HP:0001166", "HP:0002650", "HP:0002616", "HP:0000545", "HP:0001250", "HP:0001252", "HP:0000316",
                "HP:0000256", "HP:0001263", "HP:0001631", "HP:0001629"]  # fmt: skip
    lines = [
        {"id": "many", "observed": features, "diseases": ["OMIM:900001"]},
        {"id": "few", "observed": features[:3], "diseases": ["OMIM:900001"]},
    ]
    cases = tmp_path / "cases.jsonl"
    cases.write_text("\n".join(map(json.dumps, lines)))
    ranking_speed.main([str(cases), "--knowledge", str(small_root), "--rounds", "1"])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["n"] == 2
    assert result["same_50"] == 1
    assert 0.5 <= result["mrr_exact"] <= 1  # the case of three findings is first: 1/1, and the other at worst last
    assert abs(result["mrr_table"] - result["mrr_exact"]) < 0.2
    assert result["most_nats_apart"] <= 11 * result["most_nats_apart_a_finding"] + 0.001
    assert all(result[name] > 0 for name in ("table_ms", "ranked_ms", "exact_ms", "batch_per_second", "table_mb"))
