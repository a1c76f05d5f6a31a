"""`phenomap knowledge import --chinese FILE`: put a file that the operator brings where the next build finds it."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from cli.options import Commands, add_knowledge_option


def add_import(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `import`."""
    command = commands.add_parser("import", help="check and keep a file for the next build: official Chinese labels")
    command.add_argument(
        "--chinese",
        type=Path,
        required=True,
        metavar="FILE",
        help="the HPO's translation, hp-zh.babelon.tsv, plain or packed by gzip",
    )
    add_knowledge_option(command)
    command.add_argument(
        "--downloads", type=Path, metavar="DIR", help="where it is kept (default: beside the releases)"
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Check every row, then keep the table; 1, and what was kept before stays, where a row cannot be used."""
    from ontology.compile.babelon import TranslationFaults, read_table, read_translation
    from ontology.compile.build import downloads_of
    from ontology.knowledge import root_folder
    from ontology.translations import FILE_NAME

    table = read_table(chosen.chinese)
    try:
        translation = read_translation(table)
    except TranslationFaults as faults:
        for fault in faults.rows:
            sys.stderr.write(f"line {fault.number}: {fault.what}\n")
        raise
    folder = chosen.downloads or downloads_of(root_folder(chosen.knowledge))
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / FILE_NAME, table)
    print(f"{len(translation.labels):,} Chinese labels kept in {folder / FILE_NAME}")
    print(f"sha256 {hashlib.sha256(table).hexdigest()}")
    for reason, count in translation.passed_over.items():
        print(f"{count:,} rows passed over: {reason}")
    print("They are used from the next `phenomap knowledge build` on, beside this project's own and behind them.")
    return 0


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part-{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
