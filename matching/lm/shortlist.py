"""The quick way to the best diseases: every disease by the compact table, the few that can be first by the exact score.

Let e be the margin of the table for a query, and t the k-th highest quick score. At least k diseases have exact scores
of t - e or more, so a disease among the best k has an exact score of t - e or more, and a quick score of t - 2e or
more. Scoring those exactly gives the best k, their scores, ranks and ties, as scoring every disease would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matching.lm.holdings import Holdings
from matching.lm.model import LanguageModel
from matching.lm.query import Query
from matching.lm.score import Addends, add_up, penalties
from matching.lm.table import CompactTable
from matching.standing import Standing, first
from ontology.arrays import Bools, Floats, Ints
from ontology.errors import KnowledgeDamaged
from ontology.terms import Terms

#: Columns in which scores are laid to find how high the highest are.
_LANES = 64


@dataclass(frozen=True, slots=True)
class Scored:
    """Every disease scored for one patient.

    considered  bool    (diseases,)  the diseases of the universe asked for
    scores      float32 (diseases,)  nats, within `margin` of the exact score; -inf outside of the universe
    exact       int32   (exact,)     diseases whose scores are exact, ascending: the best `sure` diseases are among them
    addends     of `exact`, a column each
    margin      nats; 0 where every score is exact
    offset      float32 (diseases,)  what is in `scores` beside the findings, nats; None where nothing is
    """

    query: Query
    considered: Bools
    scores: Floats
    exact: Ints
    addends: Addends
    sure: int
    margin: float
    offset: Floats | None = None

    def first(self, limit: int) -> tuple[Standing, ...]:
        """The best `limit` diseases, no more than `sure`; none without a present finding."""
        if not len(self.query.present):
            return ()
        found = first(self.scores[self.exact], self.considered[self.exact], limit)
        return tuple(
            Standing(int(self.exact[place.position]), place.score, place.rank, place.tied_with) for place in found
        )


def score_exactly(model: LanguageModel, terms: Terms, query: Query, considered: Bools) -> Scored:
    """Every disease by the exact score."""
    addends = add_up(model, terms, query)
    scores = np.where(considered, addends.scores, np.float32(-np.inf))
    everyone = np.arange(len(considered), dtype=np.int32)
    return Scored(query, considered, scores, everyone, addends, len(considered), 0.0)


def with_offset(scored: Scored, offset: Floats | None) -> Scored:
    """The same with `offset` added; for scores that are exact and have none yet."""
    return scored if offset is None else replace(scored, scores=scored.scores + offset, offset=offset)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A language model with its compact table."""

    model: LanguageModel
    terms: Terms
    table: CompactTable
    holdings: Holdings

    @classmethod
    def of(cls, model: LanguageModel, terms: Terms) -> Shortlist:
        """Derive the table; seconds of work."""
        return cls(model, terms, CompactTable.of(model, terms), Holdings.of(model.postings, len(model.considered)))

    @classmethod
    def open(cls, folder: Path, model: LanguageModel, terms: Terms) -> Shortlist | None:
        """Map what is written in `folder`, None where there is none; raises KnowledgeDamaged or KnowledgeForeign."""
        if not any(folder.glob("table_*.npy")):
            return None
        try:
            return cls(model, terms, CompactTable.read(folder, model, terms), Holdings.read(folder))
        except (OSError, ValueError, EOFError, TypeError) as error:
            raise KnowledgeDamaged(
                f"The compact table in {folder} cannot be read ({type(error).__name__}).",
                "Run `phenomap knowledge build`.",
            ) from error

    def write(self, folder: Path) -> None:
        """Write every array into `folder`, beside those of the model."""
        self.table.write(folder, self.model, self.terms)
        self.holdings.write(folder)

    def quick(self, query: Query, considered: Bools) -> Floats:
        """float32 (diseases,), nats within `table.margin(query)` of the exact score; -inf where not considered."""
        scores = self.table.scores(query, len(considered))
        if len(query.excluded):
            scores += penalties(self.model, query.excluded).sum(0)
        np.putmask(scores, ~considered, -np.inf)
        return scores

    def score(self, query: Query, considered: Bools, limit: int) -> Scored:
        """Every disease by the table, the best `limit` and what could be among them exactly."""
        return self._settled(query, considered, limit, self.quick(query, considered), None)

    def shifted(self, scored: Scored, offset: Floats, limit: int) -> Scored:
        """The same patient with `offset`, float32 (diseases,), nats, added to the score of every disease."""
        return self._settled(scored.query, scored.considered, limit, scored.scores + offset, offset)

    def _settled(self, query: Query, considered: Bools, limit: int, scores: Floats, offset: Floats | None) -> Scored:
        """`scores` within the margin, made exact for the best `limit` and what could be among them."""
        limit, margin = max(1, min(limit, int(np.count_nonzero(considered)))), self.table.margin(query)
        lowest = at_least(scores, limit)
        if np.isfinite(lowest):
            candidates = np.flatnonzero(scores >= np.float32(lowest - 2 * margin)).astype(np.int32)
        if not np.isfinite(lowest) or len(candidates) > len(scores) // 4:  # then a few alone cost more than all
            return with_offset(score_exactly(self.model, self.terms, query, considered), offset)
        addends = add_up(self.model, self.terms, query, self.holdings.layout(candidates))
        scores[candidates] = addends.scores if offset is None else addends.scores + offset[candidates]
        return Scored(query, considered, scores, candidates, addends, limit, margin, offset)


def at_least(scores: Floats, limit: int) -> float:
    """A score that `limit` of `scores` (all, if fewer) reach: no higher than the `limit`-th highest, and close to it.

    It is the `limit`-th highest among the highest of each part, which takes a tenth of the time of sorting.
    """
    limit, parts = min(limit, len(scores)), len(scores) // _LANES
    if limit * 2 > parts:
        return float(np.partition(scores, len(scores) - limit)[len(scores) - limit])
    highest = scores[: parts * _LANES].reshape(_LANES, parts).max(0)
    return float(np.partition(highest, parts - limit)[parts - limit])


def best_of(scores: Floats, limit: int) -> tuple[Ints, Floats]:
    """Positions and scores of the `limit` highest, best first, equal scores by position; none at -inf."""
    candidates = np.flatnonzero(scores >= at_least(scores, limit))
    found = scores[candidates]
    order = np.argsort(-found, kind="stable")[:limit]
    order = order[np.isfinite(found[order])]
    return candidates[order].astype(np.int32), found[order]
