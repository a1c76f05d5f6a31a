"""From a plan of tests to the JSON of the service; words are put to it here, and nothing is decided."""

from __future__ import annotations

from dataclasses import dataclass

from matching.genetic_tests.proposal import TestPlan, TestSuggestion
from service.models import answers as a
from service.naming import Naming
from service.wording import Wording
from service.wording_tests import PlanWording


@dataclass(frozen=True, slots=True)
class PlanTranslator:
    """Puts plans into answers, in one language."""

    words: PlanWording
    naming: Naming

    @classmethod
    def of(cls, wording: Wording) -> PlanTranslator:
        """In the language of `wording`."""
        return cls(PlanWording(wording), wording.naming)

    def tests(self, plan: TestPlan) -> list[a.TestAnswer]:
        """The tests, in the order to send them."""
        return [self._test(test) for test in plan.tests]

    def _test(self, test: TestSuggestion) -> a.TestAnswer:
        return a.TestAnswer(
            code=test.code,
            name=self.words.name(test),
            modality=test.modality,
            genes=list(test.genes),
            covers=[
                a.CoveredAnswer(
                    disease=covered.disease,
                    name=self.naming.disease(covered.disease, covered.name),
                    name_en=self.naming.disease_en(covered.disease, covered.name),
                    posterior=covered.posterior,
                    genes=list(covered.genes),
                )
                for covered in test.covers
            ],
            covers_more=test.covers_more,
            cannot_see=[self.words.cannot_see(change) for change in test.cannot_see],
            cost=test.cost,
            reason=self.words.reason(test),
            sources=[
                a.SourceAnswer(citation=self.words.source(source), verified=source.verified) for source in test.sources
            ],
        )


def panel(plan: TestPlan) -> a.PanelAnswer:
    """The smallest panel that holds most of the belief."""
    return a.PanelAnswer(genes=list(plan.panel.genes), mass=plan.panel.mass)
