"""From scores to a share of belief that can be shown."""

from __future__ import annotations

from math import sqrt

import numpy as np

from ontology.arrays import Floats

#: Findings of one patient are far from independent, so raw scores claim too much (.87 certain at 59 % right). With
#: softmax(1.4 / sqrt(n) * score) the first disease's share matched how often it was right on open case reports, case
#: notes and synthetic notes alike (expected calibration error .04-.08); `python -m benchmarks.ranking --calibration`.
TEMPERATURE = 1.4


def posterior(scores: Floats, findings: int) -> Floats:
    """Share of belief of each disease; float32 (diseases,), summing to 1.

    `scores` float32 (diseases,) in nats, -inf for diseases that are not considered; `findings` is the number of present
    findings. Without any, belief is even over the diseases considered.
    """
    considered = np.isfinite(scores)
    if not considered.any():
        return np.zeros(len(scores), np.float32)
    scaled = np.where(considered, scores.astype(np.float64), 0.0) * (TEMPERATURE / sqrt(findings) if findings else 0.0)
    weights = np.where(considered, np.exp(scaled - scaled[considered].max()), 0.0)
    shares: Floats = (weights / weights.sum()).astype(np.float32)
    return shares
