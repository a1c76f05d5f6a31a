"""Suggestions for the words of a note that match no term, opened on first use and put into an answer when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from matching.assess import Assessor
from nlp.reading import Reading
from nlp.suggesters import NoteSuggesters
from nlp.suggestions import Suggested, SuggestedTerm, Suggestion
from service.models.answers import ExtractAnswer, SuggestedTermAnswer, SuggestionAnswer
from service.naming import Naming


@dataclass(frozen=True)
class Suggesting:
    """Adds suggestions to what was read; what they need is opened for the first who asks."""

    assessor: Assessor

    def added(self, answer: ExtractAnswer, naming: Naming, reading: Reading, text: str) -> ExtractAnswer:
        """`answer` with suggestions for `text`: an empty list where nothing looks like a finding.

        A note that was not read, or in a language that none are made for, has no list, for nothing was looked for.
        """
        made = self.made(naming, reading, text)
        if made is None:
            return answer
        suggestions, end = made
        return answer.model_copy(update={"suggestions": suggestions, "suggestions_end": end})

    def made(self, naming: Naming, reading: Reading, text: str) -> tuple[list[SuggestionAnswer], int | None] | None:
        """Suggestions for `text`, and where looking for them ended before its end; None where none are made."""
        made = self.sought(text, reading)
        return None if made is None else ([worded(naming, each) for each in made.suggestions], made.looked_to)

    def sought(self, text: str, reading: Reading) -> Suggested | None:
        """What the reading of `text` leaves unread, in no language yet; None where nothing is looked for."""
        return self._suggesters.suggest(text, reading)

    def near(self, phrase: str, language: str) -> tuple[SuggestedTerm, ...]:
        """The terms nearest to any phrase of a note in `language`, best first; none where none are made for it."""
        return self._suggesters.near(phrase, language)

    def open(self) -> None:
        """Open all that is needed, as the first who asks otherwise waits for it."""
        for phrase, language in (("low ears", "en"), ("耳低", "zh")):
            self.near(phrase, language)

    @cached_property
    def _suggesters(self) -> NoteSuggesters:
        return NoteSuggesters.of(self.assessor.knowledge, self.assessor.readers)


def worded(naming: Naming, suggestion: Suggestion) -> SuggestionAnswer:
    """A suggestion with its terms named."""
    return SuggestionAnswer(
        start=suggestion.start,
        end=suggestion.end,
        text=suggestion.text,
        terms=[
            SuggestedTermAnswer(id=t.id, label=naming.label(t.id), label_en=naming.label_en(t.id), likeness=t.likeness)
            for t in suggestion.terms
        ],
    )
