"""Which reader a note is for, and that a note which is not read says so."""

from __future__ import annotations

import pytest

from nlp.readers import NoteReaders, recognise_language
from ontology.features import Abstention, Unread


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She has seizures.", "en"),
        ("患儿全面发育迟缓，伴癫痫发作。", "zh"),
        ("患者诊断 Marfan syndrome，有晶状体脱位。", "zh"),
        ("Patient of Dr 王 has seizures and low muscle tone.", "en"),
        ("У ребёнка судороги.", "und"),
        ("12/5, 37.5", "en"),
        ("", "en"),
    ],
)
def test_language_is_recognised(text: str, language: str) -> None:
    assert recognise_language(text) == language


def test_chinese_note_is_read(readers: NoteReaders) -> None:
    reading = readers.read("n", "患儿全面发育迟缓，伴癫痫发作。")
    assert reading.abstention is None
    assert {"HP:0001263", "HP:0001250"} <= {mention.type for mention in reading.mentions}


@pytest.mark.parametrize("text", ["У ребёнка судороги."])
def test_note_that_is_not_read_abstains(readers: NoteReaders, text: str) -> None:
    reading = readers.read("n", text)
    assert reading.mentions == ()
    assert reading.abstention == Abstention("nlp", Unread.LANGUAGE_NOT_READ)


def test_stated_language_is_believed(readers: NoteReaders) -> None:
    assert readers.read("n", "Seizures.", language="zh-TW").language == "zh"
    assert readers.read("n", "Seizures.", language="en-GB").abstention is None
    assert readers.read("n", "Seizures.", language="fr").abstention is not None


def test_note_without_findings_does_not_abstain(readers: NoteReaders) -> None:
    assert readers.read("n", "A well child.").abstention is None
