"""A laboratory's catalogue as values: which tests can be ordered, under which codes, and what each looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogueTest:
    """One test that can be ordered.

    `modality` is one of the words of `modalities.MODALITIES`. `genes` are current symbols, empty where the test looks
    at the whole genome or exome; `unresolved` are those of the file that no gene name was found for, as written.
    `target` tells the locus of a test that looks for one lesion, in the catalogue's words. `sensitivity` is a fraction,
    `price` in the catalogue's currency, `days` of turnaround, `sample` the catalogue's words; None or empty where the
    catalogue does not say.
    """

    code: str
    name: str
    modality: str
    genes: tuple[str, ...] = ()
    target: str = ""
    unresolved: tuple[str, ...] = ()
    sensitivity: float | None = None
    price: float | None = None
    days: float | None = None
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Tests of one catalogue. `version` tells apart what was imported under one name; `currency` of its prices.

    `tests` is a tuple, or rows of arrays that become values when they are asked for.
    """

    name: str
    version: str
    tests: Sequence[CatalogueTest]
    currency: str = ""
