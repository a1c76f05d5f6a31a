"""Where diseases stood on the page before a change, and how far each has moved since.

The page sends with every form where each disease stands, and where it stood before the last change of the order; so a
change that leaves the order alone, such as opening evidence, leaves the marks of the last move too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.models.explanations import DiseaseAnswer

#: A disease with the rank that the page shows, then the one it had before that: `-` where it was not listed.
STOOD = r"^(OMIM|ORPHA|DECIPHER):[0-9]{1,7}=[0-9]{1,5}(\.5)?(=(-|[0-9]{1,5}(\.5)?))?$"
_NEW = "-"


@dataclass(frozen=True, slots=True)
class Move:
    """`ranks` up (below 0: down); `entered` where the disease was not listed before."""

    ranks: int = 0
    entered: bool = False


class Standing:
    """The ranks listed now against those that a form said the page shows."""

    def __init__(self, listed: Sequence[DiseaseAnswer], stood: Sequence[str]) -> None:
        shown = [each.split("=") for each in stood]
        ranks = {id: rank for id, rank, *_ in shown}
        now = {disease.id: _words(disease.rank) for disease in listed}
        if now == ranks:
            self._before: Mapping[str, str] = {id: before[0] for id, _, *before in shown if before}
        else:
            self._before = {id: ranks.get(id, _NEW) for id in now} if ranks else {}
        self._now = now

    def sent(self, id: str) -> str:
        """What the page is to send of a disease."""
        before = self._before.get(id)
        return f"{id}={self._now[id]}" if before is None else f"{id}={self._now[id]}={before}"

    def move(self, id: str) -> Move | None:
        """How far a disease has moved; None where it has not, or nothing is known of it."""
        before = self._before.get(id)
        if before is None:
            return None
        if before == _NEW:
            return Move(entered=True)
        ranks = round(float(before) - float(self._now[id]))
        return Move(ranks) if ranks else None


def _words(rank: float) -> str:
    return f"{rank:.1f}".removesuffix(".0")
