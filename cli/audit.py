"""`phenomap audit verify|export`: whether the trail is whole, and the trail itself."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import TYPE_CHECKING, TypeVar

from cli.options import Commands
from cli.serve import add_settings_options, settings_of
from ontology.errors import InputError

if TYPE_CHECKING:
    from service.audit.trail import Head
    from service.store.database import Work

T = TypeVar("T")


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `audit` and its two commands."""
    top = commands.add_parser("audit", help="verify or export the trail of who saw, changed and signed what")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = inner.add_parser("verify", help="exit 0 where every link holds, 1 where one was altered; empty holds")
    add_settings_options(check)
    check.add_argument(
        "--head", metavar="SEQ:DIGEST", help="a head noted earlier, kept elsewhere: it must be a link of this trail"
    )
    check.add_argument("--json", action="store_true", help="as one JSON object")
    check.set_defaults(run=run_verify)
    export = inner.add_parser("export", help="print every link as a JSON line, the first one first")
    add_settings_options(export)
    export.set_defaults(run=run_export)


def run_verify(chosen: argparse.Namespace) -> int:
    """Print the verdict."""
    from service.audit.trail import ORIGIN, Head, Verdict, verify

    noted = _head(chosen.head)
    verdict = _with_trail(chosen, lambda connection: verify(connection, noted))
    if verdict is None:
        verdict = Verdict(0, noted is None, None, "" if noted is None else "Nothing is kept here.", Head(0, ORIGIN))
    head = f"{verdict.head.seq}:{verdict.head.digest}" if verdict.head else None
    if chosen.json:
        fields = {"links": verdict.links, "sound": verdict.sound, "first_fault": verdict.first_fault}
        print(json.dumps(fields | {"what": verdict.what, "head": head}))
    elif verdict.sound:
        print(f"sound: {verdict.links:,} links; head {head}")
    else:
        where = "" if verdict.first_fault is None else f" at link {verdict.first_fault}"
        print(f"NOT sound{where}: {verdict.what} {verdict.links:,} links before it hold.")
    return 0 if verdict.sound else 1


def run_export(chosen: argparse.Namespace) -> int:
    """Print the trail as JSON Lines."""
    from service.audit.trail import export

    _with_trail(
        chosen,
        lambda connection: sys.stdout.writelines(
            json.dumps(link, ensure_ascii=False) + "\n" for link in export(connection)
        ),
    )
    return 0


def _with_trail(chosen: argparse.Namespace, work: Work[T]) -> T | None:
    """The value of `work`; None where no database was named and none has been made yet: its trail is empty."""
    from service.store.database import DEFAULT_URL
    from service.store.present import is_file_missing, open_present

    url = settings_of(chosen).database
    if url == DEFAULT_URL and not chosen.database and is_file_missing(url):
        return None
    database = open_present(url)
    try:
        return database.read(work)
    finally:
        database.close()


def _head(given: str | None) -> Head | None:
    from service.audit.trail import Head

    if given is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", given):
        raise InputError("--head", "This is not a head of a trail.", "Give it as `audit verify` printed it.")
    seq, _, digest = given.partition(":")
    return Head(int(seq), digest)
