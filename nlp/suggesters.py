"""The suggesters of all languages, and which of them a note is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from nlp.chinese.reader import ChineseReader
from nlp.chinese.suggestions import ChineseSuggester
from nlp.english import EnglishReader
from nlp.readers import NoteReaders
from nlp.reading import Reading
from nlp.suggestions import Suggested, SuggestedTerm, Suggester
from ontology.features import Mention
from ontology.knowledge import Knowledge


class NoteSuggester(Protocol):
    """Suggests terms for the words of a note of one language that match none."""

    def suggest(self, text: str, mentions: tuple[Mention, ...]) -> Suggested:
        """Suggestions for what `mentions`, the reading of the same `text`, leave unread."""
        ...

    def terms_near(self, phrase: str) -> tuple[SuggestedTerm, ...]:
        """The nearest terms to any phrase, best first."""
        ...


@dataclass(frozen=True, slots=True)
class NoteSuggesters:
    """Suggesters by the language of their readers; each opens what it needs when it is first asked."""

    suggesters: Mapping[str, NoteSuggester]

    @classmethod
    def of(cls, knowledge: Knowledge, readers: NoteReaders) -> NoteSuggesters:
        """For every reader that one is made for."""
        found: dict[str, NoteSuggester] = {}
        for language, reader in readers.readers.items():
            if isinstance(reader, EnglishReader):
                found[language] = Suggester(knowledge, reader)
            elif isinstance(reader, ChineseReader):
                found[language] = ChineseSuggester(knowledge, reader)
        return cls(found)

    def suggest(self, text: str, reading: Reading) -> Suggested | None:
        """Suggestions beside a reading of `text`; None where it was not read, or none are made for its language."""
        suggester = self.suggesters.get(reading.language)
        if reading.abstention is not None or suggester is None:
            return None
        return suggester.suggest(text, reading.mentions)

    def near(self, phrase: str, language: str) -> tuple[SuggestedTerm, ...]:
        """The terms nearest to any phrase in `language`; none where no suggestions are made for it."""
        suggester = self.suggesters.get(language)
        return suggester.terms_near(phrase) if suggester else ()
