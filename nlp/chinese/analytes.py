"""Quantities of the laboratory and of the body by their Chinese names, with the rows that judge them.

`languages/zh/analytes.tsv` names rows of the tables of languages/zh and, for what those lack, of languages/en.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from nlp.amounts import canonical_unit
from nlp.analytes import Analyte, Analytes
from nlp.chinese.patterns import expand
from nlp.chinese.script import Script
from ontology.features import Channel

_TABLES = (
    ("zh", "laboratory.tsv", Channel.LABORATORY),
    ("en", "laboratory.tsv", Channel.LABORATORY),
    ("en", "vital_signs.tsv", Channel.VITAL_SIGN),
)


@dataclass(frozen=True, slots=True)
class NamedAnalyte:
    """A row that a name may mean; `assumed` is the unit that Chinese laboratories write where a note gives none."""

    analyte: Analyte
    assumed: str | None
    channel: Channel


@dataclass(frozen=True, slots=True)
class NamedQuantity:
    """A name in a text: every row that it may mean, in the order of the file."""

    rows: tuple[NamedAnalyte, ...]


def named_quantities(script: Script) -> dict[str, NamedQuantity]:
    """Folded names to what they may mean; raises ValueError where the file names a row that no table has."""
    rows = _rows()
    found: dict[str, list[NamedAnalyte]] = {}
    text = (files("nlp") / "languages" / "zh" / "analytes.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, unit, patterns = line.split("\t")
        if name not in rows:
            raise ValueError(f"analytes.tsv names {name!r}, which no table has.")
        analyte, channel = rows[name]
        named = NamedAnalyte(analyte, None if unit == "-" else canonical_unit(unit), channel)
        for pattern in patterns.split("|"):
            for phrase in expand(pattern):
                found.setdefault(script.fold(phrase), []).append(named)
    return {phrase: NamedQuantity(tuple(named)) for phrase, named in found.items()}


def _rows() -> Mapping[str, tuple[Analyte, Channel]]:
    """Every row by its name; of two tables the first counts."""
    found: dict[str, tuple[Analyte, Channel]] = {}
    for language, table, channel in _TABLES:
        for by_specimen in Analytes.read(language, table).rows.values():
            for analyte in by_specimen.values():
                found.setdefault(analyte.name, (analyte, channel))
    return found
