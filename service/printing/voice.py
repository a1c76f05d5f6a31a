"""Words and figures of a printed sheet in one language: how moments, shares, ages, ranks and nats are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ontology.terms import UnknownTerm
from service.formats import moment
from service.formats import number as formatted
from service.models.explanations import DiseaseAnswer
from service.wording import Wording, closed_up


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks by the dictionary of `wording`."""

    wording: Wording

    @property
    def language(self) -> str:
        """`en` or `zh`."""
        return self.wording.language

    def say(self, key: str, **values: object) -> str:
        """The word under `print.KEY`, else the word of the page or the answers under KEY, with `values` in it."""
        known = self.wording.words
        own = f"print.{key}"
        return closed_up(known[own if own in known else key].format(**values))

    def list(self, parts: Iterable[str]) -> str:
        """Several phrases as one; those that are empty are left out."""
        return self.wording.words["list"].join(part for part in parts if part)

    def sentences(self, parts: Iterable[str]) -> str:
        """Several sentences as one text."""
        return self.wording.sentences(parts)

    def moment(self, at: datetime) -> str:
        """A moment in the time of the machine that serves, with its distance from UTC."""
        offset = at.astimezone().strftime("%z")
        return self.say("moment", when=moment(at, self.language), zone=f"{offset[:3]}:{offset[3:5]}")

    def age(self, days: int | None) -> str:
        """A patient's age; that it is not known where it is not."""
        return self.say("not_given") if days is None else self.wording.age(days)

    def percent(self, share: float) -> str:
        """A share, never 0 or 100 % where it is not."""
        return self.wording.percent(share)

    def nats(self, value: float) -> str:
        """With its sign, to a hundredth."""
        size = f"{abs(value):.2f}"
        return "0" if float(size) == 0 else f"{'−' if value < 0 else '+'}{size}"

    def rank(self, disease: DiseaseAnswer) -> str:
        """Ties are told as ties: two at the top share the ranks 1 to 2."""
        half = disease.tied_with / 2
        return f"{disease.rank - half:.0f}–{disease.rank + half:.0f}" if half else f"{disease.rank:.0f}"

    def count(self, number: int) -> str:
        """A whole number, thousands set apart."""
        return formatted(number, self.language)

    def term(self, id: str) -> str:
        """The label of a term with its id; the id alone where the release in use has dropped it."""
        try:
            return f"{self.wording.label(id)} ({id})"
        except UnknownTerm:
            return id
