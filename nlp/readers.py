"""The readers of all languages, and which of them a note is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.chinese.reader import ChineseReader
from nlp.english import EnglishReader
from nlp.reading import NoteReader, Patient, Reading
from ontology.features import Abstention, Unread
from ontology.knowledge import Knowledge

ENGLISH = "en"
CHINESE = "zh"
UNKNOWN = "und"  # BCP 47: undetermined

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN = re.compile("[A-Za-zÀ-ÖØ-öø-ɏＡ-Ｚａ-ｚ]")
#: A Chinese note quotes English terms and units, an English one at most a name; a character is about a syllable.
_CHINESE_SHARE = 0.1
_LATIN_SHARE = 0.5


def recognise_language(text: str) -> str:
    """`zh`, `en`, or `und` for a text in another script, by the share of characters; a text of no letters is `en`."""
    letters = sum(map(str.isalpha, text))
    if letters == 0:
        return ENGLISH
    if len(_CHINESE.findall(text)) >= _CHINESE_SHARE * letters:
        return CHINESE
    return ENGLISH if len(_LATIN.findall(text)) >= _LATIN_SHARE * letters else UNKNOWN


@dataclass(frozen=True, slots=True)
class NoteReaders:
    """Reads a note with the reader of its language, or abstains and says why: never a silent empty list."""

    readers: Mapping[str, NoteReader]

    def read(
        self,
        note_id: str,
        text: str,
        language: str | None = None,
        patient: Patient = Patient(),  # noqa: B008 (frozen)
    ) -> Reading:
        """Read one note; `language` is recognised where it is None. `patient` helps to judge values told in it."""
        chosen = language or recognise_language(text)
        base = chosen.lower().replace("_", "-").split("-")[0]
        reader = self.readers.get(base)
        if reader is not None:
            return reader.read(note_id, text, patient)
        return Reading(base, (), Abstention("nlp", Unread.LANGUAGE_NOT_READ))


def open_readers(knowledge: Knowledge, nested: bool = False, measured: bool = True) -> NoteReaders:
    """Open the reader of every language this release reads; raises KnowledgeDamaged where a lexicon is absent.

    `nested` adds findings inside longer ones; `measured` False leaves out those told by a number (see EnglishReader).
    """
    english = EnglishReader.open(knowledge, nested, measured)
    readers: tuple[NoteReader, ...] = (english, ChineseReader.open(knowledge, english, measured))
    return NoteReaders({reader.language: reader for reader in readers})
