"""The lesion table met with one release: which disease needs which test first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.derived import derived_lesions
from matching.genetic_tests.inheritance import Modes
from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import Lesion, Mechanism
from matching.genetic_tests.rows import packaged_lesions, packaged_sequenced
from matching.genetic_tests.shares import GeneShares
from matching.genetic_tests.treatable import TreatableTable
from ontology.arrays import Bools, Floats, Ints
from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge

#: Lesions of a gene that a panel or an exome reads too: a part that short reads cannot place, or its copies. The assay
#: that shows them is ordered in one with the sequencing of its gene, and of the genes that look like it.
IN_GENES = frozenset(
    {
        Mechanism.HARD_TO_READ,
        Mechanism.PSEUDOGENE,
        Mechanism.EXON_DELETION,
        Mechanism.GENE_DELETION,
        Mechanism.GENE_DUPLICATION,
        Mechanism.INVERSION,
    }
)


@dataclass(frozen=True, slots=True)
class LesionTest:
    """A test that looks for lesions of one or more diseases."""

    code: str
    name: str
    modality: str
    cost: float


@dataclass(frozen=True, slots=True)
class LesionTable:
    """Lesions by disease of one release. Open it once; it is read-only.

    lesions     (lesions,)          those whose disease is in the release
    tests       (tests,)
    diseases    int32   (lesions,)  disease positions
    test_of     int32   (lesions,)  index into tests
    detects     float64 (lesions,)  share of patients with the lesion whom the test finds
    costs       float64 (tests,)    as modelled (see modalities)
    in_genes    bool    (tests,)    every lesion it looks for lies in a gene that is sequenced too (see IN_GENES)
    exome_sees  float64 (diseases,) share of patients whom short-read sequencing can show; 1 where no lesion is known
    modes       how each disease is inherited
    treatable   treatable disorders with a fast biochemical test
    sequenced   by disease position: what to add to the sequencing of a disease that it shows
    unresolved  rows of the tables whose disease this release does not hold
    """

    lesions: tuple[Lesion, ...]
    tests: tuple[LesionTest, ...]
    diseases: Ints
    test_of: Ints
    detects: NDArray[np.float64]
    costs: NDArray[np.float64]
    in_genes: Bools
    exome_sees: NDArray[np.float64]
    genes: GeneShares
    modes: Modes
    treatable: TreatableTable
    sequenced: Mapping[int, Lesion]
    unresolved: tuple[Lesion, ...]

    @classmethod
    def open(cls, knowledge: Knowledge) -> LesionTable:
        """Meet the packaged table with `knowledge`; raises LesionTableDamaged."""
        return cls.of(knowledge, packaged_lesions(), packaged_sequenced())

    @classmethod
    def of(cls, knowledge: Knowledge, rows: Iterable[Lesion], sequenced: Iterable[Lesion] = ()) -> LesionTable:
        """Meet `rows` with `knowledge`, and add the lesions that the release itself tells.

        Where two rows name records of one disease, the first stands; so does a lesion before a row of `sequenced`.
        """
        resolved, unresolved = _met(knowledge, rows)
        shown, unknown = _met(knowledge, sequenced)
        resolved.update(derived_lesions(knowledge, set(resolved)))
        added = {position: row for position, row in shown.items() if position not in resolved}
        return cls._arrange(knowledge, resolved, added, (*unresolved, *unknown))

    @classmethod
    def _arrange(
        cls,
        knowledge: Knowledge,
        found: dict[int, Lesion],
        sequenced: dict[int, Lesion],
        unresolved: tuple[Lesion, ...],
    ) -> LesionTable:
        tests: dict[str, LesionTest] = {}
        for lesion in found.values():
            cost = MODALITIES[lesion.modality].cost
            tests.setdefault(lesion.code, LesionTest(lesion.code, lesion.test, lesion.modality, cost))
        number = {code: index for index, code in enumerate(tests)}
        elsewhere = {lesion.code for lesion in found.values() if not (lesion.genes and lesion.mechanism in IN_GENES)}
        sees = np.ones(len(knowledge.diseases))
        for position, lesion in found.items():
            sees[position] = lesion.exome_sees
        return cls(
            lesions=tuple(found.values()),
            tests=tuple(tests.values()),
            diseases=np.fromiter(found, np.int32, len(found)),
            test_of=np.array([number[lesion.code] for lesion in found.values()], np.int32),
            detects=np.array([lesion.detects for lesion in found.values()], np.float64),
            costs=np.array([test.cost for test in tests.values()], np.float64),
            in_genes=np.array([code not in elsewhere for code in tests], np.bool_),
            exome_sees=sees,
            genes=GeneShares.of(knowledge),
            modes=Modes.of(knowledge),
            treatable=TreatableTable.open(knowledge),
            sequenced=MappingProxyType(sequenced),
            unresolved=unresolved,
        )

    def having(self, codes: set[str]) -> set[int]:
        """Indices of the tests with these codes."""
        return {index for index, test in enumerate(self.tests) if test.code in codes}

    def missed(self, belief: NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief that each test would resolve and short-read sequencing would not: float64 (tests,)."""
        weights = belief[self.diseases] * self.detects * (1.0 - self.exome_sees[self.diseases])
        return np.asarray(np.bincount(self.test_of, weights=weights, minlength=len(self.tests)), np.float64)

    def likeliest(self, belief: NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief that each test would resolve of the likeliest disease it looks for: float64 (tests,)."""
        found = np.zeros(len(self.tests))
        np.maximum.at(found, self.test_of, belief[self.diseases] * self.detects)
        return found

    def mass(self, belief: Floats | NDArray[np.float64]) -> NDArray[np.float64]:
        """Belief that each test would resolve: float64 (tests,)."""
        weights = belief[self.diseases] * self.detects
        return np.asarray(np.bincount(self.test_of, weights=weights, minlength=len(self.tests)), np.float64)


def _met(knowledge: Knowledge, rows: Iterable[Lesion]) -> tuple[dict[int, Lesion], list[Lesion]]:
    """Rows by the position of their disease, and those whose disease the release does not hold."""
    resolved: dict[int, Lesion] = {}
    unresolved = []
    for row in rows:
        try:
            resolved.setdefault(knowledge.diseases.position(row.disease_id), row)
        except UnknownDisease:
            unresolved.append(row)
    return resolved, unresolved
