"""How much a patient's findings weigh for a rare disease: the order in which patients are looked at."""

from __future__ import annotations

from matching.lm.shortlist import Scored
from ontology.arrays import Floats
from ontology.knowledge import Knowledge


def weight_of(knowledge: Knowledge, scored: Scored, belief: Floats) -> float:
    """To be chosen by measurement."""
    return float(scored.scores.max())
