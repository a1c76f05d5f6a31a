"""Words put to what a plan says beside its tests: samples, consent, relatives, next steps, tests done, the family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.genetic_tests.known import TestDone
from matching.genetic_tests.proposal import (
    BiochemicalTest,
    DoneEffect,
    DoneKind,
    FamilyEffect,
    NextStep,
    TestSuggestion,
)
from service.wording import closed_up
from service.wording_tests import PlanWording


@dataclass(frozen=True, slots=True)
class OrderWording:
    """Sentences in the language of `plan`."""

    plan: PlanWording

    def said(self, group: str, values: Sequence[str]) -> list[str]:
        """Words for each of `values`, members of Sample, ConsentPoint or Relatives."""
        return [self.plan.wording.words[f"{group}.{value}"] for value in values]

    def if_negative(self, test: TestSuggestion, behind: TestSuggestion | None) -> str | None:
        """The next step where `test` shows nothing; `behind` is the test after it in the plan."""
        if test.if_negative is None:
            return None
        return self.plan.wording.sentences(self._next(test, test.if_negative, behind))

    def _next(self, test: TestSuggestion, step: NextStep, behind: TestSuggestion | None) -> Iterator[str]:
        words, lesion = self.plan.wording.words, test.lesion or test.adds
        if step is NextStep.NEXT_SUGGESTION and behind is not None:
            yield words["next.next_suggestion"].format(name=self.plan.name(behind))
        elif step is not NextStep.SECOND_LINE:
            yield words[f"next.{step.value}"]
        if lesion is not None:
            disease = self.plan.wording.naming.disease(lesion.disease_id, lesion.disease)
            key = "next.second_line" if step is NextStep.SECOND_LINE else "next.where_suspected"
            yield words[key].format(disease=disease, next=self.plan.from_table(lesion.second_line))

    def biochemical(self, test: BiochemicalTest) -> str:
        """Why a fast test goes first, as sentences."""
        return self.plan.wording.sentences(self._biochemical(test))

    def _biochemical(self, test: BiochemicalTest) -> Iterator[str]:
        words = self.plan.wording.words
        for first in test.covers[:1]:
            disease = self.plan.wording.naming.disease(first.disease, first.name)
            key = "reason.covers_several" if len(test.covers) > 1 else "reason.covers"
            yield words[key].format(disease=disease, percent=self.plan.share(test.mass))
            treatment = self.plan.from_table(test.treatment)
            yield words["biochemical.treatable"].format(disease=disease, treatment=treatment)
        if test.turnaround:
            yield words["biochemical.turnaround"].format(turnaround=self.plan.from_table(test.turnaround))

    def done_name(self, test: TestDone) -> str:
        """What a test that was done is called: its kind, its genes or locus, its year."""
        words = self.plan.wording.words
        name = words[f"modality.{test.modality}"]
        if test.target or len(test.genes) == 1:
            name = words["done.one_gene"].format(modality=name, gene=test.target or test.genes[0])
        elif test.genes:
            name = words["done.genes"].format(modality=name, count=len(test.genes))
        return name if test.year is None else words["done.year"].format(test=name, year=test.year)

    def done(self, effect: DoneEffect, unknown: Sequence[str]) -> str:
        """What a test that was done changes, as sentences; `unknown` are its genes that the release does not know."""
        return self.plan.wording.sentences(self._done(effect, unknown))

    def _done(self, effect: DoneEffect, unknown: Sequence[str]) -> Iterator[str]:
        words = self.plan.wording.words
        if effect.why is not None:
            yield words[f"done.unread.{effect.why.value}"]
        elif effect.kind is DoneKind.ANSWERED:
            yield words["done.answered"]
        elif effect.lowered > 0:
            yield words["done.lowered"].format(percent=self.plan.share(effect.lowered))
        if effect.kind is DoneKind.REANALYSE:
            yield words["done.reanalyse"].format(years=effect.years)
        if unknown:
            yield words["done.unknown_genes"].format(genes=words["list"].join(unknown))

    def family(self, effect: FamilyEffect) -> str:
        """What the family or the sex changes, as a sentence."""
        share, before = self.plan.share(effect.share), self.plan.share(effect.before)
        return closed_up(self.plan.wording.words[f"family.{effect.kind.value}"].format(share=share, before=before))
