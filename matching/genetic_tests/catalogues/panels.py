"""A PanelApp-like table: one row a gene of a panel, with how sure it is; each panel becomes one test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.columns import Fields
from matching.genetic_tests.catalogues.faults import RowNote
from matching.genetic_tests.catalogues.genes import GeneNames, Unresolved
from matching.genetic_tests.catalogues.reading import Findings

#: Levels of PanelApp: a green gene is ready for diagnosis, an amber one is not yet.
GREEN, AMBER = 3, 2
_WORDS = ((GREEN, re.compile("green|绿")), (AMBER, re.compile("amber|黄|琥珀")), (1, re.compile("red|红|grey|gray|灰")))
_GENE = ("", "gene")


@dataclass(slots=True)
class _Panel:
    number: int
    name: str
    genes: dict[str, None] = field(default_factory=dict)
    lost: dict[str, tuple[int, Unresolved]] = field(default_factory=dict)


def read_panels(rows: Iterable[Fields | RowNote], names: GeneNames, least: int, findings: Findings) -> None:
    """Fill `findings` with one test a panel, of the genes with a level of `least` and above."""
    panels: dict[str, _Panel] = {}
    for row in rows:
        findings.rows += 1
        if isinstance(row, RowNote):
            findings.fault(row.number, row.what)
        else:
            _read(row, names, least, panels, findings)
    for code, panel in panels.items():
        lost = [(written, why) for written, (_, why) in panel.lost.items()]
        for written, (number, why) in panel.lost.items():
            findings.lose(number, code, ((written, why),))
        if panel.genes:
            unresolved = tuple(written for written, _ in lost)
            findings.take(CatalogueTest(code, panel.name, "gene_panel", tuple(panel.genes), unresolved=unresolved))
        else:
            reason = "none of its genes is known" if lost else "it has no gene of the level asked for"
            findings.pass_over(panel.number, f"panel {code}, {panel.name}: {reason}.")


def _read(row: Fields, names: GeneNames, least: int, panels: dict[str, _Panel], findings: Findings) -> None:
    cells = row.of
    name, written = cells["name"], cells["gene"]
    code = cells.get("panel", name)
    level = _level(cells["confidence"])
    if not code or not name:
        findings.fault(row.number, "its panel has no id or no name.")
        return
    if cells.get("kind", "").casefold() not in _GENE:
        findings.pass_over(row.number, f"panel {code}: {written[:40]} is a {cells['kind'][:20]}, no gene.")
        return
    if level is None:
        findings.fault(
            row.number, f"{cells['confidence'][:40]!r} is no level of confidence: 0 to 4, green, amber, red."
        )
        return
    if not written:
        findings.fault(row.number, "its gene is empty.")
        return
    panel = panels.setdefault(code, _Panel(row.number, name))
    if panel.name != name:
        findings.fault(row.number, f"panel {code} is called {panel.name[:60]!r} above and {name[:60]!r} here.")
        return
    if level < least:
        return
    found = names.resolve(written)
    if isinstance(found, Unresolved) and cells.get("hgnc"):
        found = names.resolve(cells["hgnc"]) if ":" in cells["hgnc"] else names.resolve(f"HGNC:{cells['hgnc']}")
    if isinstance(found, Unresolved):
        panel.lost.setdefault(written, (row.number, names_why(names, written)))
    else:
        panel.genes[found] = None


def names_why(names: GeneNames, written: str) -> Unresolved:
    """Why `written` names no gene."""
    found = names.resolve(written)
    return found if isinstance(found, Unresolved) else Unresolved.UNKNOWN


def _level(cell: str) -> int | None:
    text = cell.strip().casefold()
    if text in ("0", "1", "2", "3", "4"):
        return int(text)
    return next((level for level, pattern in _WORDS if pattern.search(text)), None)
