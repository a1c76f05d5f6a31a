"""The language model behind the seam that all rankers share (matching.rankers), with what weighs a disease anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.lm.explain import Explainer
from matching.lm.model import LanguageModel
from matching.lm.profile import StatedRows
from matching.lm.query import Query
from matching.lm.score import Addends, add_up, nats
from matching.lm.workshop import DiseaseProfile, Workshop
from matching.report import Contribution
from ontology.arrays import Bools, Floats
from ontology.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class LanguageModelMeasure:
    """A language model just built; ScoresDiseases."""

    knowledge: Knowledge
    workshop: Workshop
    name: str = "lm"

    @property
    def considered(self) -> Bools:
        """Diseases with a phenotype annotation of their own."""
        return self.workshop.model.considered

    def answer(self, query: Query) -> LanguageModelAnswers:
        """Score every disease."""
        addends = add_up(self.workshop.model, self.knowledge.terms, query)
        return LanguageModelAnswers(self.knowledge, self.workshop.model, query, addends)

    def anew(self, changed: Mapping[int, StatedRows]) -> dict[int, Alone]:
        """Weigh these diseases as if, beside words, only these rows were known of them; and their kin with them."""
        profiles = self.workshop.anew(changed)
        return {disease: Alone(self.workshop.model, profile) for disease, profile in profiles.items()}


@dataclass(frozen=True, slots=True)
class LanguageModelAnswers:
    """One patient beside every disease."""

    knowledge: Knowledge
    model: LanguageModel
    query: Query
    addends: Addends

    @property
    def scores(self) -> Floats:
        """float32 (diseases,), nats."""
        return self.addends.scores

    def explain(self, disease: int) -> tuple[tuple[Contribution, ...], bool]:
        """As Explainer.explain."""
        asked = np.array([disease], np.int32)
        return Explainer.of(self.knowledge, self.model, self.query, self.addends, asked).explain(disease)


@dataclass(frozen=True, slots=True)
class Alone:
    """One disease weighed by itself."""

    model: LanguageModel
    profile: DiseaseProfile

    @property
    def empty(self) -> bool:
        """Whether nothing speaks of it any more."""
        return self.profile.empty

    def score(self, query: Query) -> float:
        """Nats of the present findings; excluded ones take no part."""
        ratios = self.profile.likelihood_ratios(query.present)
        weights = query.weights * self.model.weights[query.present]
        return float((nats(ratios, self.model.floor) * weights).sum())
