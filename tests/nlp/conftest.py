"""The English reader on the hand-made release, opened once."""

from __future__ import annotations

import pytest

from nlp.english import EnglishReader
from nlp.readers import NoteReaders, open_readers
from ontology.knowledge import Knowledge


@pytest.fixture(scope="session")
def english(small_knowledge: Knowledge) -> EnglishReader:
    return EnglishReader.open(small_knowledge)


@pytest.fixture(scope="session")
def readers(small_knowledge: Knowledge) -> NoteReaders:
    return open_readers(small_knowledge)


@pytest.fixture(scope="session")
def real_english(real_knowledge: Knowledge) -> EnglishReader:
    return EnglishReader.open(real_knowledge)
