"""`phenomap serve`: the web service and its page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import Commands, add_database_option, add_knowledge_option

if TYPE_CHECKING:
    from service.settings import Settings


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `serve`."""
    command = commands.add_parser("serve", help="serve the page and the API")
    add_knowledge_option(command)
    add_settings_options(command)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    command.add_argument(
        "--demonstration",
        action="store_true",
        help="on this machine alone: a clinician who signs in by a printed link, and visitors who keep nothing",
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from ontology.knowledge import root_folder
    from service.serve import serve

    settings = settings_of(chosen)
    if chosen.demonstration:
        settings = settings.model_copy(update={"demonstration": True})
    serve(root_folder(chosen.knowledge), chosen.host, chosen.port, settings, _say)
    return 0


def add_settings_options(command: argparse.ArgumentParser) -> None:
    """`--settings FILE` and `--database URL`."""
    command.add_argument("--settings", type=Path, metavar="FILE", help="TOML (default: $PHENOMAP_SETTINGS, else none)")
    add_database_option(command)


def settings_of(chosen: argparse.Namespace) -> Settings:
    """The settings of a command; raises SettingsError."""
    from service.settings import read_settings

    settings = read_settings(chosen.settings)
    return settings.model_copy(update={"database": chosen.database}) if chosen.database else settings


def _say(words: str) -> None:
    print(words, flush=True)
