"""Ancestries that norms are told for: a closed list. Ancestry is asked, and never inferred from a face."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ontology.errors import InputError

#: Each code and the wider one that it is a part of; the words for people are under `face.ancestry.CODE`.
ANCESTRIES: Mapping[str, str | None] = MappingProxyType(
    {
        "han": "east_asian",
        "han_north": "han",
        "han_south": "han",
        "han_hong_kong": "han",
        "han_taiwan": "han",
        "han_malaysia": "han",
        "korean": "east_asian",
        "japanese": "east_asian",
        "east_asian": None,
        "malay": "southeast_asian",
        "thai": "southeast_asian",
        "vietnamese": "southeast_asian",
        "southeast_asian": None,
        "south_asian": None,
        "middle_eastern": None,
        "turkish": None,
        "european": None,
        "african": None,
        "african_american": None,
        "latin_american": None,
        "aboriginal_australian": None,
        "mixed_canadian": None,
        "other": None,
    }
)


def checked(code: str | None) -> str | None:
    """The code, if it is one; raises InputError."""
    if code is not None and code not in ANCESTRIES:
        raise InputError("ancestry", "This ancestry is not on the list.", f"Give one of {', '.join(ANCESTRIES)}.")
    return code


def widening(code: str) -> tuple[str, ...]:
    """The code and those it is a part of, the nearest first."""
    found, at = [], ANCESTRIES.get(code)
    found.append(code)
    while at is not None:
        found.append(at)
        at = ANCESTRIES[at]
    return tuple(found)
