"""The symmetric best-match average of one disease, taken apart by finding."""

from __future__ import annotations

import numpy as np

from ontology.arrays import Floats


def addends(table: Floats, weights: Floats) -> Floats:
    """Share of each finding in one disease's best-match average; they sum to it. float32 (findings,).

    `table` float32 (findings, features), `weights` float32 (findings,). A finding adds half its own best match, divided
    by the findings' weights, and for every feature that it matches best half of that, divided by the features; findings
    that match a feature equally well share it evenly.
    """
    if not table.size:
        return np.zeros(len(weights), np.float32)
    weighted = table * weights[:, None]
    nearest = weighted == weighted.max(0)
    back = (np.where(nearest, weighted, np.float32(0)) / nearest.sum(0)).mean(1)
    shares: Floats = (0.5 * (weighted.max(1) / weights.sum() + back)).astype(np.float32)
    return shares
