"""The order of tests for a posterior over diseases.

1. Belief is summed per test that looks for a lesion of its own (see lesions) and per gene.
2. A lesion test goes first where its belief per cost exceeds that of sequencing the likeliest genes.
3. Then the virtual panel: the fewest genes that hold most of the belief sequencing can show.
4. Where even the largest panel holds too little, because the posterior is flat or its diseases have no known gene: trio
   exome or genome, and microarray.
5. What room is left goes to what a negative result leaves most likely.

This is a greedy weighted cover: each step takes the test with the most belief left, times the share of patients it
finds, per cost (the greedy rule for weighted set cover, Chvatal 1979, doi:10.1287/moor.4.3.233, unverified).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, panel_cost
from matching.genetic_tests.proposal import TestPlan, TestSuggestion, VirtualPanel
from matching.genetic_tests.suggest import exome_suggestion, lesion_suggestion, panel_suggestion
from ontology.arrays import Bools, Floats
from ontology.errors import InputError
from ontology.knowledge import Knowledge

#: Share of the belief among diseases with a gene that the virtual panel of a plan holds.
PANEL_SHARE = 0.9
#: A panel suggested as a test holds this share of the belief that sequencing can show: a further gene costs little, a
#: missed one costs the diagnosis. Measured on 748 open cases (`python -m benchmarks.genetic_tests CASES
#: --leave-publication-out --per-disease 2`): the gene was in three tests in .54 at .90, .55 at .95, .57 at .98 and .59
#: at .999, with 135, 160, 201 and 223 genes in all of a plan's tests (median).
TEST_SHARE = 0.98
#: Genes of the largest panel suggested as a test.
PANEL_GENES = 150
#: A gene below this belief is not added to a panel: it keeps a sure posterior from dragging a long tail along.
GENE_FLOOR = 0.0002
#: A lesion test that would resolve less belief is not suggested. Measured on 44 open cases (8 a disease) whose disease
#: has a row: the right test was among three in .59 at .005, .57 at .01, .52 at .02, .48 at .05; on the 748 above the
#: gene was in three tests in .575 at .005 and .01, .576 at .02. 44 cases decide little: below a hundredth a test is
#: hard to defend to a clinician.
LESION_FLOOR = 0.01
#: With less belief than this left, sequencing is not suggested. A modelling choice.
SEQUENCING_FLOOR = 0.1
#: Share of diseases without a known gene that the exome is credited with. A modelling choice: 0, .1 and .3 gave .574,
#: .575 and .575 on the 748 cases above.
UNKNOWN_GENE = 0.1
#: A panel is given up for the exome where it would hold less than this share of the belief that sequencing can show.
#: .3, .5 and .7 gave .575 alike; below a half, limiting the search loses more than it finds.
FLAT = 0.5

_MICROARRAY = "microarray:genome"


def plan_tests(
    knowledge: Knowledge, belief: Floats, lesions: LesionTable, limit: int = 3, panel_genes: int = PANEL_GENES
) -> TestPlan:
    """Suggest at most `limit` tests, in the order to send them.

    `belief` is the calibrated posterior: (diseases,), summing to 1. Raises InputError where it is not.
    """
    posterior = _checked(belief, len(knowledge.diseases))
    bench = _Bench.at(knowledge, lesions, posterior, panel_genes)
    tests: list[TestSuggestion] = []
    if limit > 0:
        _lesions_before_sequencing(bench, tests, limit)
        _sequencing(bench, tests, limit)
        _what_is_left(bench, tests, limit)
    return TestPlan(tuple(tests), bench.virtual_panel(), float(posterior[~lesions.genes.linked].sum()))


@dataclass(frozen=True, slots=True)
class _Sequencing:
    """How to sequence now: `genes` likeliest first, the belief left that they hold, and belief found per cost."""

    genes: NDArray[np.int64]
    held: float
    flat: bool
    ratio: float


@dataclass(slots=True)
class _Bench:
    """One plan in the making.

    `left` is the belief that the tests so far would leave unresolved, float64 (diseases,); `unread` is the share of
    each disease whose genes have not been sequenced, float64 (diseases,); `read` marks sequenced genes, bool (genes,).
    """

    knowledge: Knowledge
    lesions: LesionTable
    belief: NDArray[np.float64]
    panel_genes: int
    left: NDArray[np.float64]
    unread: NDArray[np.float64]
    read: Bools
    unread_exome: bool = True
    taken: set[int] = field(default_factory=set)

    @classmethod
    def at(cls, knowledge: Knowledge, lesions: LesionTable, belief: NDArray[np.float64], panel_genes: int) -> _Bench:
        """The bench before any test."""
        genes = len(knowledge.genes.symbols)
        every = lesions.genes.covered(np.ones(genes, bool), len(belief))
        return cls(knowledge, lesions, belief, panel_genes, belief.copy(), every, np.zeros(genes, bool))

    def visible(self) -> NDArray[np.float64]:
        """Belief left that sequencing of the unread genes can show: float64 (diseases,).

        A lesion test and sequencing find different patients of one disease, so the smaller of the two bounds holds.
        """
        return np.minimum(self.left, self.belief * self.lesions.exome_sees * self.unread)

    def ranked_genes(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Genes with any of `weights` behind them, likeliest first (ties in order of symbol), and their running sum."""
        mass = self.lesions.genes.mass(weights, len(self.read))
        mass[self.read] = 0.0
        held = np.flatnonzero(mass > 0)
        order = held[np.argsort(-mass[held], kind="stable")]
        return order, np.cumsum(mass[order])

    def sequencing(self) -> _Sequencing:
        """A panel of the likeliest genes, or where that holds too little, the exome with these genes to read first."""
        visible = self.visible()
        genes, running = self.ranked_genes(visible)
        size = min(_prefix(running, TEST_SHARE), self.panel_genes)
        held = float(running[size - 1]) if size else 0.0
        total = float(visible.sum())
        if not size or total < SEQUENCING_FLOOR or held < FLAT * total:
            return _Sequencing(genes[:size], held / total if total else 0.0, True, self.exome_ratio())
        worth = max(int((np.diff(running[:size], prepend=0.0) >= GENE_FLOOR).sum()), 1)
        held = float(running[worth - 1])
        ratio = held * MODALITIES["gene_panel"].detects / panel_cost(worth)
        return _Sequencing(genes[:worth], held, False, ratio)

    def exome_ratio(self) -> float:
        """Belief that the exome would find per cost: every unread gene, and at a discount those not known yet."""
        exome = MODALITIES["exome"]
        unknown = self.left * self.lesions.exome_sees * ~self.lesions.genes.linked * (self.unread_exome * UNKNOWN_GENE)
        return float(self.visible().sum() + unknown.sum()) * exome.detects / exome.cost

    def virtual_panel(self) -> VirtualPanel:
        """The fewest genes that hold PANEL_SHARE of the belief among diseases with a gene, whatever test shows them."""
        self.read[:] = False
        genes, running = self.ranked_genes(self.belief)
        size = _prefix(running, PANEL_SHARE)
        symbols = tuple(self.knowledge.genes.symbols.several(genes[:size]))
        return VirtualPanel(symbols, float(running[size - 1] / running[-1]) if size else 0.0)

    def best_lesion_test(self) -> tuple[int, float]:
        """The lesion test not yet taken with the most belief found per cost, and that; (-1, 0) where none is left."""
        mass = self.lesions.mass(self.left)
        mass[list(self.taken)] = 0.0
        mass[mass < LESION_FLOOR] = 0.0
        ratio = mass / np.array([test.cost for test in self.lesions.tests])
        best = int(np.argmax(ratio)) if len(ratio) else -1
        return (best, float(ratio[best])) if best >= 0 and ratio[best] > 0 else (-1, 0.0)

    def take_lesion_test(self, test: int, flat: bool = False) -> TestSuggestion:
        """Suggest lesion test `test`, and count what it would leave."""
        self.taken.add(test)
        chosen = self.lesions.test_of == test
        self.left[self.lesions.diseases[chosen]] *= 1.0 - self.lesions.detects[chosen]
        return lesion_suggestion(self.knowledge, self.lesions, test, self.belief, flat)

    def take_panel(self, chosen: _Sequencing) -> TestSuggestion:
        """Suggest a panel, and count what it would leave."""
        self.read[chosen.genes] = True
        share = self.lesions.genes.covered(self.read, len(self.belief))
        covered = np.minimum(self.left, self.belief * self.lesions.exome_sees * share)
        self.left -= covered * MODALITIES["gene_panel"].detects
        self.unread = np.maximum(self.unread - share, 0.0)
        return panel_suggestion(
            self.knowledge, self.lesions, chosen.genes, covered, self.belief, panel_cost(len(chosen.genes))
        )

    def take_exome(self, chosen: _Sequencing) -> TestSuggestion:
        """Suggest the exome, and count what it would leave."""
        visible = self.visible()
        share = chosen.held if chosen.flat and not self.read.any() else None
        suggestion = exome_suggestion(self.knowledge, self.lesions, chosen.genes, visible, self.belief, share)
        self.left -= visible * MODALITIES["exome"].detects
        self.unread = np.zeros_like(self.unread)
        self.unread_exome = False
        return suggestion


def _lesions_before_sequencing(bench: _Bench, tests: list[TestSuggestion], limit: int) -> None:
    """Take lesion tests while they find more per cost than sequencing, leaving one place for sequencing."""
    while len(tests) < max(limit - 1, 1):
        test, ratio = bench.best_lesion_test()
        if test < 0 or ratio <= bench.sequencing().ratio:
            return
        tests.append(bench.take_lesion_test(test))


def _sequencing(bench: _Bench, tests: list[TestSuggestion], limit: int) -> None:
    if len(tests) >= limit or bench.left.sum() < SEQUENCING_FLOOR:
        return
    chosen = bench.sequencing()
    if not chosen.flat:
        tests.append(bench.take_panel(chosen))
        return
    tests.append(bench.take_exome(chosen))
    microarray = next((i for i, test in enumerate(bench.lesions.tests) if test.code == _MICROARRAY), -1)
    if len(tests) < limit and microarray >= 0 and microarray not in bench.taken:
        tests.append(bench.take_lesion_test(microarray, flat=True))


def _what_is_left(bench: _Bench, tests: list[TestSuggestion], limit: int) -> None:
    """Fill the places that are left: lesion tests and the exome, by belief found per cost."""
    while len(tests) < limit:
        test, ratio = bench.best_lesion_test()
        wanted = bench.unread_exome and bench.left.sum() >= SEQUENCING_FLOOR
        exome = bench.exome_ratio() if wanted else 0.0
        if max(ratio, exome) <= 0:
            return
        tests.append(bench.take_lesion_test(test) if ratio >= exome else bench.take_exome(bench.sequencing()))


def _prefix(running: NDArray[np.float64], share: float) -> int:
    """How many leading genes hold `share` of what `running` (float64, a running sum) ends at."""
    if not len(running):
        return 0
    return min(int(np.searchsorted(running, share * running[-1])) + 1, len(running))


def _checked(belief: Floats, diseases: int) -> NDArray[np.float64]:
    posterior = np.asarray(belief, np.float64)
    if posterior.shape != (diseases,):
        raise InputError(
            "belief", f"The posterior has shape {posterior.shape}, not ({diseases},).", "Score every disease."
        )
    if not np.isfinite(posterior).all() or (posterior < 0).any() or abs(posterior.sum() - 1) > 1e-3:
        raise InputError("belief", "The posterior is not a distribution.", "Give shares from 0 to 1 that sum to 1.")
    return posterior
