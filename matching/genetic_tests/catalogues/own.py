"""A hospital's or laboratory's own catalogue: one row a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.assays import assay_of
from matching.genetic_tests.catalogues.columns import Fields
from matching.genetic_tests.catalogues.faults import RowNote
from matching.genetic_tests.catalogues.genes import GeneNames
from matching.genetic_tests.catalogues.numbers import currency_of, days, price, share
from matching.genetic_tests.catalogues.reading import Findings

#: Where a column's name may tell the unit of its numbers.
UNITS = ("sensitivity", "price", "days")
#: Modalities that look everywhere, or at what is no gene: they need name none.
_WITHOUT_GENES = frozenset(("exome", "microarray", "karyotype", "mitochondrial", "enzyme", "functional"))
_PANEL = "gene_panel"


def read_own(rows: Iterable[Fields | RowNote], names: GeneNames, units: Mapping[str, str], findings: Findings) -> None:
    """Fill `findings` with the tests of `rows`; `units` are those that the columns' names tell."""
    for row in rows:
        findings.rows += 1
        if isinstance(row, RowNote):
            findings.fault(row.number, row.what)
        else:
            _read(row, names, units, findings)


def _read(row: Fields, names: GeneNames, units: Mapping[str, str], findings: Findings) -> None:
    cells = row.of
    code, faults = cells["code"], []
    if not cells["name"]:
        faults.append("its name is empty.")
    assay = assay_of(cells["modality"])
    if assay is None:
        faults.append(f"{cells['modality'][:60]!r} is no modality or method known here.")
    elif not assay.modality:
        findings.pass_over(row.number, f"{code}: {cells['modality'][:60]!r} tells of {assay.said_of}.")
        return
    genes, lost = names.read(cells.get("genes", ""))
    target = cells.get("target", "")
    modality = assay.modality if assay else ""
    if modality == _PANEL and not genes and target and not lost:
        genes = symbols_in(target, names)
    if modality == _PANEL and not genes:
        faults.append("none of its genes is known." if lost else "it is a panel and names no gene.")
    numbers = _numbers(cells, units, findings, faults)
    if faults:
        findings.fault(row.number, " ".join(faults))
        return
    if not findings.claim(row.number, code):
        return
    findings.lose(row.number, code, lost)
    if modality not in _WITHOUT_GENES and not genes and not target:
        findings.lose(row.number, code, (("", "neither genes nor a target: its name alone tells what it looks for"),))
    findings.take(
        CatalogueTest(
            code,
            cells["name"],
            modality,
            genes,
            target,
            tuple(written for written, _ in lost),
            *numbers,
            sample=cells.get("sample", ""),
        )
    )


def _numbers(
    cells: Mapping[str, str], units: Mapping[str, str], findings: Findings, faults: list[str]
) -> tuple[float | None, float | None, float | None]:
    """Sensitivity, price and days; what is wrong with one is added to `faults`."""
    found: dict[str, float | None] = dict.fromkeys(UNITS)
    currency = ""
    for field in UNITS:
        cell, unit = cells.get(field, ""), units.get(field, "")
        try:
            if field == "price":
                found[field], currency = price(cell, unit)
            else:
                found[field] = (share if field == "sensitivity" else days)(cell, unit)
        except ValueError as fault:
            faults.append(f"{field}: {fault}")
    currency = currency_of(cells.get("currency", "")) or currency
    if found["price"] is not None and currency and not faults:
        if currency != (findings.currency or currency):
            faults.append(f"its price is in {currency}, those before in {findings.currency}.")
        else:
            findings.currency = currency
    return found["sensitivity"], found["price"], found["days"]


def symbols_in(words: str, names: GeneNames) -> tuple[str, ...]:
    """Symbols of genes that stand in free words, in capitals and as they are or were officially."""
    found = (names.symbol(word.strip("().,;:")) for word in words.replace("/", " ").replace(";", " ").split())
    return tuple(dict.fromkeys(symbol for symbol in found if symbol))
