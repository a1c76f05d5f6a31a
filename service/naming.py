"""Names of terms and diseases in the reader's language, with the English one at hand for looking it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from nlp.chinese.names import ChineseNames
from ontology.arrays import StringPool
from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge

#: An answer names the same few dozen labels and diseases hundreds of times.
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Naming:
    """Names in one language; where there is none in it, the English one.

    label       of a current term, by its id; raises UnknownTerm
    english     the English label of the same
    translated  name of a disease in the language by any of its ids, "" where there is none
    unchecked   whether there are names that no clinician has checked
    """

    label: Callable[[str], str]
    english: Callable[[str], str]
    translated: Callable[[str], str]
    unchecked: bool = False

    def label_en(self, id: str) -> str | None:
        """The English label, where `label` is another."""
        english = self.english(id)
        return None if english == self.label(id) else english

    def disease(self, id: str, english: str) -> str:
        """Name of a disease, or of an entry of Orphanet, that is called `english`."""
        return self.translated(id) or english

    def disease_en(self, id: str, english: str) -> str | None:
        """`english`, where `disease` is another."""
        return english if self.translated(id) not in ("", english) else None


def namings(knowledge: Knowledge) -> Mapping[str, Naming]:
    """Names of a release by language; raises KnowledgeDamaged where the Chinese ones are not compiled into it."""
    terms, names = knowledge.terms, ChineseNames.open(knowledge.folder)
    english = lru_cache(_KEPT)(lambda id: terms.label(terms.position(id)))
    chinese = lru_cache(_KEPT)(lambda id: names.terms[terms.position(id)] or english(id))
    translated = lru_cache(_KEPT)(lambda id: _disease(knowledge, names.diseases, id))
    return MappingProxyType(
        {"en": Naming(english, english, lambda id: ""), "zh": Naming(chinese, english, translated, names.unchecked)}
    )


def _disease(knowledge: Knowledge, names: StringPool, id: str) -> str:
    try:
        return names[knowledge.diseases.position(id)]
    except UnknownDisease:  # an Orphanet entry without annotations
        return ""
