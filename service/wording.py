"""Words put to values, in the reader's language. Every word of the page and the answers comes from one dictionary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from matching.report import Contribution, Notice
from ontology.terms import Terms, UnknownTerm
from service.words_en import ENGLISH

DICTIONARIES: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH})

#: Lower bounds of the words for a probability. Chosen, not measured.
_CONFIDENCE = ((0.5, "strong"), (0.2, "moderate"), (0.05, "weak"), (0.0, "faint"))

#: An answer names the same few dozen labels hundreds of times.
_LABELS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences in one language about terms of one release. `label` gives the label of the current term of an id."""

    words: Mapping[str, str]
    label: Callable[[str], str]

    @classmethod
    def of(cls, terms: Terms, language: str = "en") -> Wording:
        """Sentences in `language`; English where there is no dictionary of it yet."""
        label = lru_cache(_LABELS_KEPT)(lambda id: terms.label(terms.position(id)))
        return cls(DICTIONARIES.get(language, ENGLISH), label)

    def match(self, contribution: Contribution) -> str:
        """How a finding met the disease, as a sentence."""
        through = self.label(contribution.through) if contribution.through else ""
        how = self.words[f"match.{contribution.match.value}"].format(through=through)
        if not contribution.by_name:
            return how
        named = self.words["match.by_name"].format(through=through)
        return f"{how} {named}" if contribution.rows else named

    def notice(self, notice: Notice) -> str:
        """A notice as a sentence: that for its kind and number of terms, else its kind's with the detail."""
        named = [self._named(id) for id in notice.terms]
        exact = self.words.get(f"notice.{notice.kind.value}.{len(named)}")
        if exact is not None:
            return exact.format(*named, ids=notice.terms)
        return f"{self.words[f'notice.{notice.kind.value}']} {notice.detail}".strip()

    def confidence(self, probability: float | None) -> str | None:
        """A probability as a word."""
        if probability is None:
            return None
        word = next(word for bound, word in _CONFIDENCE if probability >= bound)
        return self.words[f"confidence.{word}"]

    def _named(self, id: str) -> str:
        try:
            return f"{self.label(id)} ({id})"
        except UnknownTerm:
            return id
