"""The catalogue that an assessment uses: everything in use, merged, and what stands in where nothing was imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import overload

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues.kept import KeptTests
from matching.genetic_tests.catalogues.shelf import in_use

GENERIC = "generic"


def open_catalogue(root: Path) -> Catalogue | None:
    """All catalogues in use under the knowledge's `root` as one, None where none is; raises CatalogueDamaged.

    A code that two of them share is written `NAME:CODE`. Prices count only in the first currency there is: those in
    another are left out of the tests, since they cannot be compared.
    """
    catalogues = in_use(root)
    return merged(catalogues) if catalogues else None


def merged(catalogues: Sequence[Catalogue]) -> Catalogue:
    """Several catalogues as one; one stays as it is."""
    if len(catalogues) == 1:
        return catalogues[0]
    currency = next((each.currency for each in catalogues if each.currency), "")
    return Catalogue(
        " + ".join(each.name for each in catalogues),
        " + ".join(each.version for each in catalogues),
        _Merged(catalogues, currency),
        currency,
    )


@cache
def generic_catalogue() -> Catalogue:
    """Assays by their modality, with no laboratory's codes; what is spoken of where no catalogue was imported."""
    lines = files(__package__).joinpath("generic.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    tests = tuple(CatalogueTest(code, name, modality, sample=sample) for code, name, modality, sample in rows)
    return Catalogue(GENERIC, "built in", tests)


class _Merged(Sequence[CatalogueTest]):
    """The tests of several catalogues one after the other, made when they are asked for."""

    def __init__(self, catalogues: Sequence[Catalogue], currency: str) -> None:
        self._parts = catalogues
        self._currency = currency
        self._shared: frozenset[str] | None = None
        self._made: tuple[CatalogueTest, ...] | None = None

    def __len__(self) -> int:
        return sum(len(part.tests) for part in self._parts)

    @overload
    def __getitem__(self, index: int) -> CatalogueTest: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CatalogueTest, ...]: ...
    def __getitem__(self, index: int | slice) -> CatalogueTest | tuple[CatalogueTest, ...]:
        if self._made is None:
            self._made = tuple(self._test(part, test) for part in self._parts for test in part.tests)
        return self._made[index]

    def _test(self, part: Catalogue, test: CatalogueTest) -> CatalogueTest:
        if self._shared is None:
            counted = Counter(code for each in self._parts for code in _codes(each))
            self._shared = frozenset(code for code, count in counted.items() if count > 1)
        if test.code in self._shared:
            test = replace(test, code=f"{part.name}:{test.code}")
        if test.price is not None and part.currency not in ("", self._currency):
            test = replace(test, price=None)
        return test


def _codes(catalogue: Catalogue) -> Sequence[str]:
    tests = catalogue.tests
    return tests.codes if isinstance(tests, KeptTests) else [test.code for test in tests]
