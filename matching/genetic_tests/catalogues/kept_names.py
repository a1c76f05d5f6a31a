"""The operator's table of gene names, kept beside the catalogues."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from matching.genetic_tests.catalogues.faults import CatalogueDamaged
from matching.genetic_tests.catalogues.gene_table import read_gene_table
from matching.genetic_tests.catalogues.genes import GeneNames
from matching.genetic_tests.catalogues.shelf import FOLDER, GENE_NAMES
from ontology.genes import GeneLinks
from ontology.manifest import sha256

_TABLE = "gene_names.tsv"


@dataclass(frozen=True, slots=True)
class KeptNames:
    """Where the table in use comes from; `sha256` is of the file as it was brought."""

    source: str
    sha256: str
    imported: str
    genes: int
    withdrawn: int


def keep_names(root: Path, source: Path) -> KeptNames:
    """Check a table and keep it; raises CatalogueRefused, and the one before stays."""
    table = read_gene_table(source)
    told = KeptNames(
        source.name,
        sha256(source),
        datetime.now(UTC).isoformat(timespec="seconds"),
        len(table.names),
        table.withdrawn,
    )
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    columns = "symbol\tprev_symbol\talias_symbol\thgnc_id\tentrez_id\n"
    rows = (
        f"{name.symbol}\t{'|'.join(name.previous)}\t{'|'.join(name.aliases)}\t{name.hgnc_id}\t{name.ncbi_id}\n"
        for name in table.names
    )
    content = columns + "".join(rows)
    stamped = asdict(told) | {"bytes": len(content.encode())}
    _replace(folder / _TABLE, content)
    _replace(folder / GENE_NAMES, json.dumps(stamped, ensure_ascii=False, indent=1))
    return told


def kept_names(root: Path) -> KeptNames | None:
    """What is told of the table in use; None where there is none. Raises CatalogueDamaged."""
    folder = root / FOLDER
    if not (folder / GENE_NAMES).is_file():
        return None
    try:
        told = json.loads((folder / GENE_NAMES).read_text(encoding="utf-8"))
        if (folder / _TABLE).stat().st_size != told.pop("bytes"):
            raise ValueError
        return KeptNames(**told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CatalogueDamaged(
            "The kept gene names are damaged.", "Import them again: `phenomap tests import --gene-names FILE`."
        ) from error


def gene_names(root: Path, links: GeneLinks) -> GeneNames:
    """Every name known now: the release's, the packaged ones, and those of the kept table."""
    if kept_names(root) is None:
        return GeneNames.of(links)
    return GeneNames.of(links, read_gene_table(root / FOLDER / _TABLE).names)


def _replace(path: Path, content: str) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_text(content, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
