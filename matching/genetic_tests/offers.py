"""A catalogue met with one release: which of its tests does what a plan asks for, at what cost.

Panels lie in rows of genes, so that the belief of thousands is summed at once. A price counts relative to the others of
its catalogue, on the scale of the model's costs: the median of price / modelled cost is one unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.known import Known, TestDone
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, panel_cost
from ontology.arrays import Bools, Ints, Rows
from ontology.knowledge import Knowledge

_WORD = re.compile(r"[^\W_]+(?:[.\-][^\W_]+)*")
#: Targets of lesion tests that look everywhere: any test of the modality without a narrower target does.
_EVERYWHERE = ("genome", "")
#: What panels lend to their genes (see Offers.read_first). On 748 open cases, leave-publication-out, the gene was in
#: three tests of together 150 genes in .650 at 0, .02, .05 and .1, and .651 at .2, with a decline of 1.5; in .647 at
#: .05 with a decline of 1. It decides next to nothing there, and is kept for genes that no disease is linked to yet.
LENT = 0.2
LENT_DECLINE = 1.5
#: How a catalogue may write that a test looks everywhere.
#: Tests for patients other than a living one with findings are not suggested.
_OTHER_PATIENTS = re.compile(
    r"\b(fo?etal|fo?etus|prenatal|carriers?|pregnan\w*|miscarriage|newborn screening|NIPD)\b|产前|胎儿|携带者|流产",
    re.IGNORECASE,
)
#: Of several microarrays that look at the whole genome, that for the indications that the guideline names (see
#: modalities.MICROARRAY_FIRST): developmental delay, intellectual disability, malformations.
_MICROARRAY_FOR = re.compile(r"developmental|intellectual|malformation|dysmorph|发育|智力|畸形", re.IGNORECASE)
_FOR_ACUTE = re.compile(r"\b(acute\w*|rapid|urgent|stat)\b|急|快速", re.IGNORECASE)
#: Words of disease names that tell nothing of the disease.
_GENERAL = frozenset({"syndrome", "disease", "disorder"})
#: Modalities that look at one locus: a list of more genes than this is that of another test beside it.
_ONE_LOCUS = ("methylation", "repeat_pcr", "southern", "targeted_variant")
_MOST_LOCI = 30
_WHOLE = re.compile(r"genome|whole|karyotyp|全基因组|全外显子|染色体", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offers:
    """What a catalogue offers. Open it once for a catalogue; it is read-only.

    symbols        genes of the release, in its order, then those of the catalogue that it does not know
    panels         rows    (panels,)        genes of each panel, indices into `symbols`
    repeated       bool    (panels,)        an earlier panel has the same genes
    panel_tests    int32   (panels,)        indices into `tests`
    panel_detects  float64 (panels,)
    panel_costs    float64 (panels,)
    exome          index into `tests` of the exome or genome, -1 where there is none
    exome_acute    that for an acutely ill patient: the fastest, or the one whose name says so
    lesion_tests   int32   (lesion tests,)  index into `tests` that does each of LesionTable.tests, -1 where none does
    lesion_costs   float64 (lesion tests,)
    days           float64 (tests,)         of turnaround, NaN where the catalogue tells none
    """

    name: str
    tests: Sequence[CatalogueTest]
    symbols: tuple[str, ...]
    panels: Rows
    repeated: Bools
    panel_tests: Ints
    panel_detects: NDArray[np.float64]
    panel_costs: NDArray[np.float64]
    exome: int
    exome_acute: int
    exome_cost: float
    exome_detects: float
    lesion_tests: Ints
    lesion_costs: NDArray[np.float64]
    days: NDArray[np.float64]
    currency: str = ""

    @classmethod
    def of(cls, knowledge: Knowledge, lesions: LesionTable, catalogue: Catalogue) -> Offers:
        """Meet `catalogue` with the release; tens of milliseconds for some thousands of tests."""
        tests = catalogue.tests
        costs = _costs(tests)
        named = (gene for test in tests for gene in test.genes)
        place = {symbol: at for at, symbol in enumerate(dict.fromkeys((*knowledge.genes.symbols, *named)))}
        usable = [i for i, test in enumerate(tests) if not _OTHER_PATIENTS.search(test.name)]
        panels = [i for i in usable if tests[i].modality in ("gene_panel", "exome") and tests[i].genes]
        exomes = [i for i in usable if tests[i].modality == "exome" and not tests[i].genes]
        acute = {i: _FOR_ACUTE.search(tests[i].name) is not None for i in exomes}
        exome = min(exomes, key=lambda i: (acute[i], costs[i]), default=-1)
        fastest = min(exomes, key=lambda i: (tests[i].days or np.inf, not acute[i], costs[i]), default=-1)
        does = _lesion_tests(lesions, tests, costs, usable)
        modelled = np.array([test.cost for test in lesions.tests])
        return cls(
            name=f"{catalogue.name} {catalogue.version}".strip(),
            tests=tests,
            symbols=tuple(place),
            panels=Rows.of([sorted({place[gene] for gene in tests[i].genes}) for i in panels]),
            repeated=_repeated([frozenset(tests[i].genes) for i in panels]),
            panel_tests=np.array(panels, np.int32),
            panel_detects=np.array([_detects(tests[i]) for i in panels], np.float64),
            panel_costs=np.array([costs[i] for i in panels], np.float64),
            exome=exome,
            exome_acute=fastest,
            exome_cost=costs[exome] if exome >= 0 else MODALITIES["exome"].cost,
            exome_detects=_detects(tests[exome]) if exome >= 0 else MODALITIES["exome"].detects,
            lesion_tests=does,
            lesion_costs=np.where(does >= 0, np.array([*costs, 0.0])[does], modelled),
            days=np.array([np.nan if test.days is None else test.days for test in tests], np.float64),
            currency=catalogue.currency,
        )

    def panel_mass(self, mass: NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief that each panel holds, float64 (panels,), from that of each gene of the release, float64 (genes,)."""
        if not len(self.panels):
            return np.zeros(0)
        whole = np.zeros(len(self.symbols))
        whole[: len(mass)] = mass
        return np.add.reduceat(whole[self.panels.values], self.panels.pointers[:-1])  # no panel is empty

    def sizes(self) -> NDArray[np.int64]:
        """Genes of each panel: int64 (panels,)."""
        return np.diff(self.panels.pointers)

    def read_first(self, mass: NDArray[np.float64], count: int, read: Bools) -> NDArray[np.int64]:
        """The `count` genes that an exome reads first, indices into `symbols`, by the belief of each and of its panels.

        A gene of panels that hold belief is likelier than its own diseases tell: their annotations are not complete,
        and some genes are not linked to a disease yet. Each panel gives LENT of the belief it holds to its genes, the
        less the more it has: LENT * held / genes ** LENT_DECLINE. `read` bool (genes,) are passed over.
        """
        sizes = np.maximum(self.sizes(), 1)
        lent = LENT * self.panel_mass(mass) / sizes**LENT_DECLINE
        lent[self.repeated] = 0.0
        spread = np.repeat(lent, self.sizes())
        scores = np.asarray(np.bincount(self.panels.values, spread, len(self.symbols)), np.float64)
        scores[: len(mass)] += mass
        scores[: len(read)][read] = 0.0
        held = np.flatnonzero(scores > 0)
        return held[np.argsort(-scores[held], kind="stable")][: max(count, 0)]

    def waiting(self, tests: Ints, unit: float) -> NDArray[np.float64]:
        """Weight of the time that each of `tests` takes, 1 + days / unit: float64 of the shape of `tests`.

        A test whose days are not told, or that is not offered (-1), takes as long as the mean of the others.
        """
        days = np.array([*self.days, np.nan])[tests]
        usual = float(np.nanmean(self.days)) if np.isfinite(self.days).any() else 0.0
        weights: NDArray[np.float64] = 1.0 + np.where(np.isnan(days), usual, days) / unit
        return weights

    def told(self, known: Known) -> Known:
        """The same with the genes and target of tests done under a code of this catalogue that tell neither."""
        return replace(known, done=tuple(self._told(test) for test in known.done))

    def _told(self, test: TestDone) -> TestDone:
        if not test.code or test.genes or test.target:
            return test
        named = (own for own in self.tests if own.code == test.code and own.modality == test.modality)
        own = next(named, None)
        return test if own is None else replace(test, genes=own.genes, target=own.target)


def _repeated(panels: list[frozenset[str]]) -> Bools:
    seen: set[frozenset[str]] = set()
    found = []
    for genes in panels:
        found.append(genes in seen)
        seen.add(genes)
    return np.array(found, np.bool_)


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


def _lesion_tests(lesions: LesionTable, tests: Sequence[CatalogueTest], costs: list[float], usable: list[int]) -> Ints:
    """For each lesion test the test of the catalogue that does it best, or -1.

    One that is called as a disease it looks for goes first, then the most loci, the fewest other genes, the cheapest.
    """
    found = np.full(len(lesions.tests), -1, np.int32)
    wanted: dict[str, list[int]] = {}
    for at in usable:
        wanted.setdefault(tests[at].modality, []).append(at)
    words = {
        at: _words(f"{tests[at].name} {tests[at].target}")
        for kind in lesions.tests
        for at in wanted.get(kind.modality, ())
    }
    for index, kind in enumerate(lesions.tests):
        rows = [lesions.lesions[int(row)] for row in np.flatnonzero(lesions.test_of == index)]
        genes = {gene for lesion in rows for gene in lesion.genes}
        names = {lesion.disease.casefold() for lesion in rows}
        called = {_words(name) - _GENERAL for name in names} - {frozenset()}
        target = rows[0].target if rows else ""
        ranked = []
        for at in wanted.get(kind.modality, ()):
            test = tests[at]
            if target.casefold() in _EVERYWHERE:
                everywhere = not test.genes and (not test.target or _WHOLE.search(test.target))
                does = (2 if _MICROARRAY_FOR.search(test.name) else 1) if everywhere else 0
            else:
                does = _does(test, words[at], target, genes, names)
            if does:
                by_name = any(name <= words[at] for name in called)
                ranked.append((not by_name, -does, len(test.genes), costs[at], at))
        if ranked:
            found[index] = min(ranked)[-1]
    return found


def _does(test: CatalogueTest, words: frozenset[str], target: str, genes: set[str], names: set[str]) -> int:
    """How well a test of the right modality does a lesion test: its target, else how many of its genes, else a name."""
    if target.casefold() in words or target.casefold() == test.target.casefold():
        return 1000
    listed = test.genes if test.modality not in _ONE_LOCUS or len(test.genes) <= _MOST_LOCI else ()
    held = len(genes & set(listed)) + len({gene for gene in genes if gene.casefold() in words})
    told = f"{test.name} {test.target}".casefold()
    return 10 * held if held else int(any(name in told for name in names))


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))
