"""`phenomap keys show|rotate`: the master keys by their ids, and a new one. No key is ever printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from cli.options import Commands
from cli.serve import add_settings_options, settings_of

if TYPE_CHECKING:
    from service.store.database import Database
    from service.vault.vault import Vault

#: Whom the trail names for what is done at the command line.
OPERATOR = "operator"


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `keys` and its two commands."""
    top = commands.add_parser("keys", help="show or rotate the master keys that cases are sealed under")
    inner = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    show = inner.add_parser("show", help="ids of the master keys, and how many cases are under each")
    show.add_argument("--json", action="store_true", help="as one JSON object")
    show.set_defaults(run=run_show)
    rotate = inner.add_parser("rotate", help="bring every case under a new master key, or finish doing so")
    rotate.add_argument(
        "--forget-old",
        action="store_true",
        help="then drop the older keys from the key file: backups made before this can no longer be read",
    )
    rotate.set_defaults(run=run_rotate)
    for command in (show, rotate):
        add_settings_options(command)
        command.add_argument(
            "--keys",
            metavar="SOURCE",
            help="file:PATH, env:VARIABLE or command:WORDS (default: as in the settings)",
        )


def run_show(chosen: argparse.Namespace) -> int:
    """Print ids; exit 1 where cases are under a key that is not held."""
    from service.vault.opening import held_keys

    with _opened(chosen) as (database, vault):
        keys = held_keys(database, vault)
    if chosen.json:
        print(json.dumps({"keys": [asdict(key) for key in keys]}))
    else:
        for key in keys:
            state = "current" if key.current else "older" if key.held else "NOT HELD"
            print(f"{key.id}  {state:<8}  {key.cases:>9,} cases")
    return 0 if all(key.held for key in keys) else 1


def run_rotate(chosen: argparse.Namespace) -> int:
    """Rotate, with progress on stderr."""
    from service.vault.rotation import forget_old, rotate

    with _opened(chosen) as (database, vault):
        done = rotate(database, vault, OPERATOR, lambda words: print(words, file=sys.stderr))
        dropped = forget_old(database, vault, OPERATOR) if chosen.forget_old else 0
    made = "a new master key was made" if done.fresh else "the current master key stands"
    print(f"{done.current}: {made}; {done.rewrapped:,} cases came under it; {dropped} older keys were dropped")
    return 0


@contextmanager
def _opened(chosen: argparse.Namespace) -> Iterator[tuple[Database, Vault]]:
    from service.store.present import open_present
    from service.vault.master import key_source
    from service.vault.vault import open_vault

    settings = settings_of(chosen)
    database = open_present(settings.database)
    try:
        yield database, open_vault(key_source(chosen.keys or settings.keys))
    finally:
        database.close()
