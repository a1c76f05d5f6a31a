"""A directory-like table: tests of clinical indications, each with a method and a target, panels given by their ids.

Genes come from catalogues of panels that were imported before, or stand in the target's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues.assays import Assay, assay_of
from matching.genetic_tests.catalogues.columns import Fields
from matching.genetic_tests.catalogues.faults import RowNote
from matching.genetic_tests.catalogues.genes import GeneNames
from matching.genetic_tests.catalogues.own import symbols_in
from matching.genetic_tests.catalogues.reading import Findings

_ID = re.compile(r"[^\s;,|/]+")
#: Of a target's words, those of a list of genes; the rest are free words.
_LIST = re.compile(r"\s*[;,]\s*")
_SYMBOL_LIKE = re.compile(r"[A-Z][A-Z0-9-]+")
#: Without genes a test of these looks everywhere; the others then need a target that names their lesion.
_EVERYWHERE = frozenset(("exome", "microarray", "karyotype", "mitochondrial"))
_OPEN_TARGET = re.compile(
    r"relevant|as (determined|dictated|per|relevant)|specific target|no target|^other$|to be (confirmed|determined)",
    re.IGNORECASE,
)


def read_directory(
    rows: Iterable[Fields | RowNote], names: GeneNames, panels: Sequence[Catalogue], findings: Findings
) -> None:
    """Fill `findings` with the tests of `rows`, their genes from `panels` by the panels' codes."""
    known = {test.code: test for catalogue in reversed(panels) for test in catalogue.tests}
    for row in rows:
        findings.rows += 1
        if isinstance(row, RowNote):
            findings.fault(row.number, row.what)
        else:
            _read(row, names, known, findings)


def _read(row: Fields, names: GeneNames, known: Mapping[str, CatalogueTest], findings: Findings) -> None:
    cells, number = row.of, row.number
    code, method, target = cells["code"], cells["method"], cells["target"]
    if not (cells["indication"] and method):
        findings.fault(number, "its indication or its method is empty.")
        return
    if not findings.claim(number, code):
        return
    assay = assay_of(method) or assay_of(target)
    if reason := _no_test(assay, method, target):
        findings.pass_over(number, f"{code}: {reason}.")
        return
    modality = assay.modality if assay else ""
    panels = _ID.findall(cells.get("panels", ""))
    genes = dict.fromkeys(gene for panel in panels if panel in known for gene in known[panel].genes)
    unresolved = dict.fromkeys(gene for panel in panels if panel in known for gene in known[panel].unresolved)
    if not panels:
        written, lost = _of_target(target, names)
        genes, unresolved = dict.fromkeys(written), dict.fromkeys(name for name, _ in lost)
        findings.lose(number, code, lost)
    findings.lose(number, code, ((panel, "a panel that no catalogue holds") for panel in panels if panel not in known))
    modality = _settled(modality, bool(genes))
    if modality == "gene_panel" and not genes:
        findings.pass_over(number, f"{code}: it is a panel, and no gene of it is known.")
        return
    name = f"{cells['indication']} ({method})"
    findings.take(CatalogueTest(code, name, modality, tuple(genes), target, tuple(unresolved)))


def _no_test(assay: Assay | None, method: str, target: str) -> str:
    """Why a row is no test that can be ordered for a lesion; empty where it is one."""
    if assay is None:
        return f"{method[:60]!r} is no method known here"
    if not assay.modality:
        return f"{method[:60]!r} tells of {assay.said_of}"
    if assay.modality not in _EVERYWHERE and _OPEN_TARGET.search(target):
        return f"its target is left open: {target[:60]!r}"
    return ""


def _settled(modality: str, genes: bool) -> str:
    """Reading an exome or genome for the genes of a panel is a panel to order."""
    return "gene_panel" if modality == "exome" and genes else modality


def _of_target(target: str, names: GeneNames) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Genes in a target's words, and what stands in a list of genes there and names none."""
    pieces = _LIST.split(target.strip())
    if all(_SYMBOL_LIKE.fullmatch(piece) or names.symbol(piece) for piece in pieces):
        genes, lost = names.read(";".join(pieces))
        return genes, tuple((written, str(why)) for written, why in lost)
    return symbols_in(target, names), ()
