"""A catalogue met with one release: which of its tests does what a plan asks for, at what cost.

Panels lie in rows of genes, so that the belief of thousands is summed at once. A price counts relative to the others of
its catalogue, on the scale of the model's costs: the median of price / modelled cost is one unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, panel_cost
from ontology.arrays import Ints, Rows
from ontology.knowledge import Knowledge

_WORD = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
#: Targets of lesion tests that look everywhere: any test of the modality without a narrower target does.
_EVERYWHERE = ("genome", "")
#: How a catalogue may write that a test looks everywhere.
_WHOLE = re.compile(r"genome|whole|karyotyp|全基因组|全外显子|染色体", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offers:
    """What a catalogue offers. Open it once for a catalogue; it is read-only.

    panels         rows    (panels,)        genes of each panel, indices into GeneLinks.symbols, those known alone
    panel_tests    int32   (panels,)        indices into `tests`
    panel_genes    int32   (panels,)        genes that the catalogue names, known to the release or not
    panel_detects  float64 (panels,)
    panel_costs    float64 (panels,)
    exome          index into `tests` of the exome or genome, -1 where there is none
    lesion_tests   int32   (lesion tests,)  index into `tests` that does each of LesionTable.tests, -1 where none does
    lesion_costs   float64 (lesion tests,)
    days           float64 (tests,)         of turnaround, NaN where the catalogue tells none
    """

    name: str
    tests: Sequence[CatalogueTest]
    panels: Rows
    panel_tests: Ints
    panel_genes: Ints
    panel_detects: NDArray[np.float64]
    panel_costs: NDArray[np.float64]
    exome: int
    exome_cost: float
    exome_detects: float
    lesion_tests: Ints
    lesion_costs: NDArray[np.float64]
    days: NDArray[np.float64]

    @classmethod
    def of(cls, knowledge: Knowledge, lesions: LesionTable, catalogue: Catalogue) -> Offers:
        """Meet `catalogue` with the release; tens of milliseconds for some thousands of tests."""
        tests = catalogue.tests
        costs = _costs(tests)
        place = {symbol: at for at, symbol in enumerate(knowledge.genes.symbols)}
        known = [sorted({place[gene] for gene in test.genes if gene in place}) for test in tests]
        panels = [i for i, test in enumerate(tests) if test.modality in ("gene_panel", "exome") and known[i]]
        exomes = [i for i, test in enumerate(tests) if test.modality == "exome" and not test.genes]
        exome = min(exomes, key=lambda i: costs[i], default=-1)
        does = _lesion_tests(lesions, tests, costs)
        modelled = np.array([test.cost for test in lesions.tests])
        return cls(
            name=f"{catalogue.name} {catalogue.version}".strip(),
            tests=tests,
            panels=Rows.of([known[i] for i in panels]),
            panel_tests=np.array(panels, np.int32),
            panel_genes=np.array([len(set(tests[i].genes)) for i in panels], np.int32),
            panel_detects=np.array([_detects(tests[i]) for i in panels], np.float64),
            panel_costs=np.array([costs[i] for i in panels], np.float64),
            exome=exome,
            exome_cost=costs[exome] if exome >= 0 else MODALITIES["exome"].cost,
            exome_detects=_detects(tests[exome]) if exome >= 0 else MODALITIES["exome"].detects,
            lesion_tests=does,
            lesion_costs=np.where(does >= 0, np.array([*costs, 0.0])[does], modelled),
            days=np.array([np.nan if test.days is None else test.days for test in tests], np.float64),
        )

    def panel_mass(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief that each panel holds, float64 (panels,), from that of each gene, float64 (genes,)."""
        running = np.concatenate(([0.0], np.cumsum(mass[self.panels.values])))
        held: NDArray[np.float64] = running[self.panels.pointers[1:]] - running[self.panels.pointers[:-1]]
        return held

    def waiting(self, tests: Ints, unit: float) -> NDArray[np.float64]:
        """Weight of the time that each of `tests` takes, 1 + days / unit: float64 of the shape of `tests`.

        A test whose days are not told, or that is not offered (-1), takes as long as the mean of the others.
        """
        days = np.array([*self.days, np.nan])[tests]
        usual = float(np.nanmean(self.days)) if np.isfinite(self.days).any() else 0.0
        weights: NDArray[np.float64] = 1.0 + np.where(np.isnan(days), usual, days) / unit
        return weights

    def by_code(self, code: str) -> CatalogueTest | None:
        """The test of that code; None where there is none."""
        return next((test for test in self.tests if test.code == code), None) if code else None


def _detects(test: CatalogueTest) -> float:
    return MODALITIES[test.modality].detects if test.sensitivity is None else test.sensitivity


def _modelled(test: CatalogueTest) -> float:
    if test.modality == "gene_panel" or (test.modality == "exome" and test.genes):
        return panel_cost(len(test.genes))
    return MODALITIES[test.modality].cost


def _costs(tests: Sequence[CatalogueTest]) -> list[float]:
    """Relative cost of each test: its price where it has one, else as modelled."""
    units = [test.price / _modelled(test) for test in tests if test.price]
    unit = float(np.median(units)) if units else 1.0
    return [test.price / unit if test.price else _modelled(test) for test in tests]


def _lesion_tests(lesions: LesionTable, tests: Sequence[CatalogueTest], costs: list[float]) -> Ints:
    """For each lesion test the catalogue's test that does it best: the most of its loci, then the cheapest; or -1."""
    found = np.full(len(lesions.tests), -1, np.int32)
    wanted: dict[str, list[int]] = {}
    for at, test in enumerate(tests):
        wanted.setdefault(test.modality, []).append(at)
    words = {at: _words(tests[at]) for kind in lesions.tests for at in wanted.get(kind.modality, ())}
    for index, kind in enumerate(lesions.tests):
        rows = [lesions.lesions[int(row)] for row in np.flatnonzero(lesions.test_of == index)]
        genes = {gene for lesion in rows for gene in lesion.genes}
        names = {lesion.disease.casefold() for lesion in rows}
        target = rows[0].target if rows else ""
        ranked = []
        for at in wanted.get(kind.modality, ()):
            test = tests[at]
            if target.casefold() in _EVERYWHERE:
                does = 1 if not test.genes and (not test.target or _WHOLE.search(test.target)) else 0
            else:
                does = _does(test, words[at], target, genes, names)
            if does:
                ranked.append((-does, costs[at], at))
        if ranked:
            found[index] = min(ranked)[2]
    return found


def _does(test: CatalogueTest, words: frozenset[str], target: str, genes: set[str], names: set[str]) -> int:
    """How well a test of the right modality does a lesion test: its target, else how many of its genes, else a name."""
    if target.casefold() in words or target.casefold() == test.target.casefold():
        return 1000
    held = len(genes & set(test.genes)) + len({gene for gene in genes if gene.casefold() in words})
    told = f"{test.name} {test.target}".casefold()
    return 10 * held if held else int(any(name in told for name in names))


def _words(test: CatalogueTest) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(f"{test.name} {test.target}"))
