"""The literature list of a printed report: each reference gets its number where it is first cited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from service.models.explanations import AnnotationAnswer, DescribedAnswer


class Literature:
    """References in the order of their first citation, numbered from 1."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def references(self) -> Sequence[str]:
        """All that were cited; the first is number 1."""
        return list(self._numbers)

    def cite(self, references: Iterable[str]) -> str:
        """The numbers of `references`, runs of them joined: `[1, 4–7]`; empty where there is none."""
        numbers = sorted({self._numbers.setdefault(each, len(self._numbers) + 1) for each in references if each})
        return f"[{', '.join(_runs(numbers))}]" if numbers else ""


def sources_of(rows: Iterable[AnnotationAnswer], described: Iterable[DescribedAnswer] = ()) -> list[str]:
    """References of statements, and the Orphanet entries whose words speak of a feature, each once."""
    cited = (reference for row in rows for reference in (row.references or [row.record]))
    return list(dict.fromkeys((*cited, *(entry.id for entry in described))))


def _runs(numbers: Sequence[int]) -> Iterable[str]:
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run))
