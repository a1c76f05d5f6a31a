"""A file read as a catalogue, whatever its format; nothing is kept here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matching.genetic_tests.catalogue import Catalogue
from matching.genetic_tests.catalogues.columns import (
    Format,
    known_columns,
    likely_format,
    read_fields,
    unit_of,
    unread_columns,
)
from matching.genetic_tests.catalogues.directory import read_directory
from matching.genetic_tests.catalogues.faults import CatalogueRefused
from matching.genetic_tests.catalogues.genes import GeneNames
from matching.genetic_tests.catalogues.own import UNITS, read_own
from matching.genetic_tests.catalogues.panels import GREEN, read_panels
from matching.genetic_tests.catalogues.reading import Findings, Reading
from matching.genetic_tests.catalogues.rows import read_rows
from matching.genetic_tests.catalogues.text import text_file


def read_catalogue(
    path: Path,
    names: GeneNames,
    format: Format | None = None,
    *,
    least: int = GREEN,
    panels: Sequence[Catalogue] = (),
) -> Reading:
    """Read `path`; `format` is taken from its columns where it is not said.

    `least` is the level of confidence of a panel's genes, `panels` the catalogues that a directory's panels are looked
    up in. Raises CatalogueRefused where the file fails as a whole; faulty rows are in the reading.
    """
    file = text_file(path)
    findings = Findings()
    with file.open() as text:
        table = read_rows(text, file, known_columns)
        chosen = format or likely_format(table.columns)
        rows = read_fields(table, chosen)
        if chosen is Format.PANELAPP:
            read_panels(rows, names, least, findings)
        elif chosen is Format.DIRECTORY:
            if not panels:
                raise CatalogueRefused(
                    "A directory names its panels by their ids, and no catalogue of panels was given.",
                    "Import the panels first, then name them: --with NAME.",
                )
            read_directory(rows, names, panels, findings)
        else:
            read_own(rows, names, {field: unit_of(table, chosen, field) for field in UNITS}, findings)
    if not findings.tests:
        raise CatalogueRefused(
            f"{path.name} holds no test that can be used.",
            "See what is said of its rows, and check --format.",
            findings.faults,
            findings.fault_count,
        )
    return Reading(
        format=chosen,
        encoding=file.encoding,
        rows=findings.rows,
        tests=tuple(findings.tests),
        currency=findings.currency,
        unread=unread_columns(table, chosen),
        faults=tuple(findings.faults),
        fault_count=findings.fault_count,
        passed_over=tuple(findings.passed_over),
        passed_count=findings.passed_count,
        lost=tuple(findings.lost),
    )
