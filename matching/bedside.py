"""How a feature is come by: at the bedside, by an investigation, or not at all. The lines lie in bedside.tsv."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import Rows
from ontology.errors import KnowledgeDamaged
from ontology.terms import Terms, UnknownTerm

_COLUMNS = "id\tlabel\thow\tby"


class ComeBy(StrEnum):
    """How a feature is found out."""

    BEDSIDE = "bedside"
    INVESTIGATION = "investigation"
    NEVER = "never"


_CODE = {how: at for at, how in enumerate(ComeBy)}


@dataclass(frozen=True, slots=True)
class BedsideLine:
    """One line: `how` everything at or below the term is come by, and `by` what means."""

    id: str
    label: str
    how: ComeBy
    by: str


def packaged_lines() -> tuple[BedsideLine, ...]:
    """The lines of bedside.tsv; raises KnowledgeDamaged at one that cannot be used."""
    return read_lines(files(__package__).joinpath("bedside.tsv").read_text(encoding="utf-8"))


def read_lines(text: str) -> tuple[BedsideLine, ...]:
    """Parse the table; raises KnowledgeDamaged."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if not lines or lines[0] != _COLUMNS:
        raise _damaged("its columns are others")
    found = []
    for line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != 4 or not all(cells) or cells[2] not in set(ComeBy):
            raise _damaged(f"the line {line[:40]!r}")
        found.append(BedsideLine(cells[0], cells[1], ComeBy(cells[2]), cells[3]))
    if len({line.id for line in found}) < len(found):
        raise _damaged("a term stands twice")
    return tuple(found)


def come_by(terms: Terms, lines: tuple[BedsideLine, ...]) -> NDArray[np.int8]:
    """How each term is come by, int8 (terms,): index into ComeBy's members; bedside where no line covers a term.

    The most specific line above a term decides; of several, never before bedside and bedside before investigation.
    Lines of terms that this release does not know decide nothing.
    """
    known = _known(terms, lines)
    below: Rows = terms.ancestors.inverted(len(terms))
    chosen = np.full(len(terms), _CODE[ComeBy.BEDSIDE], np.int8)
    for how in (ComeBy.INVESTIGATION, ComeBy.BEDSIDE, ComeBy.NEVER):
        for position in (at for at, said in known if said is how):
            covered = np.zeros(len(terms), np.bool_)
            covered[below[position]] = True
            for narrower in (at for at, _ in known if at != position and terms.is_ancestor(position, at)):
                covered[below[narrower]] = False
            chosen[covered] = _CODE[how]
    return chosen


def _known(terms: Terms, lines: tuple[BedsideLine, ...]) -> list[tuple[int, ComeBy]]:
    found = []
    for line in lines:
        try:
            found.append((terms.position(line.id), line.how))
        except UnknownTerm:
            continue
    return found


def _damaged(what: str) -> KnowledgeDamaged:
    return KnowledgeDamaged(f"The table of what can be asked at the bedside cannot be used: {what}.", "Reinstall it.")
