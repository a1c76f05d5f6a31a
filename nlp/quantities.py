"""What the readers of numbers share: a finding told by a value, and where in its note a value stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from nlp.norms import Subject
from nlp.reading import Patient, Unjudged
from nlp.stated_age import StatedAges
from ontology.features import Channel

_BORN_EARLY = re.compile(
    r"\b(?:preterm|prematurely|premature (?:birth|infant|baby|delivery|boy|girl|newborn))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finding told by a value at characters `start` to `end`; `reading` says value, norm and its source.

    `by_word` tells "elevated CK", which a note may deny, from a number, which it cannot.
    """

    start: int
    end: int
    id: str
    reading: str
    channel: Channel
    by_word: bool = False


Value = Quantity | Unjudged


@dataclass(frozen=True)
class Whereabouts:
    """Sentences of one note, and who its values speak of; ages are looked for when first asked about."""

    text: str
    sentence_ends: tuple[int, ...]
    patient: Patient

    def sentence(self, start: int) -> tuple[int, int]:
        """The sentence that holds character `start`, half-open."""
        at = bisect_right(self.sentence_ends, start)
        first = self.sentence_ends[at - 1] if at else 0
        return first, self.sentence_ends[at] if at < len(self.sentence_ends) else len(self.text)

    def subject(self, start: int) -> Subject:
        """Who the value at character `start` is told of."""
        return self._ages.at(start, self.sentence(start))

    def age_between(self, start: int, end: int) -> bool:
        """Whether an age of the patient is told between two characters."""
        return bisect_right(self._ages.starts, end) > bisect_right(self._ages.starts, start)

    @cached_property
    def born_early(self) -> bool:
        """Whether the note speaks of a preterm birth."""
        return _BORN_EARLY.search(self.text) is not None

    @cached_property
    def _ages(self) -> StatedAges:
        return StatedAges.of(self.text, self.patient)
