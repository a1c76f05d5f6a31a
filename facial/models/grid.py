"""Maps averaged over a coarser grid, which may not divide them."""

from __future__ import annotations

import numpy as np

from ontology.arrays import Floats


def average_grid(side: int, grid: int) -> Floats:
    """(side * side, grid * grid) float32: the share of each place in each cell of a coarser grid.

    Cell i of an axis spans places floor(i * side / grid) to ceil((i + 1) * side / grid), so neighbours may overlap.

    >>> average_grid(2, 1).tolist()
    [[0.25], [0.25], [0.25], [0.25]]
    """
    axis = np.zeros((side, grid))
    for cell in range(grid):
        first, last = cell * side // grid, -(-(cell + 1) * side // grid)
        axis[first:last, cell] = 1 / (last - first)
    return np.kron(axis, axis).astype(np.float32)
