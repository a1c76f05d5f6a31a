"""`phenomap serve`: the web service and its page."""

from __future__ import annotations

import argparse

from cli.options import Commands, add_knowledge_option


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `serve`."""
    command = commands.add_parser("serve", help="serve the page and the API")
    add_knowledge_option(command)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from ontology.knowledge import root_folder
    from service.serve import serve

    serve(root_folder(chosen.knowledge), chosen.host, chosen.port)
    return 0
