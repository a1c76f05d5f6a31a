"""The compiled lexicon: opened as written, refused when it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.compile import write_lexicon
from nlp.lexicon import FOLDER, Lexicon, word_key
from nlp.rules import LanguageFolder
from ontology.errors import KnowledgeDamaged
from ontology.knowledge import Knowledge


def test_compiling_twice_writes_the_same_bytes(small_knowledge: Knowledge, tmp_path: Path) -> None:
    write_lexicon(small_knowledge, tmp_path / FOLDER)
    written = {path.name: path.read_bytes() for path in (tmp_path / FOLDER).iterdir()}
    shipped = {path.name: path.read_bytes() for path in (small_knowledge.folder / FOLDER).iterdir()}
    assert written == shipped


def test_wording_is_found_by_the_sum_of_its_stems(small_knowledge: Knowledge) -> None:
    lexicon = Lexicon.open(small_knowledge.folder)
    stem = LanguageFolder("en").stems.stem
    key = sum(word_key(stem(word)) for word in ("defects", "septal", "atrial"))
    _, size, term = lexicon.wordings[key]
    assert small_knowledge.terms.label(term) == "Atrial septal defect"
    assert size == 3


def test_missing_lexicon_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeDamaged, match="phenomap knowledge build"):
        Lexicon.open(tmp_path)
