"""`phenomap backup TARGET` and `phenomap restore SOURCE`: all that is kept, but for the master keys and releases."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

from cli.options import Commands, add_knowledge_option
from cli.serve import add_settings_options, settings_of

_KEYS_APART = "The master keys are not in a backup: keep them elsewhere, for without them it cannot be read."
_ERASED = "A patient erased later can still be read from an older backup with the keys: delete backups in time."


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `backup` and `restore`."""
    backup = commands.add_parser(
        "backup", help="copy the database, photos and catalogues, while in use", epilog=f"{_KEYS_APART} {_ERASED}"
    )
    backup.add_argument("target", type=Path, metavar="TARGET", help="folder to make")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup in place", epilog=_KEYS_APART)
    restore.add_argument("source", type=Path, metavar="SOURCE", help="folder of a backup")
    restore.add_argument("--force", action="store_true", help="set aside what is there (PostgreSQL: replace it)")
    restore.set_defaults(run=run_restore)
    for command in (backup, restore):
        add_settings_options(command)
        add_knowledge_option(command)  # the catalogues of tests lie there
        command.add_argument(
            "--blobs", type=Path, metavar="DIR", help="folder of photos (default: as the settings say)"
        )


def run_backup(chosen: argparse.Namespace) -> int:
    """Make a backup, verified by restoring it."""
    from service.store.backup import back_up
    from service.store.present import open_present

    settings = settings_of(chosen)
    with closing(open_present(settings.database)) as database:
        made = back_up(database, chosen.blobs or settings.blobs, chosen.target, _catalogues(chosen))
    if not made.sound:
        sys.stderr.write("phenomap: the audit trail in it does not hold; see `phenomap audit verify`.\n")
    if made.absent_photos:
        sys.stderr.write(f"phenomap: {made.absent_photos} photos had no file to copy.\n")
    print(
        f"{chosen.target}: {made.cases:,} cases, {made.links:,} links of the trail, {len(made.files):,} files; restored"
    )
    print(f"and read through to verify it. {_KEYS_APART}")
    return 0


def run_restore(chosen: argparse.Namespace) -> int:
    """Put a backup in place."""
    from service.store.restore import restore

    settings = settings_of(chosen)
    blobs = chosen.blobs or settings.blobs
    put = restore(chosen.source, settings.database, blobs, force=chosen.force, catalogues=_catalogues(chosen))
    print(f"restored {put.cases:,} cases as of {put.made}; `phenomap serve` migrates them where it is newer")
    return 0


def _catalogues(chosen: argparse.Namespace) -> Path:
    from matching.genetic_tests.catalogues.shelf import FOLDER
    from ontology.knowledge import root_folder

    return root_folder(chosen.knowledge) / FOLDER
