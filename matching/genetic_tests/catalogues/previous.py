"""Previous symbols that are common in catalogues, packaged in previous_symbols.tsv.

Each row tells where the change of symbol was read (a public table or list of renamed symbols), or `unverified`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class PreviousSymbol:
    """A symbol that was, the one that is, and where that was read."""

    previous: str
    current: str
    read_in: str


@cache
def rows_of_previous_symbols() -> tuple[PreviousSymbol, ...]:
    """Every row."""
    lines = files(__package__).joinpath("previous_symbols.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple(PreviousSymbol(*line.split("\t")) for line in lines)
