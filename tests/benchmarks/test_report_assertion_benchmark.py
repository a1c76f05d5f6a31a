"""The benchmark of assertions on labelled reports, on a report made up here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks.report_assertion import LABELS, assert_labels, rates, read_reports

TEXT = "She has ptosis but no ataxia. Her mother has myopia."


def label(words: str, status: str) -> dict[str, object]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "status": status}


def labels_file(folder: Path, *labels: dict[str, object]) -> Path:
    row = {"id": "r1", "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "kept_aside": False, "labels": labels}
    (folder / "labels.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return folder / "labels.jsonl"


def test_wrong_answers_are_counted_against_the_labels(tmp_path: Path) -> None:
    # ptosis and myopia are labelled against what is written, so that both count as wrong; ataxia is right.
    path = labels_file(tmp_path, label("ptosis", "excluded"), label("ataxia", "excluded"), label("myopia", "observed"))
    reports, unknown = read_reports(path, {"r1": [TEXT]})
    told = rates(list(assert_labels(reports)))
    assert unknown == []
    assert told["excluded_reported_observed"] == {"percent": 50.0, "wrong": 1, "n": 2}
    assert told["observed_reported_family"] == {"percent": 100.0, "wrong": 1, "n": 1}
    assert told["family_reported_patient"] == {"percent": 0.0, "wrong": 0, "n": 0}


def test_text_that_is_not_the_labelled_one_is_named_and_not_measured(tmp_path: Path) -> None:
    path = labels_file(tmp_path, label("ptosis", "observed"))
    assert read_reports(path, {"r1": [TEXT + " "], "r2": [TEXT]}) == ([], ["r1"])


def test_labels_hold_facts_and_no_text() -> None:
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert (len(rows), sum(row["kept_aside"] for row in rows)) == (30, 10)
    assert all(set(one) <= {"start", "end", "status", "denied"} for row in rows for one in row["labels"])
    assert all(set(row) <= {"id", "source", "start", "end", "sha256", "kept_aside", "labels"} for row in rows)
