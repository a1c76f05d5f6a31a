"""The ranker: a patient's findings in, the diseases they resemble out, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.lm.explain import Explainer
from matching.lm.model import FOLDER, LanguageModel
from matching.lm.query import Query
from matching.lm.shortlist import Scored as Scored
from matching.lm.shortlist import Shortlist, score_exactly, with_offset
from matching.report import PhenotypicFeature, RankedDisease, Ranking
from matching.standing import Standing, in_universe, ranked_disease
from ontology.arrays import Bools, Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

#: Below this many findings the answer says that it asks for more: on the open case notes the true disease stood among
#: the first ten in 17 % at two findings and in 77 % from eleven on.
FEW_FINDINGS = 6
#: A patient has tens of findings; memory grows by about 100 kB with each.
MOST_FINDINGS = 500


@dataclass(frozen=True)
class Ranker:
    """Scores all diseases of a Knowledge. Opening maps arrays; nothing is held per request.

    With a `shortlist` an answer takes a fraction of the time and is the same; a model just built has none.
    """

    knowledge: Knowledge
    model: LanguageModel
    shortlist: Shortlist | None = None

    @classmethod
    def open(cls, knowledge: Knowledge) -> Ranker:
        """Map what is compiled beside `knowledge`; raises KnowledgeDamaged or KnowledgeForeign."""
        folder = knowledge.folder / FOLDER
        model = LanguageModel.open(folder)
        return cls(knowledge, model, Shortlist.open(folder, model, knowledge.terms))

    def rank(self, features: Iterable[PhenotypicFeature], limit: int = 10, universe: str | None = None) -> Ranking:
        """The best `limit` diseases with their contributions; without a present finding, none.

        `universe` is "all" (None: every disease with a phenotype annotation) or "omim" (those that hold an OMIM id).
        Raises UnknownTerm for an id of no term, InputError for another universe or over MOST_FINDINGS findings.
        """
        return self.best(self.score(features, universe, limit), limit)

    def score(self, features: Iterable[PhenotypicFeature], universe: str | None = None, limit: int = 10) -> Scored:
        """Score every disease, the best `limit` of them exactly; raises as `rank` does."""
        query = Query.of(features, self.knowledge.terms)
        if len(query.present) + len(query.excluded) > MOST_FINDINGS:
            raise InputError("features", f"There are more than {MOST_FINDINGS} findings.", "Send those of one patient.")
        return self._scored(query, self.universe(universe), limit)

    def score_query(self, query: Query, limit: int = 10) -> Scored:
        """Score every disease for findings whose shares are set already, the best `limit` exactly."""
        return self._scored(query, self.universe(None), limit)

    def best(self, scored: Scored, limit: int) -> Ranking:
        """The diseases of the highest scores; equal scores share a rank and stand in order of position."""
        scored = self._sure(scored, limit)
        standings = scored.first(limit)
        shown = np.array([standing.position for standing in standings], np.int32)
        addends = scored.addends.spread_out(scored.exact, shown, len(scored.considered))
        explainer = Explainer.of(self.knowledge, self.model, scored.query, addends, shown)
        findings = len(scored.query.present)
        return Ranking(
            tuple(self._ranked(standing, explainer) for standing in standings),
            int(scored.considered.sum()),
            findings,
            findings < FEW_FINDINGS,
        )

    def standings(self, scored: Scored, limit: int) -> tuple[Standing, ...]:
        """As `best`, without the reasons: a tenth of the time, for files of many cases."""
        return self._sure(scored, limit).first(limit)

    def _sure(self, scored: Scored, limit: int) -> Scored:
        """`scored` with at least the best `limit` diseases exact."""
        if limit <= scored.sure:
            return scored
        anew = self._scored(scored.query, scored.considered, limit)
        return anew if scored.offset is None else self.shifted(anew, scored.offset, limit)

    def shifted(self, scored: Scored, offset: Floats, limit: int = 10) -> Scored:
        """The same patient with `offset`, float32 (diseases,), nats, added to what the findings give each disease.

        The best `limit` are exact again. `scored` must have no offset yet.
        """
        if self.shortlist is None or scored.margin == 0:
            return with_offset(scored, offset)
        return self.shortlist.shifted(scored, offset, limit)

    def _scored(self, query: Query, considered: Bools, limit: int) -> Scored:
        if self.shortlist is None:
            return score_exactly(self.model, self.knowledge.terms, query, considered)
        return self.shortlist.score(query, considered, limit)

    def universe(self, name: str | None) -> Bools:
        """The diseases that are ranked: bool (diseases,); raises InputError."""
        return self._omim if name == "omim" else in_universe(self.knowledge, self.model.considered, name)

    @cached_property
    def _omim(self) -> Bools:
        return in_universe(self.knowledge, self.model.considered, "omim")

    def _ranked(self, standing: Standing, explainer: Explainer) -> RankedDisease:
        contributions, borrowed = explainer.explain(standing.position)
        return ranked_disease(self.knowledge, standing, contributions, borrowed)
