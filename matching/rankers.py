"""One seam for every way of ranking: the language model that ships, and the measures that the field knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matching.lm.profile import StatedRows
from matching.lm.query import Query
from matching.lm.ranker import FEW_FINDINGS, MOST_FINDINGS
from matching.report import Contribution, PhenotypicFeature, Ranking
from matching.standing import Standing, first, in_universe, ranked_disease
from ontology.arrays import Bools, Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

#: The one that is used unless another is named; it alone gives probabilities.
DEFAULT = "lm"
RANKERS = (DEFAULT, "resnik", "lin", "phenodigm")


class Answers(Protocol):
    """One patient beside every disease."""

    @property
    def scores(self) -> Floats:
        """float32 (diseases,), the higher the more alike."""

    def explain(self, disease: int) -> tuple[tuple[Contribution, ...], bool]:
        """The addends, which sum to the disease's score, and whether all known of the disease is borrowed."""


class ScoresOne(Protocol):
    """One disease, weighed anew."""

    @property
    def empty(self) -> bool:
        """Whether nothing at all is left to know of it."""

    def score(self, query: Query) -> float:
        """The score it would have in Answers.scores."""


class ScoresDiseases(Protocol):
    """A way to tell how much a patient resembles each disease.

    What holds of each of them (tests/matching/test_rankers.py): neither the order of findings nor saying one twice
    changes a score; addends sum to the score; a disease with a feature scores no less on it than with the feature's
    superterm in its place.
    """

    @property
    def name(self) -> str:
        """The name it is chosen by."""

    @property
    def considered(self) -> Bools:
        """The diseases it can rank, bool (diseases,)."""

    def answer(self, query: Query) -> Answers:
        """Compare one patient with every disease."""

    def anew(self, changed: Mapping[int, StatedRows]) -> Mapping[int, ScoresOne]:
        """Diseases as if only the rows in `changed` were known of them, against the same background.

        For leaving papers out. Beside the keys of `changed`, every disease that borrows from them.
        """


@dataclass(frozen=True, slots=True)
class NamedRanker:
    """Ranks by any measure, without probabilities: those are calibrated for the language model alone."""

    knowledge: Knowledge
    measure: ScoresDiseases

    @classmethod
    def open(cls, knowledge: Knowledge, name: str) -> NamedRanker:
        """Open a classical measure by name, a fifth of a second; raises InputError for a name of none."""
        return cls(knowledge, classical(knowledge, name))

    def rank(self, features: Iterable[PhenotypicFeature], limit: int = 10, universe: str | None = None) -> Ranking:
        """As matching.lm.ranker.Ranker.rank, by this measure; raises UnknownTerm and InputError."""
        query, considered, answers = self._answers(features, universe)
        findings = len(query.present)
        diseases = tuple(
            ranked_disease(self.knowledge, standing, *answers.explain(standing.position))
            for standing in self._first(answers, considered, limit, findings)
        )
        return Ranking(diseases, int(considered.sum()), findings, findings < FEW_FINDINGS, self.measure.name)

    def standings(
        self, features: Iterable[PhenotypicFeature], limit: int, universe: str | None = None
    ) -> tuple[Standing, ...]:
        """As `rank`, without the reasons."""
        query, considered, answers = self._answers(features, universe)
        return self._first(answers, considered, limit, len(query.present))

    def _answers(self, features: Iterable[PhenotypicFeature], universe: str | None) -> tuple[Query, Bools, Answers]:
        query = Query.of(features, self.knowledge.terms)
        if len(query.present) + len(query.excluded) > MOST_FINDINGS:
            raise InputError("features", f"There are more than {MOST_FINDINGS} findings.", "Send those of one patient.")
        considered = in_universe(self.knowledge, self.measure.considered, universe)
        return query, considered, self.measure.answer(query)

    def _first(self, answers: Answers, considered: Bools, limit: int, findings: int) -> tuple[Standing, ...]:
        if not findings:
            return ()
        return first(np.where(considered, answers.scores, np.float32(-np.inf)), considered, limit)


def classical(knowledge: Knowledge, name: str) -> ScoresDiseases:
    """Open a classical measure by name; raises InputError for a name of none."""
    from matching.classical.best_match import BestMatch
    from matching.classical.similarity import Measure

    if name not in tuple(Measure):
        raise InputError("ranker", "That ranker is not known.", f"Use one of {', '.join(RANKERS)}.")
    return BestMatch.of(knowledge, Measure(name))
