"""Phrases of the Chinese lexicon: found in a text, kept in arrays, and refused where these are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp.chinese.phrases import LONGEST, Phrases
from ontology.arrays import read_array, write_array

FINDINGS = {"肝大": 4, "肝脾肿大": 7, "无": 0}
OTHERS = ("无", "双侧")


@pytest.fixture
def phrases() -> Phrases:
    return Phrases.of(FINDINGS, OTHERS)


def test_every_phrase_of_a_text_is_found_with_what_it_is(phrases: Phrases) -> None:
    # 无 is a finding's wording and something else as well, 双侧 is no finding
    found = [(start, end, term, bool(other)) for start, end, term, other in phrases.within("双侧肝大，无肝脾肿大")]
    assert found == [(0, 2, -1, True), (2, 4, 4, False), (5, 6, 0, True), (6, 10, 7, False)]


def test_wordings_are_a_mapping_without_what_is_no_finding(phrases: Phrases) -> None:
    assert dict(phrases) == FINDINGS
    assert phrases.get("双侧") is None
    with pytest.raises(KeyError):
        phrases["双侧"]


def test_what_was_written_is_opened(phrases: Phrases, tmp_path: Path) -> None:
    phrases.write(tmp_path)
    assert dict(Phrases.read(tmp_path)) == FINDINGS


def test_damage_is_told_before_the_library_sees_it(phrases: Phrases, tmp_path: Path) -> None:
    phrases.write(tmp_path)
    nodes = np.array(read_array(tmp_path, "phrases"))
    nodes[len(nodes) // 2] ^= 1
    write_array(tmp_path, "phrases", nodes)
    with pytest.raises(ValueError, match="checksum"):
        Phrases.read(tmp_path)


def test_phrase_too_long_to_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        Phrases.of({"长" * (LONGEST + 1): 1}, ())
