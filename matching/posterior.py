"""From scores to shares of belief that can be shown: calibrated, so that one in five claims of .2 is right.

Findings of one patient are far from independent, and no annotation is complete. So the belief in disease d is a mixture

    p(d) = (1 - astray) * exp(beta * score(d)) / sum + astray * rank(d) ** -decline / sum
    beta = sharpness * (findings / 8) ** fading

Its first part holds where the scores tell the truth but too loudly (tempering: Guo et al. 2017, arXiv:1706.04599,
unverified); its second where the patient does not fit the annotations, and only the order of diseases still says
something. The four numbers are fitted by `python -m benchmarks.calibration ... --fit`, which writes them with their
origin into posterior.json.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import Floats

FITTED_FILE = Path(__file__).with_name("posterior.json")
#: Findings at which beta is `sharpness`: near the median of the published cases, 7.
USUAL_FINDINGS = 8
#: Below this belief in the first disease, none stands out. Measured leave-publication-out on answerable open cases,
#: cross-fitted: the first is then right in 7 % (6 % with three findings, 8 to 9 % with noise or imprecise terms, 13 %
#: of case notes), against 38 % elsewhere; the true disease is among the first ten in 33 %.
STANDS_OUT = 0.10


@dataclass(frozen=True, slots=True)
class Calibration:
    """The numbers of the mixture. `astray` is a share from 0 to 1, `fading` at most 0 in practice, the rest above 0."""

    sharpness: float
    fading: float
    astray: float
    decline: float

    @classmethod
    def read(cls, path: Path = FITTED_FILE) -> Calibration:
        """The fitted numbers; raises OSError, ValueError, KeyError or TypeError where the file is not one of ours."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))["fitted"])

    def beta(self, findings: int | NDArray[np.float64]) -> NDArray[np.float64]:
        """Nats of belief per nat of score; float64, of the shape of `findings`."""
        spread: NDArray[np.float64] = np.asarray(findings, np.float64) / USUAL_FINDINGS
        beta: NDArray[np.float64] = self.sharpness * spread**self.fading
        return beta

    def by_rank(self, ranks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weight of the disease at each rank (1 is the first), not yet summing to 1; float64, of the shape given."""
        weights: NDArray[np.float64] = ranks**-self.decline
        return weights


FITTED = Calibration.read()


def posterior(scores: Floats, findings: int, calibration: Calibration = FITTED) -> Floats:
    """Share of belief of each disease; float32 (diseases,), summing to 1; equal scores have equal shares.

    `scores` float32 (diseases,) in nats, -inf for diseases that are not considered; `findings` is the number of present
    findings. Without any, belief is even over the diseases considered; where none is considered, it is 0.
    """
    shares = np.zeros(len(scores), np.float32)
    considered = np.flatnonzero(np.isfinite(scores))
    if len(considered) == 0:
        return shares
    if findings == 0:
        shares[considered] = 1 / len(considered)
        return shares
    values = scores[considered]
    likely = np.exp((values - values.max()).astype(np.float64) * calibration.beta(findings))
    ranked = calibration.by_rank(_ranks(values))
    mixed = (1 - calibration.astray) * likely / likely.sum() + calibration.astray * ranked / ranked.sum()
    shares[considered] = mixed
    return shares


def stands_out(belief: Floats) -> bool:
    """Whether the likeliest disease holds enough of the belief to be named as more than the first of a list."""
    return bool(len(belief)) and float(belief.max()) >= STANDS_OUT


def _ranks(values: Floats) -> NDArray[np.float64]:
    """1 + better + (tied others)/2 of each value; float64 of the shape given."""
    order = np.argsort(values)[::-1]
    first = np.flatnonzero(np.diff(values[order], prepend=np.inf))  # where each run of equal values begins
    tied = np.diff(first, append=len(values))
    ranks = np.empty(len(values), np.float64)
    ranks[order] = np.repeat(1.0 + first + (tied - 1) / 2, tied)
    return ranks
