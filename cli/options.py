"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ontology.knowledge import Knowledge

#: What `add_subparsers` returns.
Commands = argparse._SubParsersAction


def add_knowledge_option(command: argparse.ArgumentParser) -> None:
    """`--knowledge DIR`."""
    command.add_argument(
        "--knowledge",
        type=Path,
        metavar="DIR",
        help="folder of the compiled releases (default: $PHENOMAP_KNOWLEDGE, else ./knowledge)",
    )


def open_knowledge(chosen: argparse.Namespace) -> Knowledge:
    """Open the release in use; raises KnowledgeError."""
    from ontology.knowledge import Knowledge, root_folder

    return Knowledge.open(root_folder(chosen.knowledge))


def add_database_option(command: argparse.ArgumentParser) -> None:
    """`--database URL`."""
    command.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///PATH or postgresql://... (default: $PHENOMAP_DATABASE, else sqlite:///phenomap.db)",
    )
