"""What every page is made of: the templates, and the words that its scripts read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

HERE = Path(__file__).parent


def templates() -> Environment:
    """The templates as they are at start; a word that is missing is an error, and everything is escaped."""
    folder = FileSystemLoader(HERE / "templates")
    return Environment(loader=folder, autoescape=select_autoescape(), undefined=StrictUndefined)


def for_scripts(words: Mapping[str, str], *prefixes: str) -> str:
    """The words whose keys begin with one of `prefixes`, as JSON."""
    return json.dumps({key: text for key, text in words.items() if key.startswith(prefixes)}, ensure_ascii=False)
