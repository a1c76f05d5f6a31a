"""The spaCy door, found by its entry point: no test here imports anything of ours to make a pipeline."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

NOTE = "Severe scoliosis, no seizures. His mother has myopia."
SAID = [
    ("scoliosis", "HP:0002650", "observed"),
    ("seizures", "HP:0001250", "excluded"),
    ("myopia", "HP:0000545", "family"),
]


def pipeline(small_root: Path, code: str = "en", **config: object) -> Language:
    language = spacy.blank(code)
    language.add_pipe("phenomap", config={"knowledge": str(small_root), **config})
    return language


@pytest.fixture(scope="module")
def language(small_root: Path) -> Language:
    return pipeline(small_root)


def said(doc: Doc) -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span._.phenomap_assertion) for span in doc.spans["phenomap"]]


def test_component_puts_mentions_into_span_groups(language: Language) -> None:
    doc = language(NOTE)
    assert said(doc) == SAID
    assert [span._.phenomap_severity for span in doc.spans["phenomap"]] == ["HP:0012828", None, None]
    assert doc._.phenomap_abstention is None


def test_span_tells_its_term_its_evidence_and_the_cue(language: Language) -> None:
    doc = language(NOTE)
    _, seizures, _ = doc.spans["phenomap"]
    assert (seizures._.phenomap_id, seizures._.phenomap_term) == ("HP:0001250", "Seizure")
    evidence, cue = seizures._.phenomap_evidence, seizures._.phenomap_cue
    assert NOTE[evidence["start"] : evidence["end"]] == evidence["text"] == "seizures"
    assert NOTE[cue["start"] : cue["end"]] == cue["text"] == "no"
    assert seizures._.phenomap["channel"] == "words"


def test_span_that_is_no_mention_tells_nothing(language: Language) -> None:
    doc = language(NOTE)
    assert doc[0:1]._.phenomap is None
    assert doc[0:1]._.phenomap_assertion is None
    assert spacy.blank("en")(NOTE)[1:2]._.phenomap is None


def test_mention_inside_a_token_is_widened_and_keeps_its_own_words(language: Language) -> None:
    doc = Doc(language.vocab, ["has", "scoliosis;cough"], [True, False])
    (span,) = language.get_pipe("phenomap")(doc).spans["phenomap"]
    assert span.text == "scoliosis;cough"
    assert span._.phenomap_evidence["text"] == "scoliosis"


def test_unread_language_says_why(language: Language) -> None:
    doc = language("У ребёнка судороги.")
    assert len(doc.spans["phenomap"]) == 0
    assert doc._.phenomap_abstention == "language_not_read"


def test_settings_are_those_of_the_reader(small_root: Path) -> None:
    text = "Generalized-onset seizures. OFC -3.5 SD."
    plain = pipeline(small_root)(text)
    without = pipeline(small_root, measured=False)(text)
    nested = pipeline(small_root, nested=True, spans_key="findings")(text)
    assert [s._.phenomap_channel for s in plain.spans["phenomap"]] == ["words", "measured"]
    assert [s.label_ for s in without.spans["phenomap"]] == ["HP:0002197"]
    assert {s.label_ for s in nested.spans["findings"]} >= {"HP:0002197", "HP:0001250"}


def test_suggestions_come_only_when_asked(small_root: Path, language: Language) -> None:
    text = "Her ears set by the neck."
    assert "suggestions" not in language(text)._.phenomap
    (suggestion,) = pipeline(small_root, suggestions=True)(text)._.phenomap["suggestions"]
    assert suggestion["terms"][0]["id"] == "HP:0000369"


def test_several_processes_say_the_same(language: Language) -> None:
    texts = [NOTE, "Scoliosis.", "A well child."] * 4
    alone = [said(doc) for doc in list(language.pipe(texts))]
    docs = list(language.pipe(texts, n_process=2, batch_size=3))
    assert [said(doc) for doc in docs] == alone
    assert docs[0]._.phenomap == language(NOTE)._.phenomap


def test_document_keeps_its_mentions_in_bytes(language: Language) -> None:
    doc = Doc(language.vocab).from_bytes(language(NOTE).to_bytes())
    assert said(doc) == SAID
    assert doc._.phenomap == language(NOTE)._.phenomap


def test_bin_of_documents_keeps_mentions_with_user_data(language: Language) -> None:
    bin_ = DocBin(store_user_data=True, docs=[language(NOTE), language("Scoliosis.")])
    first, second = DocBin().from_bytes(bin_.to_bytes()).get_docs(language.vocab)
    assert said(first) == SAID
    assert said(second) == [("Scoliosis", "HP:0002650", "observed")]


def test_pickled_pipeline_reads_the_same_and_holds_no_arrays(language: Language) -> None:
    pickled = pickle.dumps(language.get_pipe("phenomap"))
    assert len(pickled) < 1000
    doc = pickle.loads(pickle.dumps(language))(NOTE)
    assert said(doc) == SAID


def test_pickled_pipeline_stays_with_its_release(language: Language, small_root: Path) -> None:
    component = pickle.loads(pickle.dumps(language.get_pipe("phenomap")))
    assert component.release == (small_root / (small_root / "CURRENT").read_text(encoding="utf-8").strip()).absolute()


def test_saved_pipeline_is_loaded_in_a_fresh_process(small_root: Path, tmp_path: Path) -> None:
    pipeline(small_root, nested=True).to_disk(tmp_path / "pipeline")
    code = (
        "import spacy, sys; doc = spacy.load(sys.argv[1])(sys.argv[2]);"
        "print([(s.text, s.label_, s._.phenomap_assertion) for s in doc.spans['phenomap']])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "pipeline"), NOTE], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == str(SAID)


def test_documented_example_runs(small_root: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "english_notes.md").read_text(encoding="utf-8")
    example = page.split("```python", 1)[1].split("```", 1)[0]
    environment = {**os.environ, "PHENOMAP_KNOWLEDGE": str(small_root)}
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.splitlines() == page.split("```text", 1)[1].split("```", 1)[0].strip().splitlines()


def test_chinese_note_in_a_chinese_pipeline(small_root: Path) -> None:
    text = "患儿有癫痫，無脊柱側彎。"
    doc = pipeline(small_root, "zh")(text)
    assert doc._.phenomap["language"] == "zh"
    # spaCy's Chinese tokens are characters, so that no mention has to be widened
    assert said(doc) == [("癫痫", "HP:0001250", "observed"), ("脊柱側彎", "HP:0002650", "excluded")]
