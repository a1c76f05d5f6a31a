"""Which patients are flagged: by the yield that is to be expected of looking at them.

The chance that a patient has a rare disease that tests can find follows from the score by Bayes' rule in log odds:

    logit(chance) = logit(share) + intercept + slope * score

`share` is how many of the archive's patients are expected to have one, an assumption that is told beside every figure;
intercept and slope are fitted by `python -m benchmarks.screening_fit` (yields.json says on what). Patients are flagged
from the highest score down, while their own chance is no less than `least_yield` and no more than `most_share` of all
are flagged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import Floats
from ontology.errors import InputError

FITTED_FILE = Path(__file__).with_name("yields.json")
#: About 3.5 to 5.9 % of people have a rare disease (PMID:31527858, doi:10.1038/s41431-019-0508-0), most of
#: them known; how many of a hospital's patients have one that nobody has named is not known.
USUAL_SHARE = 0.01
USUAL_LEAST_YIELD = 0.10
USUAL_MOST_SHARE = 0.02
#: Points of a drawn curve.
_POINTS = 101


@dataclass(frozen=True, slots=True)
class Rule:
    """How many are flagged. `share`, `least_yield` and `most_share` are fractions; see the module."""

    share: float = USUAL_SHARE
    least_yield: float = USUAL_LEAST_YIELD
    most_share: float = USUAL_MOST_SHARE

    def __post_init__(self) -> None:
        for name in ("share", "least_yield", "most_share"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(name.replace("_", "-"), "This is no share between 0 and 1.", "Give one such as 0.02.")


@dataclass(frozen=True, slots=True)
class Yields:
    """The log likelihood ratio of a score: `intercept` + `slope` * score, in nats."""

    intercept: float
    slope: float

    @classmethod
    def read(cls, path: Path = FITTED_FILE) -> Yields:
        """The fitted numbers; raises OSError, ValueError, KeyError or TypeError where the file is not one of ours."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))["fitted"])

    def chance(self, scores: NDArray[np.float64], share: float) -> NDArray[np.float64]:
        """The chance of each score; float64, of the shape given."""
        odds = np.log(share / (1 - share)) + self.intercept + self.slope * scores
        chance: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
        return chance


@dataclass(frozen=True, slots=True)
class Threshold:
    """`score` is the least that is flagged (infinite where none is), `flagged` how many patients that are.

    `expected` are the finds expected among them; `curve` has (patients looked at, finds expected), from the highest
    score down. `bound` says what ended the list: "yield", "share", or "all" where everyone ranked is flagged.
    """

    score: float
    flagged: int
    expected: float
    bound: str
    curve: tuple[tuple[int, float], ...]


def threshold(scores: Floats | NDArray[np.float64], patients: int, rule: Rule, yields: Yields) -> Threshold:
    """Where the list ends. `scores` float (ranked,) of the patients that were ranked, in any order, of `patients`.

    Patients of one score are flagged together or not at all, so that no order decides between them.
    """
    ordered = np.sort(np.asarray(scores, np.float64))[::-1]
    chances = yields.chance(ordered, rule.share)
    finds = np.concatenate([[0.0], np.cumsum(chances)])
    by_share, by_yield = int(patients * rule.most_share), int(np.count_nonzero(chances >= rule.least_yield))
    flagged = min(by_share, by_yield, len(ordered))
    bound = "yield" if by_yield <= by_share else "share"
    if flagged == len(ordered):
        bound = "all"
    while 0 < flagged < len(ordered) and ordered[flagged] == ordered[flagged - 1]:
        flagged -= 1
    curve = sorted({round(at) for at in np.linspace(0, len(ordered), _POINTS)} | {flagged})
    return Threshold(
        float(ordered[flagged - 1]) if flagged else float("inf"),
        flagged,
        float(finds[flagged]),
        bound,
        tuple((at, round(float(finds[at]), 4)) for at in curve),
    )
