"""From a plan of tests to the JSON of the service; words are put to it here, and nothing is decided."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.proposal import (
    BiochemicalTest,
    CoveredDisease,
    DoneEffect,
    TestPlan,
    TestSource,
    TestSuggestion,
)
from service.models import plans as p
from service.naming import Naming
from service.wording import Wording
from service.wording_orders import OrderWording
from service.wording_tests import PlanWording


@dataclass(frozen=True, slots=True)
class PlanTranslator:
    """Puts plans into answers, in one language; `symbols` are the genes that the release knows."""

    words: PlanWording
    orders: OrderWording
    naming: Naming
    symbols: Container[str]

    @classmethod
    def of(cls, wording: Wording, symbols: Container[str]) -> PlanTranslator:
        """In the language of `wording`."""
        words = PlanWording(wording)
        return cls(words, OrderWording(words), wording.naming, symbols)

    def plan(self, plan: TestPlan) -> p.PlanAnswer:
        """The plan, whose fields an answer takes over."""
        return p.PlanAnswer(
            tests=[self._test(test, plan, at) for at, test in enumerate(plan.tests)],
            panel=p.PanelAnswer(genes=list(plan.panel.genes), mass=plan.panel.mass),
            without_gene=plan.without_gene,
            biochemical=[self._biochemical(test) for test in plan.biochemical],
            tests_done=[self._done(effect) for effect in plan.done],
            family=[
                p.FamilyEffectAnswer(
                    kind=effect.kind, share=effect.share, before=effect.before, words=self.orders.family(effect)
                )
                for effect in plan.family
            ],
            catalogue=plan.catalogue or None,
        )

    def _test(self, test: TestSuggestion, plan: TestPlan, at: int) -> p.TestAnswer:
        behind = plan.tests[at + 1] if at + 1 < len(plan.tests) else None
        return p.TestAnswer(
            code=test.code,
            name=self.words.name(test),
            modality=test.modality,
            genes=list(test.genes),
            covers=self._covers(test.covers),
            covers_more=test.covers_more,
            cannot_see=[self.words.cannot_see(change) for change in test.cannot_see],
            cost=test.cost,
            reason=self.words.reason(test),
            sources=self._sources(test.sources),
            ordered_as=None if test.ordered_as is None else _order(test.ordered_as, plan.currency),
            offered=test.offered,
            samples=self.orders.said("sample", test.samples),
            consent=self.orders.said("consent", test.consent),
            relatives=self.orders.said("relatives", test.relatives),
            if_negative=self.orders.if_negative(test, behind),
            beside=None if test.beside is None else self._test(test.beside, plan, at),
        )

    def _biochemical(self, test: BiochemicalTest) -> p.BiochemicalAnswer:
        return p.BiochemicalAnswer(
            code=test.code,
            name=self.words.from_table(test.test),
            samples=self.orders.said("sample", test.samples),
            covers=self._covers(test.covers),
            reason=self.orders.biochemical(test),
            sources=self._sources((test.source,)),
        )

    def _done(self, effect: DoneEffect) -> p.DoneAnswer:
        test = effect.test
        unknown = [gene for gene in test.genes if gene not in self.symbols]
        return p.DoneAnswer(
            name=self.orders.done_name(test),
            modality=test.modality,
            result=test.result,
            year=test.year,
            kind=effect.kind,
            lowered=effect.lowered,
            words=self.orders.done(effect, unknown),
            unknown_genes=unknown,
        )

    def _covers(self, covers: Iterable[CoveredDisease]) -> list[p.CoveredAnswer]:
        return [
            p.CoveredAnswer(
                disease=covered.disease,
                name=self.naming.disease(covered.disease, covered.name),
                name_en=self.naming.disease_en(covered.disease, covered.name),
                posterior=covered.posterior,
                genes=list(covered.genes),
            )
            for covered in covers
        ]

    def _sources(self, sources: Iterable[TestSource]) -> list[p.SourceAnswer]:
        return [p.SourceAnswer(citation=self.words.source(each), verified=each.verified) for each in sources]


def _order(test: CatalogueTest, currency: str) -> p.OrderAnswer:
    return p.OrderAnswer(
        code=test.code,
        name=test.name,
        price=test.price,
        currency=currency or None if test.price is not None else None,
        days=test.days,
        sample=test.sample or None,
    )
