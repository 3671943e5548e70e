"""Small linear systems of many points at a time."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]


@kernel
def eliminate(system: Values, columns: int) -> None:
    """Solve systems of equations by Gauss and Jordan without exchange of rows.

    Parameters
    ----------
    system
        Matrix, whose diagonal outweighs the rest, and right sides beside it, which receive the
        solutions.  shape (row, row + side or more, point)
    columns
        Those that are used, row + side.
    """
    rows, _, points = system.shape
    for i in range(rows):
        inverse = 1.0 / system[i, i]
        for j in range(i + 1, columns):
            for p in range(points):
                system[i, j, p] *= inverse[p]
        for k in range(rows):
            if k != i:
                factor = system[k, i].copy()
                for j in range(i + 1, columns):
                    for p in range(points):
                        system[k, j, p] -= factor[p] * system[i, j, p]
