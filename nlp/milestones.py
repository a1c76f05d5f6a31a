"""Milestones reached late: "walked at 3 years", "first words at 30 months", "did not sit until 14 months".

The age beyond which a milestone is late stands in the language's `milestones.tsv`, with its source: for movement the
99th percentile of healthy children. Ages are told in months and years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from nlp.quantities import Quantity, Value, Whereabouts
from nlp.words import Tokens
from ontology.features import Channel

_MONTHS = 12
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_N = rf"\d{{1,2}}(?:\.\d)?|{'|'.join(_NUMBERS)}"
_UNIT = r"years?|yrs?|months?|mos?\b|mths?"
_AGE = (
    rf"(?:(?:only |not |late,? )*(?:at|by|until|till|from|around)(?: the| an)?(?: age| ages)?(?: of)?)"
    rf"(?: about| approximately| around| nearly| over)? (?P<n>{_N})(?P<half>½| and a half)?"
    rf"(?:\s?(?:-|–|to|or) ?(?:{_N}))?[- ]?(?P<unit>{_UNIT})(?:(?: and)? (?P<months>\d{{1,2}}) months?)?"
)
_ALONE = (
    r"(?: (?:alone|independently|unaided|unassisted|without (?:support|help|aid|assistance)|steadily|unsupported))*"
    r"(?: (?:was|were|is|only|just|not))?(?: reached| achieved| possible| attained)?,? "
)
_PLAIN = re.compile(r"[a-z]+")
#: Found by the next word of what they begin, or inside others; too common to look behind each of them.
_COMMON = frozenset(
    [
        "a",
        "the",
        "his",
        "her",
        "to",
        "in",
        "had",
        "used",
        "or",
        "up",
        "was",
        "were",
        "without",
        "support",
        "help",
        "able",
        "s",
        "ed",
        "ing",
    ]
)
_REACH = 120  # characters of the longest way to tell one


@dataclass(frozen=True, slots=True)
class Milestone:
    """A skill: its term when late, and the age in months beyond which it is."""

    name: str
    id: str
    limit: float


@dataclass(frozen=True, slots=True)
class MilestoneReader:
    """Finds milestones with the age at which they were reached."""

    reached: re.Pattern[str]
    milestones: Mapping[str, Milestone]
    first_words: frozenset[str]

    @classmethod
    def open(cls, language: str) -> MilestoneReader:
        """Read the milestones of one language."""
        lines = (files("nlp") / "languages" / language / "milestones.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
        named = {f"m{at}": Milestone(row[0], row[1], float(row[2])) for at, row in enumerate(rows)}
        words = "|".join(f"(?P<m{at}>{row[3]})" for at, row in enumerate(rows))
        first = frozenset(_PLAIN.findall(" ".join(row[3] for row in rows))) - _COMMON
        stems = {stem + ending for stem in ("walk", "crawl", "ambulat") for ending in ("ed", "ing", "s")}
        return cls(
            re.compile(rf"(?:{words}){_ALONE}{_AGE}", re.IGNORECASE), named, first | stems | {"sitting", "standing"}
        )

    def find(self, text: str, tokens: Tokens, where: Whereabouts) -> Iterator[Value]:
        """Late milestones in order of position."""
        end = 0
        for start, surface in zip(tokens.starts, tokens.surfaces, strict=True):
            if start < end or surface.lower() not in self.first_words or (start and text[start - 1].isalnum()):
                continue
            match = self.reached.match(text, start, min(len(text), start + _REACH))
            if match is None:
                continue
            end = match.end()
            milestone = self.milestones[next(name for name in self.milestones if match[name] is not None)]
            months = _age(match)
            if months > milestone.limit:
                reading = f"{milestone.name} at {months:g} months: later than {milestone.limit:g} months"
                yield Quantity(start, end, milestone.id, reading, Channel.MEASURED)


def _age(match: re.Match[str]) -> float:
    written = match["n"].lower()
    amount = float(_NUMBERS.index(written) + 1 if written in _NUMBERS else written) + (0.5 if match["half"] else 0.0)
    months = amount * _MONTHS if match["unit"].lower().startswith("y") else amount
    return months + (int(match["months"]) if match["months"] else 0)
