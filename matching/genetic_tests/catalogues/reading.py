"""What was read of a catalogue's file: its tests, and everything that was not taken, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.columns import Format
from matching.genetic_tests.catalogues.faults import MOST_TOLD, CatalogueRefused, RowNote
from matching.genetic_tests.catalogues.genes import Unresolved

#: Bounds of one catalogue: far above any that exists, low enough that a wrong file cannot fill the memory.
MOST_TESTS = 100_000
MOST_GENES = 10_000_000
MOST_LOST = 1_000_000
MOST_FAULTS = 10_000
_MEND = "Check that it is a catalogue of tests, and that --format is right."


@dataclass(frozen=True, slots=True)
class Lost:
    """A gene of test `code` that no name was found for: as `written` in row `number`, and `why`."""

    number: int
    code: str
    written: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file. `faults` are rows that cannot be used, `passed_over` sound ones that are no test to order.

    Both hold the first MOST_TOLD; the counts are of all. `unread` are columns that were not used.
    """

    format: Format
    encoding: str
    rows: int
    tests: tuple[CatalogueTest, ...]
    currency: str
    unread: tuple[str, ...]
    faults: tuple[RowNote, ...]
    fault_count: int
    passed_over: tuple[RowNote, ...]
    passed_count: int
    lost: tuple[Lost, ...]

    def counts(self) -> dict[str, int]:
        """How much there is of each kind; genes are counted once however many tests hold them."""
        return {
            "rows": self.rows,
            "tests": len(self.tests),
            "genes": len({gene for test in self.tests for gene in test.genes}),
            "gene_entries": sum(len(test.genes) for test in self.tests),
            "unresolved_genes": len({lost.written for lost in self.lost}),
            "unresolved_entries": len(self.lost),
            "faulty_rows": self.fault_count,
            "passed_over": self.passed_count,
        }


@dataclass(slots=True)
class Findings:
    """A reading in the making."""

    rows: int = 0
    tests: list[CatalogueTest] = field(default_factory=list)
    faults: list[RowNote] = field(default_factory=list)
    fault_count: int = 0
    passed_over: list[RowNote] = field(default_factory=list)
    passed_count: int = 0
    lost: list[Lost] = field(default_factory=list)
    currency: str = ""
    _entries: int = 0
    _codes: dict[str, int] = field(default_factory=dict)

    def fault(self, number: int, what: str) -> None:
        """A row that cannot be used."""
        self.fault_count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(RowNote(number, what))
        if self.fault_count > MOST_FAULTS:
            self.refuse(f"More than {MOST_FAULTS:,} rows cannot be used.")

    def pass_over(self, number: int, what: str) -> None:
        """A sound row that is no test to order."""
        self.passed_count += 1
        if len(self.passed_over) < MOST_TOLD:
            self.passed_over.append(RowNote(number, what))

    def lose(self, number: int, code: str, names: Iterable[tuple[str, Unresolved | str]]) -> None:
        """Names of genes that were not found."""
        self.lost.extend(Lost(number, code, written[:80], str(why)) for written, why in names)
        if len(self.lost) > MOST_LOST:
            self.refuse(f"More than {MOST_LOST:,} names of genes are unknown.")

    def claim(self, number: int, code: str) -> bool:
        """Whether `code` can be a test's; tells why where it cannot."""
        if not code:
            self.fault(number, "its code is empty.")
        elif code in self._codes:
            self.fault(number, f"its code {code[:40]!r} is that of row {self._codes[code]}, too.")
        else:
            self._codes[code] = number
            return True
        return False

    def take(self, test: CatalogueTest) -> None:
        """A test."""
        self.tests.append(test)
        self._entries += len(test.genes)
        if len(self.tests) > MOST_TESTS or self._entries > MOST_GENES:
            self.refuse(f"It has more than {MOST_TESTS:,} tests or {MOST_GENES:,} genes in all.")

    def refuse(self, what: str) -> None:
        """Give the file up."""
        raise CatalogueRefused(what, _MEND, self.faults, self.fault_count)
