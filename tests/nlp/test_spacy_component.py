"""The spaCy door, found by its entry point."""

from __future__ import annotations

from pathlib import Path

import spacy


def test_component_puts_mentions_into_span_groups(small_root: Path) -> None:
    language = spacy.blank("en")
    language.add_pipe("phenomap", config={"knowledge": str(small_root)})
    doc = language("Severe scoliosis, no seizures.")
    spans = [(s.text, s.label_, s._.phenomap_assertion, s._.phenomap_severity) for s in doc.spans["phenomap"]]
    assert spans == [
        ("scoliosis", "HP:0002650", "observed", "HP:0012828"),
        ("seizures", "HP:0001250", "excluded", None),
    ]
    assert doc._.phenomap_abstention is None


def test_document_that_is_not_read_says_why(small_root: Path) -> None:
    language = spacy.blank("zh")
    language.add_pipe("phenomap", config={"knowledge": str(small_root)})
    doc = language("患儿癫痫发作。")
    assert len(doc.spans["phenomap"]) == 0
    assert "Chinese" in doc._.phenomap_abstention
