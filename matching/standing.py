"""Where diseases stand once they have scores, whatever measure gave them: ranks, ties, and the diseases considered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.report import Contribution, Match, RankedDisease
from ontology.arrays import Bools, Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

UNIVERSES = ("all", "omim")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a disease stands: `rank` is 1 + better + (tied others)/2, `score` in the measure's unit."""

    position: int
    score: float
    rank: float
    tied_with: int

    @classmethod
    def of(cls, scores: Floats, disease: int) -> Standing:
        """Where the disease at position `disease` stands among `scores`, float32 (diseases,)."""
        score = scores[disease]
        tied = int(np.count_nonzero(scores == score)) - 1
        return cls(disease, float(score), 1 + int(np.count_nonzero(scores > score)) + tied / 2, tied)


def first(scores: Floats, considered: Bools, limit: int) -> tuple[Standing, ...]:
    """The best `limit` of the diseases considered; `scores` float32 (diseases,), -inf outside of them."""
    limit = min(limit, int(considered.sum()))
    return tuple(Standing.of(scores, disease) for disease in highest(scores, limit))


def highest(scores: Floats, limit: int) -> list[int]:
    """Positions of the `limit` highest scores, best first, equal scores by position."""
    if limit <= 0:
        return []
    threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    candidates = np.flatnonzero(scores >= threshold)
    order = np.argsort(-scores[candidates], kind="stable")
    return [int(d) for d in candidates[order][:limit]]


def in_universe(knowledge: Knowledge, rankable: Bools, name: str | None) -> Bools:
    """The diseases among `rankable`, bool (diseases,), that are ranked; raises InputError for a name of none.

    `name` is "all" (or None), or "omim": those that hold an OMIM id.
    """
    if name is None or name == "all":
        return rankable
    if name == "omim":
        records = np.array([id.startswith("OMIM:") for id in knowledge.diseases.record_ids], np.bool_)
        holds = np.zeros(len(rankable), np.bool_)
        holds[np.asarray(knowledge.diseases.record_owner)[records]] = True
        holds &= rankable
        holds.setflags(write=False)
        return holds
    raise InputError("universe", "That set of diseases is not known.", f"Use one of {', '.join(UNIVERSES)}.")


def ranked_disease(
    knowledge: Knowledge, standing: Standing, contributions: tuple[Contribution, ...], borrowed: bool
) -> RankedDisease:
    """The disease at its rank, with its names and reasons and without a probability."""
    ids = knowledge.diseases.ids(standing.position)
    return RankedDisease(
        position=standing.position,
        id=ids[0],
        also=ids[1:],
        name=knowledge.diseases.name(standing.position),
        score=standing.score,
        rank=standing.rank,
        tied_with=standing.tied_with,
        probability=None,
        contributions=contributions,
        unexplained=tuple(c.feature for c in contributions if c.match is Match.NONE),
        borrowed=borrowed,
    )
