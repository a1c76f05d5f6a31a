"""How the reference of the benchmark corpora is made, and that it is of the corpora it names."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.shift_reference import SOURCES, by_chance, counted, profile_of
from matching.shift.profile import Profile
from matching.shift.reference import REFERENCE_FILE
from nlp.readers import open_readers

CORPORA = Path(__file__).parents[3] / "shared" / "data"


def test_texts_are_counted_and_only_counts_and_hashes_are_told(tmp_path, small_knowledge):
    notes = ["She had seizures and hypotonia. No myopia.", "患儿有癫痫发作。", "", "Nothing was found."]
    path = tmp_path / "nlp" / "notes.jsonl.gz"
    path.parent.mkdir()
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"id": "Zhang", "text": text}) + "\n" for text in notes)
    told = counted([path], tmp_path, small_knowledge, open_readers(small_knowledge))
    assert told["counts"]["language"] == {"en": 3, "zh": 1}
    assert told["counts"]["note_length"] == {"0-99": 4}
    assert sum(told["counts"]["unmatched"].values()) == 4
    assert told["made"]["sources"] == [
        {"path": "nlp/notes.jsonl.gz", "notes": 4, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    ]
    assert Profile.from_json(told).notes == 4
    assert "Zhang" not in json.dumps(told)


def test_the_reference_names_every_source_by_its_hash():
    made = json.loads(REFERENCE_FILE.read_text(encoding="utf-8"))["made"]
    assert [source["path"] for source in made["sources"]] == list(SOURCES)
    if not CORPORA.is_dir():
        pytest.skip("the open corpora are not beside the repository")
    for source in made["sources"]:
        assert hashlib.sha256((CORPORA / source["path"]).read_bytes()).hexdigest() == source["sha256"]


def test_splits_of_one_population_are_told_beside_what_chance_makes_of_them(small_knowledge):
    readers = open_readers(small_knowledge)
    kinds = [profile_of(text, small_knowledge, readers) for text in ("She had seizures.", "x" * 300)]
    told = by_chance(kinds * 50, splits=100, sizes=(50,))["50"]
    assert told["note_length"]["by_expected"] == pytest.approx(1, abs=0.4)
    assert told["note_length"]["shifted"] <= 3
    assert told["language"] == {"by_expected": 0, "beyond_chance": 0, "moved": 0, "shifted": 0}  # English alone
