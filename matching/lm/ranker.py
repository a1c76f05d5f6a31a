"""The ranker: a patient's findings in, the diseases they resemble out, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.lm.explain import Explainer
from matching.lm.model import FOLDER, LanguageModel
from matching.lm.query import Query
from matching.lm.score import Addends, add_up
from matching.report import Match, PhenotypicFeature, RankedDisease, Ranking
from ontology.arrays import Bools, Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

#: Below this many findings the answer says that it asks for more: on the open case notes the true disease stood among
#: the first ten in 17 % at two findings and in 77 % from eleven on.
FEW_FINDINGS = 6
UNIVERSES = ("all", "omim")
#: A patient has tens of findings; memory grows by about 100 kB with each.
MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True)
class Scored:
    """Every disease scored for one patient.

    considered  bool    (diseases,)  the diseases of the universe asked for
    scores      float32 (diseases,)  nats; -inf outside of it
    """

    query: Query
    addends: Addends
    considered: Bools
    scores: Floats


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a disease stands: `rank` is 1 + better + (tied others)/2, `score` in nats."""

    position: int
    score: float
    rank: float
    tied_with: int

    @classmethod
    def of(cls, scores: Floats, disease: int) -> Standing:
        """Where the disease at position `disease` stands among `scores`, float32 (diseases,)."""
        score = scores[disease]
        tied = int((scores == score).sum()) - 1
        return cls(disease, float(score), 1 + int((scores > score).sum()) + tied / 2, tied)


@dataclass(frozen=True)
class Ranker:
    """Scores all diseases of a Knowledge. Opening maps arrays; nothing is held per request."""

    knowledge: Knowledge
    model: LanguageModel

    @classmethod
    def open(cls, knowledge: Knowledge) -> Ranker:
        """Map the profiles compiled beside `knowledge`; raises KnowledgeDamaged where there are none."""
        return cls(knowledge, LanguageModel.open(knowledge.folder / FOLDER))

    def rank(self, features: Iterable[PhenotypicFeature], limit: int = 10, universe: str | None = None) -> Ranking:
        """The best `limit` diseases with their contributions; without a present finding, none.

        `universe` is "all" (None: every disease with a phenotype annotation) or "omim" (those that hold an OMIM id).
        Raises UnknownTerm for an id of no term, InputError for another universe or over MOST_FINDINGS findings.
        """
        return self.best(self.score(features, universe), limit)

    def score(self, features: Iterable[PhenotypicFeature], universe: str | None = None) -> Scored:
        """Score every disease; raises as `rank` does."""
        query = Query.of(features, self.knowledge.terms)
        if len(query.present) + len(query.excluded) > MOST_FINDINGS:
            raise InputError("features", f"There are more than {MOST_FINDINGS} findings.", "Send those of one patient.")
        considered = self.universe(universe)
        addends = add_up(self.model, self.knowledge.terms, query)
        return Scored(query, addends, considered, np.where(considered, addends.scores, np.float32(-np.inf)))

    def best(self, scored: Scored, limit: int) -> Ranking:
        """The diseases of the highest scores; equal scores share a rank and stand in order of position."""
        findings = len(scored.query.present)
        explainer = Explainer.of(self.knowledge, self.model, scored.query, scored.addends)
        return Ranking(
            tuple(self._ranked(standing, explainer) for standing in self.standings(scored, limit)),
            int(scored.considered.sum()),
            findings,
            findings < FEW_FINDINGS,
        )

    def standings(self, scored: Scored, limit: int) -> tuple[Standing, ...]:
        """As `best`, without the reasons: a tenth of the time, for files of many cases."""
        if not len(scored.query.present):
            return ()
        limit = min(limit, int(scored.considered.sum()))
        return tuple(Standing.of(scored.scores, disease) for disease in highest(scored.scores, limit))

    def universe(self, name: str | None) -> Bools:
        """The diseases that are ranked: bool (diseases,); raises InputError."""
        if name is None or name == "all":
            return self.model.considered
        if name == "omim":
            return self._omim
        raise InputError("universe", "That set of diseases is not known.", f"Use one of {', '.join(UNIVERSES)}.")

    @cached_property
    def _omim(self) -> Bools:
        records = np.array([id.startswith("OMIM:") for id in self.knowledge.diseases.record_ids], np.bool_)
        holds = np.zeros(len(self.model.considered), np.bool_)
        holds[np.asarray(self.knowledge.diseases.record_owner)[records]] = True
        holds &= self.model.considered
        holds.setflags(write=False)
        return holds

    def _ranked(self, standing: Standing, explainer: Explainer) -> RankedDisease:
        ids = self.knowledge.diseases.ids(standing.position)
        contributions, borrowed = explainer.explain(standing.position)
        return RankedDisease(
            position=standing.position,
            id=ids[0],
            also=ids[1:],
            name=self.knowledge.diseases.name(standing.position),
            score=standing.score,
            rank=standing.rank,
            tied_with=standing.tied_with,
            probability=None,
            contributions=contributions,
            unexplained=tuple(c.feature for c in contributions if c.match is Match.NONE),
            borrowed=borrowed,
        )


def highest(scores: Floats, limit: int) -> list[int]:
    """Positions of the `limit` highest scores, best first, equal scores by position."""
    if limit <= 0:
        return []
    threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    candidates = np.flatnonzero(scores >= threshold)
    order = np.argsort(-scores[candidates], kind="stable")
    return [int(d) for d in candidates[order][:limit]]
