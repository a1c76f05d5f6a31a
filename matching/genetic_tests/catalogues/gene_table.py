"""A table of gene names as the HGNC publishes it (hgnc_complete_set), brought by the operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matching.genetic_tests.catalogues.columns import GENE_NAMES, Fields, known_columns, read_fields
from matching.genetic_tests.catalogues.faults import MOST_TOLD, CatalogueRefused, RowNote
from matching.genetic_tests.catalogues.genes import GeneName
from matching.genetic_tests.catalogues.rows import read_rows
from matching.genetic_tests.catalogues.text import text_file

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9\-_.@]*")
_ID = re.compile(r"HGNC:\d+")
_WITHDRAWN = re.compile("withdrawn", re.IGNORECASE)
_MEND = "Download hgnc_complete_set.txt from the HGNC again."
#: A table that names fewer genes is an excerpt; one of the whole genome has 44,000.
_MOST_GENES = 1_000_000


@dataclass(frozen=True, slots=True)
class GeneTable:
    """The genes of a table that are not withdrawn, and how many were."""

    names: tuple[GeneName, ...]
    withdrawn: int


def read_gene_table(path: Path) -> GeneTable:
    """Read a whole table; raises CatalogueRefused, with its rows, where one cannot be used."""
    file = text_file(path)
    names: list[GeneName] = []
    faults: list[RowNote] = []
    withdrawn = 0
    with file.open() as text:
        for row in read_fields(read_rows(text, file, known_columns), GENE_NAMES):
            if isinstance(row, RowNote):
                faults.append(row)
            elif _WITHDRAWN.search(row.of.get("status", "")):
                withdrawn += 1
            else:
                _take(row, names, faults)
    if faults:
        raise CatalogueRefused(
            f"Rows of the gene names that cannot be used: {len(faults):,}, the first in line {faults[0].number}: "
            f"{faults[0].what}",
            _MEND,
            faults[:MOST_TOLD],
            len(faults),
        )
    if not 0 < len(names) < _MOST_GENES:
        raise CatalogueRefused(f"{path.name} names {len(names):,} genes.", _MEND)
    return GeneTable(tuple(names), withdrawn)


def _take(row: Fields, names: list[GeneName], faults: list[RowNote]) -> None:
    symbol, hgnc_id, ncbi_id = row.of["symbol"], row.of["hgnc"], row.of.get("ncbi", "")
    if not _SYMBOL.fullmatch(symbol):
        faults.append(RowNote(row.number, f"{symbol[:40]!r} is no symbol of a gene."))
    elif not _ID.fullmatch(hgnc_id):
        faults.append(RowNote(row.number, f"{hgnc_id[:40]!r} is no id such as HGNC:1100."))
    elif ncbi_id and not ncbi_id.isdigit():
        faults.append(RowNote(row.number, f"{ncbi_id[:40]!r} is no number of the NCBI's."))
    else:
        previous, aliases = (tuple(_several(row.of[field])) for field in ("previous", "alias"))
        names.append(GeneName(symbol, previous, aliases, hgnc_id, ncbi_id))


def _several(cell: str) -> Iterator[str]:
    return (name for part in re.split(r"[|,]", cell) if (name := part.strip()))
