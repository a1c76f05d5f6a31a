"""What answers say hundreds of times, put into words once and kept: terms by position, and how often a feature is seen.

A frequency has few values and is met in every row; a term is met wherever a finding, a row or a question names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from matching.report import Contribution, Frequency, Match
from ontology.knowledge import Knowledge
from service.models.explanations import FrequencyAnswer
from service.wording import Wording

#: Of each; beyond them the one not used for longest is put into words anew.
_KEPT = 8192


class Term(NamedTuple):
    """A term as answers name it; `label_en` where `label` is in another language."""

    id: str
    label: str
    label_en: str | None


@dataclass(frozen=True, slots=True)
class Phrases:
    """Of one release in one language.

    of         the term, by its id or that of a term which became it; raises UnknownTerm
    at         the term at a position in Terms
    frequency  by share, affected and examined, each None where it is not known, as Frequency has them
    met        how a finding met a disease's own rows: Wording.match by match, through and the frequency as a phrase
    """

    of: Callable[[str], Term]
    at: Callable[[int], Term]
    frequency: Callable[[float | None, int | None, int | None], FrequencyAnswer]
    met: Callable[[Match, str | None, str | None], str]

    @classmethod
    def made(cls, knowledge: Knowledge, wording: Wording) -> Phrases:
        """None yet; each on first use."""
        naming = wording.naming

        def of(id: str) -> Term:
            return Term(id, naming.label(id), naming.label_en(id))

        def frequency(share: float | None, affected: int | None, examined: int | None) -> FrequencyAnswer:
            return FrequencyAnswer(
                share=None if share is None else round(share, 4),
                affected=affected,
                examined=examined,
                words=wording.frequency(Frequency(share, affected, examined)),
            )

        def met(match: Match, through: str | None, often: str | None) -> str:
            seen = None if often is None else Frequency(0.0)
            return wording.match(Contribution("", match, through, (0,), 0.0, frequency=seen), often=often)

        return cls(
            lru_cache(_KEPT)(of),
            lru_cache(_KEPT)(lambda position: of(knowledge.terms.id(position))),
            lru_cache(_KEPT)(frequency),
            lru_cache(_KEPT)(met),
        )
