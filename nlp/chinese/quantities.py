"""Findings told by a number in Chinese notes: laboratory, vital signs, sizes, and phrases with a limit of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.chinese.clauses import Clauses
from nlp.chinese.laboratory import ChineseLaboratory, Told
from nlp.chinese.lexicon import Hit, Hits
from nlp.chinese.numbers import NumberReader
from nlp.chinese.sizes import ChineseSizes
from nlp.norms import DAYS_IN_MONTH, DAYS_IN_YEAR, AgeSpan, Subject

#: A note that tells no age and has none of these words is of no newborn, whose norms would leave most values unjudged.
_NEWBORN = re.compile(r"新生儿|生后|日龄|早产|胎龄|出生\d|\d天")
_NO_NEWBORN = AgeSpan(DAYS_IN_MONTH, 130 * DAYS_IN_YEAR)


@dataclass(frozen=True, slots=True)
class ChineseQuantities:
    """All readers of numbers."""

    laboratory: ChineseLaboratory
    sizes: ChineseSizes
    numbers: NumberReader

    @classmethod
    def open(cls) -> ChineseQuantities:
        """Read the tables."""
        return cls(ChineseLaboratory(), ChineseSizes.open(), NumberReader.open())

    def find(self, text: str, hits: Hits, clauses: Clauses, subject: Subject) -> Iterator[Told]:
        """What the numbers of a folded note tell, in no order; nothing where it holds no digit."""
        if not any(map(str.isdigit, text)):
            return
        judged = subject if subject.ages or _NEWBORN.search(text) else Subject((_NO_NEWBORN,), subject.sex)
        yield from self.laboratory.find(text, _longest(text, hits), clauses, judged)
        yield from self.sizes.find(text, clauses, subject)
        yield from self.numbers.find(text, subject)


def _longest(text: str, hits: Hits) -> list[Hit]:
    """Names of quantities in order of position, without those inside a longer one."""
    named = [hit for hit in hits.quantities if not _is_unit(text, hit)]
    named.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[Hit] = []
    for hit in named:
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _is_unit(text: str, hit: Hit) -> bool:
    """Whether a name of Latin letters stands behind a number: 1.1 mg/dL tells no magnesium."""
    return text[hit.start].isascii() and text[max(0, hit.start - 3) : hit.start].rstrip()[-1:].isdigit()
