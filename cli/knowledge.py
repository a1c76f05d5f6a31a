"""`phenomap knowledge build|show|import`: compile a release, and say what is in the one in use."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from cli.knowledge_import import add_import
from cli.options import Commands, add_knowledge_option, open_knowledge


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `knowledge` and its commands."""
    top = commands.add_parser("knowledge", help="compile the ontology and the annotations, or show what is compiled")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = inner.add_parser("build", help="compile a release; instant where it is compiled already")
    add_knowledge_option(build)
    build.add_argument(
        "--source",
        type=Path,
        metavar="DIR",
        help="folder with hp.obo, phenotype.hpoa, en_product1.xml, genes_to_disease.txt and, for ages of onset, the "
        "prior and Chinese labels, en_product9_ages.xml, en_product9_prev.xml and hp-zh.babelon.tsv, for sites with no "
        "network",
    )
    build.add_argument("--downloads", type=Path, metavar="DIR", help="where downloaded wheels are kept")
    build.add_argument("--force", action="store_true", help="compile even where nothing has changed")
    build.set_defaults(run=run_build)
    show = inner.add_parser("show", help="print the release in use: sources, dates, licences, counts")
    add_knowledge_option(show)
    show.add_argument("--json", action="store_true", help="as one JSON object")
    show.add_argument("--verify", action="store_true", help="compare every file with its checksum, large ones too")
    show.set_defaults(run=run_show)
    add_import(inner)


def run_build(chosen: argparse.Namespace) -> int:
    """Compile, with progress on stderr."""
    from cli.companions import companions
    from ontology.compile.build import build
    from ontology.knowledge import root_folder

    start = time.monotonic()

    def progress(message: str) -> None:
        sys.stderr.write(f"{time.monotonic() - start:6.1f} s  {message}\n")

    built = build(
        root_folder(chosen.knowledge),
        companions(),
        progress,
        source=chosen.source,
        downloads=chosen.downloads,
        force=chosen.force,
    )
    if built.fresh:
        progress("done")
    print(f"knowledge {built.folder.name} is in use" + ("" if built.fresh else " (nothing had changed)"))
    return 0


def run_show(chosen: argparse.Namespace) -> int:
    """Print the manifest; with --verify only where every file matches its checksum."""
    knowledge = open_knowledge(chosen)
    manifest = knowledge.manifest
    if chosen.verify:
        manifest.verify(knowledge.folder, whole=True)
    if chosen.json:
        content = asdict(manifest)
        content.pop("files")
        print(json.dumps(content | {"folder": str(knowledge.folder)}, ensure_ascii=False))
        return 0
    print(f"release    {manifest.release}, compiled {manifest.built}, in {knowledge.folder}")
    for source in manifest.sources:
        print(f"source     {source.name} {source.version}, {source.licence}")
        print(f"           {source.citation}; {source.origin}; sha256 {source.sha256}")
    for kind, count in manifest.counts.items():
        print(f"{count:>10,} {kind.replace('_', ' ')}")
    for note in manifest.notes:
        print(f"note       {note}")
    return 0
