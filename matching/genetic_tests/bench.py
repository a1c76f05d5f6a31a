"""One plan in the making: what the tests so far leave, and what each further test would find per cost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.beside import assay_beside
from matching.genetic_tests.done import UNKNOWN_GENE, AfterDone
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.modalities import MODALITIES, panel_cost
from matching.genetic_tests.offers import Offers
from matching.genetic_tests.proposal import Reason, TestSuggestion, VirtualPanel
from matching.genetic_tests.suggest import (
    exome_suggestion,
    lesion_suggestion,
    panel_suggestion,
    reanalysis_suggestion,
)
from ontology.arrays import Bools
from ontology.knowledge import Knowledge

#: Share of the belief among diseases with a gene that the virtual panel of a plan holds.
PANEL_SHARE = 0.9
#: A panel suggested as a test holds this share of the belief that sequencing can show: a further gene costs little, a
#: missed one costs the diagnosis. Measured on 748 open cases (`python -m benchmarks.genetic_tests CASES
#: --leave-publication-out --per-disease 2`): the gene was in three tests in .54 at .90, .55 at .95, .57 at .98 and .59
#: at .999, with 135, 160, 201 and 223 genes in all of a plan's tests (median).
TEST_SHARE = 0.98
#: Genes of all panels of a plan together; a panel that would need more is an exome's worth.
PANEL_GENES = 150
#: Genes of these that a panel leaves to the lesion tests behind it: no more are listed of one.
LESION_ROOM = 12
#: A gene below this belief is not added to a panel: it keeps a sure posterior from dragging a long tail along.
GENE_FLOOR = 0.0002
#: A lesion test that would resolve less belief is not suggested. Measured on 44 open cases (8 a disease) whose disease
#: has a row: the right test was among three in .59 at .005, .57 at .01, .52 at .02, .48 at .05; on the 748 above the
#: gene was in three tests in .575 at .005 and .01, .576 at .02. 44 cases decide little: below a hundredth a test is
#: hard to defend to a clinician.
LESION_FLOOR = 0.01
#: With less belief than this left, sequencing is not suggested. A modelling choice.
SEQUENCING_FLOOR = 0.1
#: A panel of the catalogue is suggested only where it holds this share of the belief that sequencing can show. Measured
#: on the 748 cases with the two public catalogues: the gene was in three tests of together 150 genes in .648, .648,
#: .651 and .650 at .3, .5, .7 and .8, and a panel was among them in .43, .40, .27 and .19.
OFFER_SHARE = 0.7
#: Share of the patients without a diagnosis whom reading an exome again solves: 4 of 40 (Wenger et al. 2016,
#: PMID:27441994, doi:10.1038/gim.2016.88, its abstract), 15 % with research (Bruel et al. 2019, PMC6777617).
REANALYSIS_YIELD = 0.1
#: Relative cost of reading an exome again: no new sample, an evening of a geneticist. A modelling choice.
REANALYSIS_COST = 1.0
#: Days that count as much as the cost of the test itself where the patient is acutely ill. A modelling choice.
ACUTE_DAYS = 14.0

EXOME = "exome:trio"
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Sequencing:
    """How to sequence now: `genes` likeliest first, the belief left that they hold, and belief found per cost.

    `flat`: no panel, but the exome with these genes to read first. `offer` is a panel of the catalogue, an index into
    Offers.panels, -1 where the panel is put together for this patient.
    """

    genes: NDArray[np.int64]
    held: float
    flat: bool
    ratio: float
    offer: int = -1


@dataclass(slots=True)
class Bench:
    """One plan in the making.

    `left` is the belief that the tests so far would leave unresolved, float64 (diseases,); `unread` is the share of
    each disease whose genes have not been sequenced, float64 (diseases,); `read` marks sequenced genes, bool (genes,);
    `lesion_costs` float64 (lesion tests,); `panel_genes` is how many more genes the tests may hold; `first_shares` is
    what each gene that an exome reads first holds of the belief on genes, float64 (genes of it,).
    """

    knowledge: Knowledge
    lesions: LesionTable
    offers: Offers | None
    belief: NDArray[np.float64]
    panel_genes: int
    left: NDArray[np.float64]
    unread: NDArray[np.float64]
    read: Bools
    lesion_costs: NDArray[np.float64]
    unread_exome: bool = True
    reanalyse: bool = False
    taken: set[int] = field(default_factory=set)
    ill: bool = False
    first_shares: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def at(
        cls,
        knowledge: Knowledge,
        lesions: LesionTable,
        offers: Offers | None,
        done: AfterDone,
        panel_genes: int,
        ill: bool = False,
    ) -> Bench:
        """The bench before any test but those that were done."""
        belief = done.belief
        every = lesions.genes.covered(np.ones(len(done.read), bool), len(belief))
        unread = every
        if done.exome:
            unread = np.zeros_like(every)
        elif done.read.any():
            unread = np.maximum(every - lesions.genes.covered(done.read, len(belief)), 0.0)
        costs = lesions.costs if offers is None else offers.lesion_costs
        if offers is not None and ill:
            costs = costs * offers.waiting(offers.lesion_tests, ACUTE_DAYS)
        return cls(
            knowledge,
            lesions,
            offers,
            belief,
            panel_genes,
            belief.copy(),
            unread,
            done.read.copy(),
            costs,
            not done.exome,
            done.reanalyse,
            set(done.lesion_tests),
            ill,
        )

    def visible(self) -> NDArray[np.float64]:
        """Belief left that sequencing of the unread genes can show: float64 (diseases,).

        A lesion test and sequencing find different patients of one disease, so the smaller of the two bounds holds.
        """
        return np.minimum(self.left, self.belief * self.lesions.exome_sees * self.unread)

    def gene_mass(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights of diseases by unread gene: float64 (genes,)."""
        mass = self.lesions.genes.mass(weights, len(self.read))
        mass[self.read] = 0.0
        return mass

    def sequencing(self) -> Sequencing:
        """A panel of the likeliest genes, or of the catalogue; where that holds too little, the exome."""
        visible = self.visible()
        mass = self.gene_mass(visible)
        genes, running = ranked(mass)
        total = float(visible.sum())
        exome = self._exome(mass, genes, running, total)
        size = min(prefix(running, TEST_SHARE), max(self.panel_genes - LESION_ROOM, 0))
        held = float(running[size - 1]) if size else 0.0
        if not size or total < SEQUENCING_FLOOR:
            return exome
        if self.offers is not None:
            return self._offered(self.offers, mass, total, exome)
        if held < PANEL_SHARE * total:
            return exome
        worth = max(int((np.diff(running[:size], prepend=0.0) >= GENE_FLOOR).sum()), 1)
        held = float(running[worth - 1])
        return Sequencing(genes[:worth], held, False, held * MODALITIES["gene_panel"].detects / panel_cost(worth))

    def _exome(
        self, mass: NDArray[np.float64], genes: NDArray[np.int64], running: NDArray[np.float64], total: float
    ) -> Sequencing:
        """The exome with the likeliest genes to read first, as many as panels may hold."""
        first = genes[: max(self.panel_genes, 0)]
        held = float(running[len(first) - 1]) / total if len(first) and total else 0.0
        return Sequencing(first, held, True, self.exome_ratio())

    def _offered(self, offers: Offers, mass: NDArray[np.float64], total: float, exome: Sequencing) -> Sequencing:
        """The panel of the catalogue that finds most per cost, where it holds enough and beats the exome."""
        held = offers.panel_mass(mass)
        costs = offers.panel_costs * offers.waiting(offers.panel_tests, ACUTE_DAYS) if self.ill else offers.panel_costs
        ratios = held * offers.panel_detects / costs
        ratios[(offers.sizes() > self.panel_genes) | (held < OFFER_SHARE * total)] = 0.0
        best = int(np.argmax(ratios)) if len(ratios) else -1
        if best < 0 or ratios[best] <= exome.ratio:
            return exome
        inside = offers.panels[best]
        inside = inside[inside < len(mass)]
        order = inside[np.argsort(-mass[inside], kind="stable")].astype(np.int64)
        return Sequencing(order, float(held[best]), False, float(ratios[best]), best)

    def exome_ratio(self) -> float:
        """Belief that the exome would find per cost: every unread gene, and at a discount those not known yet."""
        if not self.unread_exome:
            return self.again().sum() * REANALYSIS_YIELD / REANALYSIS_COST if self.reanalyse else 0.0
        cost, detects = MODALITIES["exome"].cost, MODALITIES["exome"].detects
        if self.offers is not None:
            cost, detects = self.offers.exome_cost, self.offers.exome_detects
        unknown = self.left * self.lesions.exome_sees * ~self.lesions.genes.linked * UNKNOWN_GENE
        return float(self.visible().sum() + unknown.sum()) * detects / cost

    def again(self) -> NDArray[np.float64]:
        """Belief left that an exome that was read can be read again for: float64 (diseases,)."""
        return np.minimum(self.left, self.belief * self.lesions.exome_sees)

    def virtual_panel(self) -> VirtualPanel:
        """The fewest genes that hold PANEL_SHARE of the belief among diseases with a gene, whatever test shows them."""
        genes, running = ranked(self.lesions.genes.mass(self.belief, len(self.read)))
        size = prefix(running, PANEL_SHARE)
        symbols = tuple(self.knowledge.genes.symbols.several(genes[:size]))
        return VirtualPanel(symbols, float(running[size - 1] / running[-1]) if size else 0.0)

    def best_lesion_test(self, before: float = 0.0, worth: float = np.inf) -> tuple[int, float]:
        """The lesion test not yet taken that goes first, and what it finds per cost; (-1, 0) where none is left.

        Only of those that find more than `before` per cost, or that would resolve belief of `worth` beyond sequencing
        per modelled cost.
        First goes what finds most per cost, the belief in its likeliest disease added: one lesion that fits well goes
        before many that fit a little.
        """
        mass = self.lesions.mass(self.left)
        mass[list(self.taken)] = 0.0
        ratio = mass / self.lesion_costs
        too_little = (ratio <= before) & (self.lesions.missed(self.left) < worth * self.lesions.costs)
        ratio[(mass < LESION_FLOOR) | too_little] = 0.0
        best = int(np.argmax(np.where(ratio > 0, ratio + self.lesions.likeliest(self.left), 0.0))) if len(ratio) else -1
        return (best, float(ratio[best])) if best >= 0 and ratio[best] > 0 else (-1, 0.0)

    def take_beside(self) -> TestSuggestion | None:
        """Suggest the assay that goes with sequencing, and count what it would leave; None where none does."""
        genes = self.gene_mass(self.visible())
        test = assay_beside(self.lesions, self.left, float(genes.max(initial=0.0)), self.taken)
        return None if test < 0 else self.take_lesion_test(test, Reason.WITH_SEQUENCING)

    def take_lesion_test(self, test: int, reason: Reason = Reason.USUAL_LESION) -> TestSuggestion:
        """Suggest lesion test `test`, and count what it would leave."""
        self.taken.add(test)
        chosen = self.lesions.test_of == test
        self.left[self.lesions.diseases[chosen]] *= 1.0 - self.lesions.detects[chosen]
        suggested = lesion_suggestion(self.knowledge, self.lesions, test, self.belief, reason)
        self.panel_genes -= len(suggested.genes)
        return self._ordered(suggested, -1 if self.offers is None else int(self.offers.lesion_tests[test]))

    def take_panel(self, chosen: Sequencing) -> TestSuggestion:
        """Suggest a panel, and count what it would leave."""
        detects = MODALITIES["gene_panel"].detects
        now = np.zeros_like(self.read)
        now[chosen.genes] = ~self.read[chosen.genes]
        self.read |= now
        share = self.lesions.genes.covered(now, len(self.belief))
        covered = np.minimum(self.left, self.belief * self.lesions.exome_sees * share)
        cost = panel_cost(len(chosen.genes))
        suggested = panel_suggestion(self.knowledge, self.lesions, chosen.genes, covered, self.belief, cost)
        if self.offers is not None and chosen.offer >= 0:
            detects = float(self.offers.panel_detects[chosen.offer])
            test = int(self.offers.panel_tests[chosen.offer])
            own = self.offers.tests[test]
            genes = dict.fromkeys((*suggested.genes, *own.genes))
            cost = float(self.offers.panel_costs[chosen.offer])
            suggested = replace(suggested, code=f"gene_panel:{own.code}", genes=tuple(genes), cost=cost)
            suggested = self._ordered(suggested, test)
        elif self.offers is not None:
            suggested = self._ordered(suggested, -1)
        self.left -= covered * detects
        self.unread = np.maximum(self.unread - share, 0.0)
        self.panel_genes -= len(suggested.genes)
        return suggested

    def take_exome(self, chosen: Sequencing) -> TestSuggestion:
        """Suggest the exome, or where it was read long ago to read it again, and count what it would leave."""
        if not self.unread_exome:
            return self._read_again()
        visible = self.visible()
        mass = self.gene_mass(visible)
        first, reason = chosen.genes, Reason.BELIEF_SPREAD
        if self.offers is not None:
            first = self.offers.read_first(mass, self.panel_genes, self.read)
            few = prefix(ranked(mass)[1], PANEL_SHARE) <= self.panel_genes - LESION_ROOM
            reason = Reason.NO_PANEL if few else reason
        self.first_shares = np.append(mass, np.zeros(1))[np.minimum(first, len(mass))] / max(float(mass.sum()), _TINY)
        held = float(self.first_shares.sum()) if chosen.flat and not self.read.any() else None
        suggested = exome_suggestion(
            self.knowledge, self.lesions, first[first < len(mass)], visible, self.belief, held, reason
        )
        self.left -= visible * MODALITIES["exome"].detects
        self.unread = np.zeros_like(self.unread)
        self.unread_exome = False
        self.panel_genes -= len(first)
        if self.offers is None:
            return suggested
        genes = tuple(self.offers.symbols[int(gene)] for gene in first)
        test = self.offers.exome_acute if self.ill else self.offers.exome
        return replace(self._ordered(suggested, test), cost=self.offers.exome_cost, genes=genes)

    def within(self, tests: list[TestSuggestion]) -> tuple[TestSuggestion, ...]:
        """The tests of a plan, what an exome reads first cut from its tail where they hold too many genes together."""
        over = max(-self.panel_genes, 0)
        return tuple(self._cut(test, over) if over and test.code == EXOME else test for test in tests)

    def _cut(self, exome: TestSuggestion, over: int) -> TestSuggestion:
        count = max(len(exome.genes) - over, 0)
        held = None if exome.held is None else float(self.first_shares[:count].sum())
        return replace(exome, genes=exome.genes[:count], held=held)

    def _read_again(self) -> TestSuggestion:
        self.reanalyse = False
        again = self.again()
        genes, _ = ranked(self.lesions.genes.mass(again, len(self.read)))
        first = genes[: max(self.panel_genes, 0)]
        self.panel_genes -= len(first)
        self.left -= again * REANALYSIS_YIELD
        return reanalysis_suggestion(self.knowledge, self.lesions, first, again, self.belief, REANALYSIS_COST)

    def _ordered(self, suggested: TestSuggestion, test: int) -> TestSuggestion:
        """The suggestion with the catalogue's test that does it, an index into Offers.tests or -1."""
        if self.offers is None:
            return suggested
        if test < 0:
            return replace(suggested, offered=False)
        return replace(suggested, ordered_as=self.offers.tests[test], offered=True)


def ranked(mass: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Genes with any mass, likeliest first (ties in order of symbol), and their running sum."""
    held = np.flatnonzero(mass > 0)
    order = held[np.argsort(-mass[held], kind="stable")]
    return order, np.cumsum(mass[order])


def prefix(running: NDArray[np.float64], share: float) -> int:
    """How many leading genes hold `share` of what `running` (float64, a running sum) ends at."""
    if not len(running):
        return 0
    return min(int(np.searchsorted(running, share * running[-1])) + 1, len(running))
