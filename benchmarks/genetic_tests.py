"""Suggest tests for published cases: `python -m benchmarks.genetic_tests CASES.jsonl[.gz]`.

Prints one JSON object (fractions) as the last line of stdout. A case counts where its gene is known, from the case line
or from the links of its disease. `--catalogue FILE`, which can be repeated (panels before the directory that names
them), suggests tests of these files.

gene_in_3_tests         the gene is in one of three suggested tests that look at 150 genes or fewer together, or the
                        disease's own lesion test is among them, or raised before them (of an exome the genes to read
                        first count, as a virtual panel; `..._without_exome` gives it none; `..._of_150_each` lets each
                        test have 150)
top20_genes             instead of any test: the gene is among the 20 likeliest
largest_panel           instead of any test: the gene is in the largest panel of the catalogue, of `..._genes` genes
panel90_holds_gene      the gene is in the smallest panel that holds 90 % of the belief (`answerable_...` of the cases
                        of which the release knows something beside the case's own papers, `answerable_linked_...` of
                        those whose gene the release links to the disease, which the panel can know of)
panel90_beyond_exome    that panel has more genes than the panels of a plan may have; `exome_where_beyond`: of these,
                        the plan has an exome and no panel put together for the patient
modality_right          of cases whose disease has a row in the lesion table: its test is among those suggested
lesion_first_elsewhere  of the others: a lesion test comes first all the same, or in one with the first
offered                 of the suggested tests: the catalogue has one that does it
flat                    the exome stands in for a panel
gene_linked             the ceiling: the release links the gene to the disease at all
ms_per_case, ms_slowest_case    of planning alone

and for patients who have just the typical features of a disease (benchmarks/typical.py), one row a disease with
`--table`:

typical_modality_first  of diseases with a row whose usual lesion short reads miss: the first test is of its modality,
                        or sequencing in one with the very assay of the lesion, as in `typical_with_sequencing`
                        (`typical_derived_...` of those whose lesion the release itself tells)
typical_missed          the others
typical_lesion_first_elsewhere  of 500 diseases found by sequencing: another assay is first, or in one with sequencing
                        (`typical_beside_elsewhere` of these alone)
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import Question, drawn, findings, question, read_cases
from benchmarks.evaluate import Bench, print_figures
from benchmarks.ranking import leaving_out
from benchmarks.typical import Plans, Typical, found_by_sequencing, missed_by_short_reads, table
from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues.genes import GeneNames
from matching.genetic_tests.catalogues.importing import read_catalogue
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.offers import Offers
from matching.genetic_tests.plan import PANEL_GENES, plan_tests
from matching.genetic_tests.proposal import TestPlan, TestSuggestion, assays
from matching.genetic_tests.rows import packaged_lesions
from matching.posterior import posterior
from ontology.arrays import Floats
from ontology.knowledge import Knowledge, root_folder


@dataclass(frozen=True, slots=True)
class Planned:
    """One case and its plan. `lesion` is the code of its disease's own test, where the lesion table has a row.

    `likeliest` are the symbols of the 20 likeliest genes.
    """

    plan: TestPlan
    genes: frozenset[str]
    likeliest: frozenset[str]
    lesion: str | None
    linked: bool
    answerable: bool
    seconds: float

    def in_panel(self) -> bool:
        """Whether the gene is in the virtual panel."""
        return bool(self.genes & set(self.plan.panel.genes))

    def in_tests(self, exome: bool = True) -> bool:
        """Whether the gene, or the lesion, is looked for by tests of together at most PANEL_GENES genes, in order."""
        if self.in_biochemical():
            return True
        left = PANEL_GENES
        for test in assays(self.plan.tests):
            if test.modality == "exome" and not exome:
                continue
            left -= len(test.genes)
            if left < 0:
                return False
            if self._looked_for(test):
                return True
        return False

    def in_tests_alone(self) -> bool:
        """Whether the gene, or the lesion, is looked for by a test that has at most PANEL_GENES genes itself."""
        alone = any(self._looked_for(test) and len(test.genes) <= PANEL_GENES for test in assays(self.plan.tests))
        return alone or self.in_biochemical()

    def in_biochemical(self) -> bool:
        """Whether the disease's own test is raised before all others."""
        return any(test.code == self.lesion for test in self.plan.biochemical)

    def lesion_first(self) -> bool:
        """Whether a test that is no sequencing comes first, or in one with it."""
        first = list(assays(self.plan.tests[:1]))
        return any(test.modality not in ("gene_panel", "exome") for test in first)

    def flat(self) -> bool:
        """Whether the exome stands in for a panel."""
        return {"exome"} == {test.modality for test in self.plan.tests} & {"exome", "gene_panel"}

    def beyond_exome(self) -> bool:
        """Whether the virtual panel has more genes than panels of a plan may have."""
        return len(self.plan.panel.genes) > PANEL_GENES

    def advises_exome(self) -> bool:
        """Whether an exome, and no panel put together for the patient, is among the tests."""
        codes = {test.code for test in self.plan.tests}
        return "exome:trio" in codes and "gene_panel:virtual" not in codes

    def _looked_for(self, test: TestSuggestion) -> bool:
        return test.code == self.lesion or bool(self.genes & set(test.genes))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    chosen = _parser().parse_args(arguments)
    knowledge = Knowledge.open(root_folder(chosen.knowledge))
    cases = read_cases(chosen.cases)
    leave_out = leaving_out(knowledge, cases) if chosen.leave_publication_out else None
    asked = drawn(cases, chosen.per_disease, chosen.seed)[: chosen.limit]
    questions = []
    for case in asked:
        found = findings(case.observed, knowledge.terms)
        ready = question(case, dict.fromkeys(found, 1.0), knowledge.diseases)
        if ready is not None:
            questions.append(ready)
    lesions = LesionTable.open(knowledge)
    catalogue = read_catalogues(chosen.catalogue, knowledge)
    offers = None if catalogue is None else Offers.of(knowledge, lesions, catalogue)
    plans: Plans = partial(_plan, knowledge, lesions, offers)
    bench = Bench(knowledge, "lm", "all", leave_out)
    planned = list(_planned(bench, questions, _genes(chosen.cases), lesions, plans))
    as_is = Bench(knowledge, bench.measure, "all", None)
    missed = list(missed_by_short_reads(as_is, lesions, plans))
    derived = list(missed_by_short_reads(as_is, lesions, plans, derived=True))
    sequenced = list(found_by_sequencing(as_is, lesions, plans, chosen.seed))
    if chosen.table:
        print("\n".join(table(knowledge, missed)))
    print_figures({**_figures(planned), **_largest(planned, catalogue), **_typical(missed, derived, sequenced)})


def read_catalogues(files: Sequence[Path], knowledge: Knowledge) -> Catalogue | None:
    """The tests of all files as one catalogue, None where there is no file; raises CatalogueRefused.

    The panels of a directory are looked up in the files before it.
    """
    read: list[Catalogue] = []
    names = GeneNames.of(knowledge.genes)
    for file in files:
        reading = read_catalogue(file, names, panels=read)
        print(f"{file.name}: {json.dumps(reading.counts())}", file=sys.stderr)
        read.append(Catalogue(file.name, "", reading.tests))
    tests: list[CatalogueTest] = [test for catalogue in read for test in catalogue.tests]
    return Catalogue(" + ".join(catalogue.name for catalogue in read), "", tuple(tests)) if read else None


def _plan(knowledge: Knowledge, lesions: LesionTable, offers: Offers | None, belief: Floats) -> TestPlan:
    return plan_tests(knowledge, belief, lesions, offers=offers)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.genetic_tests", description="Suggest genetic tests.")
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--leave-publication-out", action="store_true")
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="suggest tests of it; can be repeated",
    )
    parser.add_argument("--table", action="store_true", help="one row for each disease whose lesion short reads miss")
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
    bench: Bench,
    questions: Sequence[Question],
    genes: dict[str, frozenset[str]],
    lesions: LesionTable,
    plans: Plans,
) -> Iterator[Planned]:
    knowledge = bench.knowledge
    rows = {row.disease_id for row in packaged_lesions()} - {row.disease_id for row in lesions.unresolved}
    codes = {
        int(d): lesion.code
        for d, lesion in zip(lesions.diseases, lesions.lesions, strict=True)
        if lesion.disease_id in rows
    }
    for done, (at, scores, answerable) in enumerate(bench.scored(questions), 1):
        asked = questions[at]
        belief = posterior(scores, len(asked.present))
        links = {link.symbol for d in asked.true for link in knowledge.genes.links(d)}
        gene = genes.get(asked.id) or frozenset(links)
        if gene:
            started = time.perf_counter()
            plan = plans(belief)
            seconds = time.perf_counter() - started
            lesion = next((codes[d] for d in asked.true if d in codes), None)
            likeliest = _likeliest(knowledge, lesions, belief)
            yield Planned(plan, gene, likeliest, lesion, bool(gene & links), answerable, seconds)
        if done % 500 == 0:
            print(f"{done} of {len(questions)} cases", file=sys.stderr)


def _likeliest(knowledge: Knowledge, lesions: LesionTable, belief: Floats, count: int = 20) -> frozenset[str]:
    symbols = knowledge.genes.symbols
    mass = lesions.genes.mass(np.asarray(belief, np.float64), len(symbols))
    return frozenset(symbols.several(np.argsort(-mass, kind="stable")[:count]))


def _figures(planned: Sequence[Planned]) -> dict[str, Any]:
    with_lesion = [p for p in planned if p.lesion is not None]
    answerable = [p for p in planned if p.answerable]
    seconds = [p.seconds for p in planned] or [0.0]
    offered = [test.offered for p in planned for test in assays(p.plan.tests) if test.offered is not None]
    return {
        "n": len(planned),
        "gene_in_3_tests": _share([p.in_tests() for p in planned]),
        "gene_in_3_tests_without_exome": _share([p.in_tests(exome=False) for p in planned]),
        "gene_in_3_tests_of_150_each": _share([p.in_tests_alone() for p in planned]),
        "top20_genes": _share([bool(p.genes & p.likeliest) for p in planned]),
        "panel90_holds_gene": _share([p.in_panel() for p in planned]),
        "answerable_n": len(answerable),
        "answerable_panel90_holds_gene": _share([p.in_panel() for p in answerable]),
        "answerable_linked_n": sum(p.linked for p in answerable),
        "answerable_linked_panel90_holds_gene": _share([p.in_panel() for p in answerable if p.linked]),
        "panel90_median_genes": _median([len(p.plan.panel.genes) for p in planned]),
        "answerable_linked_panel90_median_genes": _median([len(p.plan.panel.genes) for p in answerable if p.linked]),
        "panel90_beyond_exome": _share([p.beyond_exome() for p in planned]),
        "exome_where_beyond": _share([p.advises_exome() for p in planned if p.beyond_exome()]),
        "modality_n": len(with_lesion),
        "modality_right": _share(
            [p.in_biochemical() or any(t.code == p.lesion for t in assays(p.plan.tests)) for p in with_lesion]
        ),
        "modality_right_first": _share(
            [p.in_biochemical() or p.lesion in {t.code for t in assays(p.plan.tests[:1])} for p in with_lesion]
        ),
        "lesion_first_elsewhere": _share([p.lesion_first() for p in planned if p.lesion is None]),
        "offered": _share([bool(each) for each in offered]),
        "flat": _share([p.flat() for p in planned]),
        "median_genes_in_tests": _median(
            [len({g for test in assays(p.plan.tests) for g in test.genes}) for p in planned]
        ),
        "gene_linked": _share([p.linked for p in planned]),
        "ms_per_case": round(1000 * float(np.median(seconds)), 2),
        "ms_slowest_case": round(1000 * max(seconds), 2),
    }


def _largest(planned: Sequence[Planned], catalogue: Catalogue | None) -> dict[str, Any]:
    """How often the largest panel of the catalogue would hold the gene; None without a catalogue."""
    panels = [] if catalogue is None else [test for test in catalogue.tests if test.modality == "gene_panel"]
    largest = max(panels, key=lambda test: len(test.genes), default=None)
    if largest is None:
        return {"largest_panel": None}
    held = set(largest.genes)
    return {"largest_panel": _share([bool(p.genes & held) for p in planned]), "largest_panel_genes": len(held)}


def _typical(missed: Sequence[Typical], derived: Sequence[Typical], sequenced: Sequence[Typical]) -> dict[str, Any]:
    return {
        "typical_n": len(missed),
        "typical_modality_first": _share([patient.right() for patient in missed]),
        "typical_missed": [p.lesion.disease_id for p in missed if p.lesion is not None and not p.right()],
        "typical_with_sequencing": _share([len(patient.first()) > 1 for patient in missed]),
        "typical_derived_n": len(derived),
        "typical_derived_modality_first": _share([patient.right() for patient in derived]),
        "typical_sequencing_n": len(sequenced),
        "typical_lesion_first_elsewhere": _share([not patient.right() for patient in sequenced]),
        "typical_beside_elsewhere": _share([len(patient.first()) > 1 for patient in sequenced]),
    }


def _median(counts: Sequence[int]) -> float:
    return float(np.median(counts)) if counts else 0.0


def _share(hits: Sequence[bool]) -> float | None:
    return round(float(np.mean(hits)), 4) if hits else None


if __name__ == "__main__":
    main()
