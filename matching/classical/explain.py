"""Why a disease stands where it stands by a classical measure: each finding, its best match, and its addend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.classical.average import addends
from matching.classical.similarity import TermSimilarity
from matching.lm.annotated import Annotated
from matching.lm.query import Query
from matching.report import Contribution, Match
from ontology.annotations import Relation
from ontology.arrays import Floats, Ints
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains one disease of one answer.

    features  int32   (features,)            terms that the disease is annotated with
    table     float32 (findings, features)   similarity of each present finding to each
    """

    knowledge: Knowledge
    similarity: TermSimilarity
    query: Query
    disease: int
    features: Ints
    table: Floats

    def explain(self) -> tuple[tuple[Contribution, ...], bool]:
        """Every addend, the largest first, and whether all known of the disease is borrowed.

        The addends sum to the score, in the measure's unit (their field is named for the language model's nats).
        Conflicts with absent findings are named at 0: these measures do not weigh them.
        """
        annotated = Annotated.by_rows(self.knowledge, self.disease)
        shares = addends(self.table, self.query.weights)
        found = [self._present(at, float(shares[at]), annotated) for at in range(len(shares))]
        found += self._lacked(annotated) + self._excluded(annotated)
        relations = self.knowledge.annotations.relations[annotated.rows]
        borrowed = len(relations) > 0 and bool((relations >= Relation.BROADER).all())
        return tuple(sorted(found, key=lambda c: (-c.nats, c.feature, c.match))), borrowed

    def _present(self, at: int, share: float, annotated: Annotated) -> Contribution:
        term = int(self.query.present[at])
        if not len(self.features) or not self.table[at].max() > 0:
            return Contribution(self._id(term), Match.NONE, None, (), share)
        met = self._nearest(at)
        match, through = self._how(term, met)
        return Contribution(self._id(term), match, self._id(through), annotated.at(met).rows, share)

    def _nearest(self, at: int) -> int:
        """The feature it resembles most; the more informative where several are level, then the lower position."""
        content = self.similarity.content[self.features]
        return int(self.features[np.lexsort((self.features, -content, -self.table[at]))[0]])

    def _how(self, term: int, met: int) -> tuple[Match, int]:
        if term == met:
            return Match.EXACT, met
        if self.knowledge.terms.is_ancestor(met, term):
            return Match.MORE_SPECIFIC, met
        if self.knowledge.terms.is_ancestor(term, met):
            return Match.MORE_GENERAL, met
        return Match.SHARED_ANCESTOR, self.similarity.shared(term, met)

    def _lacked(self, annotated: Annotated) -> list[Contribution]:
        found = []
        for term in self.query.present.tolist():
            within = np.isin(annotated.lacked, self.similarity.lattice.row(term))
            if within.any():
                rows = tuple(annotated.lacking[within].tolist())
                above = annotated.lacked[within]
                through = int(above[np.lexsort((above, -self.similarity.content[above]))[0]])
                found.append(Contribution(self._id(term), Match.PRESENT_MEETS_EXCLUDED, self._id(through), rows, 0.0))
        return found

    def _excluded(self, annotated: Annotated) -> list[Contribution]:
        found = []
        for term in self.query.excluded.tolist():
            ground = annotated.at_or_below(term)
            if ground:
                through = self._id(term if term in ground.terms else ground.terms[0])
                found.append(Contribution(self._id(term), Match.EXCLUDED_MEETS_PRESENT, through, ground.rows, 0.0))
        return found

    def _id(self, term: int) -> str:
        return self.knowledge.terms.id(term)
