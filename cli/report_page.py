"""A report as text for a terminal, every sentence from the service's dictionary; the numbers shown add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ontology.annotations import Aspect

if TYPE_CHECKING:
    from matching.report import Contribution, GeneDisease, ImpliedGene, NextFeature, RankedDisease, Report
    from ontology.features import Assertion
    from ontology.knowledge import Knowledge
    from service.models.plans import SourceAnswer
    from service.wording import Wording

_SHOWN_PAPERS = 4
#: Findings shown of one disease beside those that contradict it; the rest is one line, so that the sum is right.
_SHOWN_FINDINGS = 5
_SHOWN_GENES = 5
#: Characters from here on fill two columns of a terminal.
_NARROW = 0x2E80
_IN = " " * 8


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Writes reports about terms of one release in one language."""

    knowledge: Knowledge
    wording: Wording

    def lines(self, report: Report, notices: Iterable[str]) -> Iterator[str]:
        """The whole report; `notices` are sentences already."""
        word = self.wording.words
        yield f"{word['page.findings']} ({len(report.features)})"
        yield from self._findings(report)
        values = {"considered": f"{report.ranking.considered:,}", "findings": report.ranking.findings}
        yield from ("", f"{word['page.diseases']} ({word['page.diseases_of'].format(**values)})")
        for disease in report.ranking.diseases:
            yield from self._disease(disease)
        if report.ranking.diseases:
            yield from ("", f"{word['page.ask_next']} ({word['page.ask_next_hint']})")
            yield from self._questions(report.ranking.next_features)
            yield from ("", f"{word['page.implied_genes']} ({word['page.inheritance_of_disease']})")
            for gene in report.ranking.genes[:_SHOWN_GENES]:
                yield from self._gene(gene)
        yield from ("", word["page.tests"])
        yield from self._tests(report)
        yield from ("", *(f"{word['page.notices']}: {notice}" for notice in notices))
        sources = ", ".join(f"{source.name} {source.version}" for source in self.knowledge.manifest.sources)
        yield f"{word['page.release']} {report.knowledge}: {sources}."
        yield f"{word['page.draft']}. {word['page.disclaimer']}"

    def _findings(self, report: Report) -> Iterator[str]:
        for feature in report.features:
            said = dict.fromkeys(f"“{text}”" for m in feature.mentions if (text := getattr(m.evidence, "text", "")))
            label = self._label(feature.type)
            yield f"  {self._assertion(feature.assertion)} {feature.type}  {label}  {', '.join(said)}".rstrip()

    def _assertion(self, given: Assertion) -> str:
        """In columns: a Chinese character is as wide as two letters."""
        said = self.wording.words[f"page.{given.value}"]
        wide = sum(ord(sign) > _NARROW for sign in said)
        return said.ljust(12 - wide)

    def _label(self, id: str) -> str:
        """The label of a term, with the English one behind it where it is another."""
        english = self.wording.naming.label_en(id)
        return f"{self.wording.label(id)} ({english})" if english else self.wording.label(id)

    def _name(self, id: str, name: str) -> str:
        """The name of a disease, likewise."""
        shown = self.wording.naming.disease(id, name)
        return shown if shown == name else f"{shown} ({name})"

    def _disease(self, disease: RankedDisease) -> Iterator[str]:
        from service.adding_up import hundredths

        word = self.wording.words
        tie = f" ({word['page.tied'].format(count=disease.tied_with)})" if disease.tied_with else ""
        rank = f"{disease.rank:g}" if not disease.tied_with else _span(disease.rank, disease.tied_with)
        yield f"  {rank:>4}  {self._name(disease.id, disease.name)}  {', '.join((disease.id, *disease.also))}{tie}"
        shown, total = hundredths(disease.addends, disease.score)
        share = word["page.share"].format(percent=self.wording.percent(disease.probability or 0.0))
        kin = self.wording.from_kin(disease.from_kin)
        yield f"{_IN}{word['page.total']}: {_signed(total)} nats; {share}{f'; {kin}' if kin else ''}"
        of_findings = shown[: len(disease.contributions)]
        worth = sorted(zip(of_findings, disease.contributions, strict=True), key=lambda pair: -pair[0])
        against = [pair for pair in worth if pair[1] in disease.contradictions]
        others = [pair for pair in worth if pair not in against]
        for nats, part in others[:_SHOWN_FINDINGS]:
            yield f"{_IN}{_signed(nats)}  {self._met(part)}"
        if rest := others[_SHOWN_FINDINGS:]:
            more = word["page.further_findings"].format(count=len(rest))
            yield f"{_IN}{_signed(sum(nats for nats, _ in rest))}  {more}"
        for nats, part in against:
            yield f"{_IN}{_signed(nats)}  {word['page.against']}: {self._met(part)}"
        for nats, taken in zip(shown[len(of_findings) :], disease.circumstances, strict=False):
            yield f"{_IN}{_signed(nats)}  {self.wording.circumstance(taken)} {self._papers(taken.rows)}".rstrip()
        if disease.likeness is not None:
            nats = shown[len(of_findings) + len(disease.circumstances)]
            yield f"{_IN}{_signed(nats)}  {self.wording.likeness(disease.likeness)}"
        if disease.prior is not None:
            name = "page.prior" if disease.prior.stated else "page.prior_unknown"
            yield f"{_IN}{_signed(shown[-1])}  {word[name].format(stated=disease.prior.stated)}"
        if disease.look_for:
            yield f"{_IN}{word['page.to_look_for']}:"
            for feature in disease.look_for:
                often = self.wording.frequency(feature.frequency)
                yield f"{_IN}  {self.wording.label(feature.term)}: {often} {self._papers(feature.rows)}".rstrip()
        if disease.look_for_more:
            yield f"{_IN}  {word['page.to_look_for_more'].format(count=disease.look_for_more)}"

    def _met(self, part: Contribution) -> str:
        diseases = self.knowledge.diseases
        kin = [self.wording.naming.disease(id, diseases.name(diseases.position(id))) for id in part.kin]
        met = f"{self.wording.label(part.feature)}: {self.wording.match(part, kin)} {self._papers(part.rows)}"
        return met.rstrip()

    def _questions(self, questions: tuple[NextFeature, ...]) -> Iterator[str]:
        from math import log

        word = self.wording.words
        if not questions:
            yield f"  {word['page.ask_next_none']}"
        for question in questions:
            bits = word["page.information"].format(bits=f"{question.nats / log(2):.2f}")
            yield f"  {self.wording.question(question.term, question.bedside)} {question.term}, {bits}"
            for key, bearings in (("for", question.speaks_for), ("against", question.speaks_against)):
                named = ((self.wording.naming.disease(each.disease, each.name), each.disease) for each in bearings)
                if names := "; ".join(f"{name} ({id})" for name, id in named):
                    yield f"{_IN}{word[f'page.speaks_{key}']}: {names}"

    def _gene(self, gene: ImpliedGene) -> Iterator[str]:
        rank = f"{gene.rank:g}" if not gene.tied_with else _span(gene.rank, gene.tied_with)
        yield f"  {rank:>4}  {gene.symbol}  {self.wording.percent(gene.belief)}"
        for disease in gene.diseases:
            name = self.wording.naming.disease(disease.disease, disease.name)
            yield f"{_IN}{name}, {disease.disease}: {self._inheritance(disease)}; {self._link(disease)}"
        if gene.diseases_more:
            yield f"{_IN}{self.wording.words['page.more_diseases'].format(count=gene.diseases_more)}"

    def _inheritance(self, disease: GeneDisease) -> str:
        rows = [self.knowledge.annotations.row(row) for row in disease.inheritance]
        said = [row for row in rows if row.aspect is Aspect.INHERITANCE and not row.excluded]
        modes = dict.fromkeys(self.wording.label(self.knowledge.terms.id(row.term)) for row in said)
        return ", ".join(modes) or self.wording.words["page.inheritance_unknown"]

    def _link(self, disease: GeneDisease) -> str:
        word = self.wording.words
        stated = disease.association not in {"", "NOT_STATED"}
        association = disease.association if stated else word["page.no_association"]
        return word["page.link"].format(association=association, source=disease.source, dated=disease.dated)

    def _tests(self, report: Report) -> Iterator[str]:
        """The plan as the service answers it: what has changed it, what goes first, then the tests."""
        from service.translate_tests import PlanTranslator

        word = self.wording.words
        plan = PlanTranslator.of(self.wording, frozenset(self.knowledge.genes.symbols)).plan(report.tests)
        for changed in plan.tests_done:
            yield f"  {changed.name}: {changed.words}"
        yield from (f"  {effect.words}" for effect in plan.family)
        for fast in plan.biochemical:
            yield f"  {word['page.biochemical']}: {fast.name}: {fast.reason}"
            yield from self._facts("page.samples", fast.samples)
            yield from self._sources(fast.sources)
        for test in plan.tests:
            yield f"  {test.name}: {test.reason}"
            if test.ordered_as:
                yield f"{_IN}{word['page.ordered_as'].format(code=test.ordered_as.code)} {test.ordered_as.name}"
            for key, said in (
                ("page.cannot_see", test.cannot_see),
                ("page.samples", test.samples),
                ("page.consent", test.consent),
                ("page.relatives", test.relatives),
                ("page.if_negative", [test.if_negative] if test.if_negative else []),
            ):
                yield from self._facts(key, said)
            yield from self._sources(test.sources)
        if plan.catalogue:
            yield f"  {word['page.catalogue'].format(name=plan.catalogue)}"

    def _facts(self, key: str, said: list[str]) -> Iterator[str]:
        yield from (f"{_IN}{self.wording.words[key]}: {each}" for each in said)

    def _sources(self, sources: list[SourceAnswer]) -> Iterator[str]:
        word = self.wording.words
        for source in sources:
            unverified = "" if source.verified else f" ({word['page.unverified']})"
            yield f"{_IN}{word['page.sources']}: {source.citation}{unverified}"

    def _papers(self, rows: tuple[int, ...]) -> str:
        annotations = self.knowledge.annotations
        references = dict.fromkeys(id for row in rows for id in annotations.row(row).references)
        if not references:
            return ""
        shown = ", ".join(list(references)[:_SHOWN_PAPERS])
        more = len(references) - _SHOWN_PAPERS
        return f"[{shown}{f' +{more}' if more > 0 else ''}]"


def _signed(hundredths: int) -> str:
    return f"{hundredths / 100:+.2f}"


def _span(rank: float, tied_with: int) -> str:
    """Ties are told as ties: two at the top share ranks 1 to 2."""
    return f"{rank - tied_with / 2:g}–{rank + tied_with / 2:g}"
