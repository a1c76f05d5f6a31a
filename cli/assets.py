"""`phenomap assets build|show`: the libraries that the page needs."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path

from cli.options import Commands


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `assets` and its commands."""
    top = commands.add_parser("assets", help="the page's libraries: fetch them once at set-up, or show them")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = inner.add_parser("build", help="fetch what is missing, each file checked against its pinned sums")
    build.add_argument(
        "--from", dest="source", type=Path, metavar="FOLDER", help="folder of tarballs, without internet"
    )
    build.set_defaults(run=_build)
    show = inner.add_parser("show", help="versions, licences and sizes, as JSON Lines")
    show.set_defaults(run=_show)


def _build(chosen: argparse.Namespace) -> int:
    from service.vendor.fetch import fetch, packages

    done = fetch(packages(), source=chosen.source)
    sys.stderr.write(f"assets: {len(done)} fetched{''.join(f', {name}' for name in done)}\n" if done else "")
    return 0


def _show(chosen: argparse.Namespace) -> int:
    from service.vendor.fetch import TARGET, missing, packages

    wanted = packages()
    absent = set(missing(wanted))
    for package in wanted:
        for file in package.files:
            there = file.name not in absent
            size = len(gzip.compress((TARGET / file.name).read_bytes(), 9)) if there else None
            told = {"file": file.name, "package": package.name, "version": package.version, "licence": package.licence}
            sys.stdout.write(json.dumps({**told, "sha256": file.sha256, "there": there, "gzipped": size}) + "\n")
    return 1 if absent else 0
