"""Suggest tests for published cases: `python -m benchmarks.genetic_tests CASES.jsonl[.gz]`.

Prints one JSON object (fractions) as the last line of stdout. A case counts where its gene is known, from the case line
or from the links of its disease.

gene_in_3_tests         the gene is in a suggested test of at most 150 genes, or the disease's own lesion test is among
                        them (of an exome only the genes to read first count)
panel90_holds_gene      the gene is in the smallest panel that holds 90 % of the belief (`answerable_...` of the cases
                        of which the release knows something beside the case's own papers, `answerable_linked_...` of
                        those whose gene the release links to the disease, which the panel can know of)
modality_right          of cases whose disease has a row in the lesion table: its test is among those suggested
lesion_first_elsewhere  of the others: a lesion test comes first all the same
flat                    the exome stands in for a panel
gene_linked             the ceiling: the release links the gene to the disease at all
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.cases import Question, drawn, findings, question, read_cases
from benchmarks.evaluate import Bench, print_figures
from benchmarks.leave_out import LeaveOut
from benchmarks.ranking import leaving_out
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.plan import PANEL_GENES, plan_tests
from matching.genetic_tests.proposal import TestPlan
from matching.genetic_tests.rows import packaged_lesions
from matching.posterior import posterior
from ontology.arrays import Floats
from ontology.knowledge import Knowledge, root_folder


@dataclass(frozen=True, slots=True)
class Planned:
    """One case and its plan. `lesion` is the code of its disease's own test, where the lesion table has a row."""

    plan: TestPlan
    genes: frozenset[str]
    lesion: str | None
    linked: bool
    answerable: bool
    seconds: float

    def in_panel(self) -> bool:
        """Whether the gene is in the virtual panel."""
        return bool(self.genes & set(self.plan.panel.genes))

    def in_tests(self, count_exome: bool = True) -> bool:
        """Whether the gene, or the lesion, is looked for by a test of at most PANEL_GENES genes."""
        return any(
            test.code == self.lesion or (len(test.genes) <= PANEL_GENES and bool(self.genes & set(test.genes)))
            for test in self.plan.tests
            if count_exome or test.modality != "exome"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = _parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    genes = _genes(chosen.cases)
    asked = drawn(cases, chosen.per_disease, chosen.seed)[: chosen.limit]
    questions = []
    for case in asked:
        found = findings(case.observed, knowledge.terms)
        ready = question(case, dict.fromkeys(found, 1.0), knowledge.diseases)
        if ready is not None:
            questions.append(ready)
    print_figures(_figures(list(_planned(knowledge, questions, leave_out, genes))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.genetic_tests", description="Suggest genetic tests.")
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--leave-publication-out", action="store_true")
    parser.add_argument("--per-disease", type=int, metavar="N", help="draw at most N cases of each disease")
    parser.add_argument("--seed", type=int, default=618)
    parser.add_argument("--limit", type=int, metavar="N", help="the first N cases alone")
    parser.add_argument("--knowledge", type=Path, help="where compiled releases lie")
    return parser


def _genes(path: Path) -> dict[str, frozenset[str]]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    lines = (json.loads(line) for line in text.splitlines() if line.strip())
    return {str(line["id"]): frozenset(line.get("genes", ())) for line in lines}


def _planned(
    knowledge: Knowledge,
    questions: Sequence[Question],
    leave_out: LeaveOut | None,
    genes: dict[str, frozenset[str]],
) -> Iterator[Planned]:
    table = LesionTable.open(knowledge)
    rows = {row.disease_id for row in packaged_lesions()} - {row.disease_id for row in table.unresolved}
    codes = {
        int(d): lesion.code
        for d, lesion in zip(table.diseases, table.lesions, strict=True)
        if lesion.disease_id in rows
    }
    for done, (asked, belief, answerable) in enumerate(_beliefs(knowledge, questions, leave_out), 1):
        links = {link.symbol for d in asked.true for link in knowledge.genes.links(d)}
        gene = genes.get(asked.id) or frozenset(links)
        if gene:
            started = time.perf_counter()
            plan = plan_tests(knowledge, belief, table)
            seconds = time.perf_counter() - started
            lesion = next((codes[d] for d in asked.true if d in codes), None)
            yield Planned(plan, gene, lesion, bool(gene & links), answerable, seconds)
        if done % 500 == 0:
            print(f"{done} of {len(questions)} cases", file=sys.stderr)


def _beliefs(
    knowledge: Knowledge, questions: Sequence[Question], leave_out: LeaveOut | None
) -> Iterator[tuple[Question, Floats, bool]]:
    """Each question with the posterior over diseases, float32 (diseases,), and whether anything of it is left."""
    bench = Bench(knowledge, "lm", "all", leave_out)
    for at, scores, answerable in bench.scored(questions):
        asked = questions[at]
        yield asked, posterior(scores, len(asked.present)), answerable


def _figures(planned: Sequence[Planned]) -> dict[str, float | int | None]:
    with_lesion = [p for p in planned if p.lesion is not None]
    without = [p for p in planned if p.lesion is None]
    return {
        "n": len(planned),
        "gene_in_3_tests": _share([p.in_tests() for p in planned]),
        "gene_in_3_tests_without_exome": _share([p.in_tests(count_exome=False) for p in planned]),
        "panel90_holds_gene": _share([p.in_panel() for p in planned]),
        "answerable_n": sum(p.answerable for p in planned),
        "answerable_panel90_holds_gene": _share([p.in_panel() for p in planned if p.answerable]),
        "answerable_linked_n": sum(p.answerable and p.linked for p in planned),
        "answerable_linked_panel90_holds_gene": _share([p.in_panel() for p in planned if p.answerable and p.linked]),
        "panel90_median_genes": float(np.median([len(p.plan.panel.genes) for p in planned])) if planned else 0.0,
        "modality_n": len(with_lesion),
        "modality_right": _share([any(t.code == p.lesion for t in p.plan.tests) for p in with_lesion]),
        "modality_right_first": _share(
            [p.plan.tests[:1] != () and p.plan.tests[0].code == p.lesion for p in with_lesion]
        ),
        "lesion_first_elsewhere": _share([_lesion_first(p.plan) for p in without]),
        "flat": _share([_flat(p.plan) for p in planned]),
        "median_genes_in_tests": float(np.median([_tested(p.plan) for p in planned])) if planned else 0.0,
        "gene_linked": _share([p.linked for p in planned]),
        "ms_per_case": round(1000 * float(np.median([p.seconds for p in planned])), 2) if planned else 0.0,
    }


def _tested(plan: TestPlan) -> int:
    return len({gene for test in plan.tests for gene in test.genes})


def _lesion_first(plan: TestPlan) -> bool:
    return bool(plan.tests) and plan.tests[0].modality not in ("gene_panel", "exome")


def _flat(plan: TestPlan) -> bool:
    return {"exome"} == {test.modality for test in plan.tests} & {"exome", "gene_panel"}


def _share(hits: Sequence[bool]) -> float | None:
    return round(float(np.mean(hits)), 4) if hits else None


if __name__ == "__main__":
    main()
