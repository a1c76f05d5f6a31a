"""Scored cases in little room: what is needed to fit and to judge a posterior, without scoring again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Question
from benchmarks.evaluate import Bench
from ontology.arrays import Bools, Floats, Ints, Longs

#: The best diseases have a cell each; behind them cells grow by a tenth, and hold the mean of their scores.
ALONE = 256
_GROWTH = 1.1


@dataclass(frozen=True, slots=True)
class Samples:
    """Answerable cases of one or several kinds.

    scores    float32 (cases, cells)      mean score of each cell in nats, 0 for the first disease; best first
    ends      int64   (cases, cells + 1)  diseases that stand before each cell; the last is how many there are
    findings  int32   (cases,)
    truth     float32 (cases,)            score of the best placed true disease, on the same scale
    rank      float64 (cases,)            its rank: 1 + better + (tied others)/2
    right     bool    (cases,)            whether the disease shown first is a true one
    diseases  int32   (cases,)            position of the published disease
    papers    strings (cases,)            the case's papers, joined by blanks
    kinds     strings (cases,)            the set that the case is of
    """

    scores: Floats
    ends: Longs
    findings: Ints
    truth: Floats
    rank: NDArray[np.float64]
    right: Bools
    diseases: Ints
    papers: NDArray[np.str_]
    kinds: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.findings)

    def take(self, chosen: Bools | Longs) -> Samples:
        """The chosen cases."""
        return Samples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Samples]) -> Samples:
        """All cases of several sets; raises ValueError where there is no set."""
        cells = max(part.scores.shape[1] for part in parts)
        columns = []
        for field in fields(cls):
            blocks = [getattr(part, field.name) for part in parts]
            if field.name in ("scores", "ends"):
                blocks = [_padded(block, cells + (field.name == "ends")) for block in blocks]
            columns.append(np.concatenate(blocks))
        return cls(*columns)


def collect(bench: Bench, questions: Sequence[Question], kind: str) -> Samples | None:
    """Score `questions` and keep those where something is left of a true disease; None where there is no such case."""
    kept = []
    for at, scores, answerable in bench.scored(questions):
        if answerable:
            kept.append(_one(questions[at], scores, kind))
    return Samples.joined(kept) if kept else None


def _one(question: Question, scores: Floats, kind: str) -> Samples:
    ranked = np.sort(scores[np.isfinite(scores)])[::-1]
    truth = scores[list(question.true)].max()
    tied = int((ranked == truth).sum())
    ends = _ends(len(ranked))
    means = np.add.reduceat(ranked.astype(np.float64), ends[:-1]) / np.diff(ends)
    columns: list[tuple[Any, type]] = [
        (means - ranked[0], np.float32),
        (ends, np.int64),
        (len(question.present), np.int32),
        (truth - ranked[0], np.float32),
        (1 + int((ranked > truth).sum()) + (tied - 1) / 2, np.float64),
        (int(scores.argmax()) in question.true, np.bool_),
        (question.true[0], np.int32),
    ]
    words = [np.array([" ".join(sorted(question.pmids))]), np.array([kind])]
    return Samples(*(np.array([value], dtype) for value, dtype in columns), *words)


def _ends(diseases: int) -> Longs:
    """Where each cell begins, and the end of the last; int64 (cells + 1,)."""
    ends = list(range(min(ALONE, diseases) + 1))
    while ends[-1] < diseases:
        ends.append(min(diseases, int(ends[-1] * _GROWTH) + 1))
    return np.array(ends, np.int64)


def _padded(block: NDArray[Any], width: int) -> NDArray[Any]:
    """Rows made longer by repeating their last entry: cells that hold no disease."""
    return np.pad(block, ((0, 0), (0, width - block.shape[1])), mode="edge")
