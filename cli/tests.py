"""`phenomap tests import|list|show|use`: the catalogues of tests that can be ordered."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import Commands, add_knowledge_option, open_knowledge

if TYPE_CHECKING:
    from matching.genetic_tests.catalogues.faults import RowNote
    from matching.genetic_tests.catalogues.shelf import Shelved

_FORMATS = ("own", "panelapp", "directory")
#: How many of the rows that were passed over are told on stderr; `tests show NAME` tells them all.
_PASSED_TOLD = 20


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `tests` and its commands."""
    from cli.tests_show import add_list, add_show, add_use

    top = commands.add_parser("tests", help="the catalogues of tests that can be ordered: import, list, show, use")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_import(inner)
    add_list(inner)
    add_show(inner)
    add_use(inner)


def _add_import(inner: Commands[argparse.ArgumentParser]) -> None:
    command = inner.add_parser("import", help="check a catalogue row by row, keep it as a version and put it in use")
    command.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV, TSV or JSON, plain or packed by gzip")
    command.add_argument("--name", help="what the catalogue is called here, such as the laboratory's name")
    command.add_argument("--format", choices=_FORMATS, help="kind of file (default: by its columns)")
    command.add_argument(
        "--with",
        dest="panels",
        action="append",
        default=[],
        metavar="NAME",
        help="catalogue of panels that a directory's panel ids are looked up in; may be repeated",
    )
    command.add_argument("--amber", action="store_true", help="of a PanelApp-like table take amber genes, too")
    command.add_argument(
        "--skip-faulty", action="store_true", help="leave rows out that cannot be used, at most a tenth"
    )
    command.add_argument(
        "--gene-names",
        type=Path,
        metavar="FILE",
        help="table of gene names, hgnc_complete_set.txt; kept, and used from this import on",
    )
    add_knowledge_option(command)
    command.add_argument("--json", action="store_true", help="as one JSON object")
    command.set_defaults(run=run_import)


def run_import(chosen: argparse.Namespace) -> int:
    """Import gene names, a catalogue, or both; 1, and what is in use stays, where the file cannot be used."""
    from matching.genetic_tests.catalogues.faults import CatalogueRefused
    from matching.genetic_tests.catalogues.kept_names import keep_names
    from ontology.knowledge import root_folder

    if chosen.file is None and chosen.gene_names is None:
        raise CatalogueRefused("No file was named.", "Name a catalogue with --name NAME, or --gene-names FILE.")
    if (chosen.file is None) != (chosen.name is None):
        raise CatalogueRefused("A catalogue needs a FILE and a --name.", "Name both.")
    told: dict[str, object] = {}
    try:
        if chosen.gene_names is not None:
            names = keep_names(root_folder(chosen.knowledge), chosen.gene_names)
            told["gene_names"] = asdict(names)
            if not chosen.json:
                print(f"{names.genes:,} genes with their names kept; sha256 {names.sha256}")
        if chosen.file is not None:
            told |= _import_catalogue(chosen)
    except CatalogueRefused as refused:
        _say("line", refused.rows, refused.count)  # every one that was kept, up to a thousand
        raise
    if chosen.json:
        print(json.dumps(told, ensure_ascii=False))
    return 0


def _import_catalogue(chosen: argparse.Namespace) -> dict[str, object]:
    from matching.genetic_tests.catalogues.columns import Format
    from matching.genetic_tests.catalogues.importing import read_catalogue
    from matching.genetic_tests.catalogues.kept_names import gene_names, kept_names
    from matching.genetic_tests.catalogues.panels import AMBER, GREEN
    from matching.genetic_tests.catalogues.shelf import check_name, keep, named
    from ontology.knowledge import root_folder

    start = time.monotonic()
    check_name(chosen.name)
    root = root_folder(chosen.knowledge)
    knowledge = open_knowledge(chosen)
    panels = named(root, chosen.panels)
    names = kept_names(root)
    reading = read_catalogue(
        chosen.file,
        gene_names(root, knowledge.genes),
        Format(chosen.format) if chosen.format else None,
        least=AMBER if chosen.amber else GREEN,
        panels=panels,
    )
    shelved, fresh = keep(
        root,
        chosen.name,
        chosen.file,
        reading,
        release=knowledge.manifest.release,
        gene_names=names.sha256 if names else "",
        options={"amber": chosen.amber, "with": [f"{panel.name} {panel.version}" for panel in panels]},
        skip_faulty=chosen.skip_faulty,
    )
    if not chosen.json:
        _tell(shelved, fresh, time.monotonic() - start)
        _say("passed over, line", reading.passed_over[:_PASSED_TOLD], reading.passed_count)
        _say("left out, line", reading.faults, reading.fault_count)
    return asdict(shelved.kept) | {"fresh": fresh}


def _tell(shelved: Shelved, fresh: bool, seconds: float) -> None:
    kept = shelved.kept
    counts = kept.counts
    again = "" if fresh else " (it was kept already)"
    print(f"{kept.name} {kept.version} is in use{again}")
    print(
        f"{counts['rows']:>10,} rows read as {kept.format}, {kept.encoding}, in {seconds:.1f} s; sha256 {kept.sha256}"
    )
    print(f"{counts['tests']:>10,} tests")
    print(f"{counts['genes']:>10,} genes, {counts['gene_entries']:,} entries")
    print(
        f"{counts['unresolved_genes']:>10,} names of genes not resolved, {counts['unresolved_entries']:,} entries: "
        f"see `phenomap tests show {kept.name} --unresolved`"
    )
    print(f"{counts['passed_over']:>10,} rows passed over")
    print(f"{counts['faulty_rows']:>10,} faulty rows left out")
    if kept.unread:
        print(f"columns not used: {', '.join(kept.unread)}")


def _say(what: str, rows: Sequence[RowNote], count: int) -> None:
    """Tell rows on stderr, and how many more there are."""
    for row in rows:
        sys.stderr.write(f"{what} {row.number}: {row.what}\n")
    if count > len(rows):
        sys.stderr.write(f"... and {count - len(rows):,} more\n")
