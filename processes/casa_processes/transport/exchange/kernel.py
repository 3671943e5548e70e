"""Mixing along a line of cells: an implicit step that keeps what there is and adds no extreme."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.line.kernel import Width

type Values = NDArray[np.float64]


@kernel
def exchange(
    values: Values, mass: Values, mixed: Values, transposed: bool, pivot: Values, width: Width
) -> None:
    """Exchange air between neighbours, implicitly: (M + E)^-1 M, or its transpose M (M + E)^-1.

    Parameters
    ----------
    values
        Mole fractions before and after, and a cell of no use.  [1], shape ((n + 1) tracer,)
    mass
        Air.  [kg], shape (n,)
    mixed
        Exchanged each way between a cell and the one above.  [kg], shape (n - 1,)
    transposed
        Whether the transpose is applied to sensitivities.
    pivot
        Is overwritten.  shape (n,)
    width
        As many as there are tracers.

    Notes
    -----
    Elimination without a difference, as Grassmann, Taksar and Heyman (1985) do it, so that any
    amount of mixing keeps what there is.
    """
    n, below, left = mass.size, 0.0, 1.0
    lanes = values.size // (n + 1)
    for k in range(n):
        above = mixed[k] if k < n - 1 else 0.0
        kept = mass[k] + below * left
        gain = 1.0 / (kept + above)
        left = kept * gain
        low, pivot[k] = below * gain, above * gain
        if transposed:
            low *= mass[k] / mass[k - 1] if k else 1.0
            pivot[k] *= mass[k] / mass[k + 1] if k < n - 1 else 1.0
        if k:
            _rise(mass[k] * gain, low, values, k, lanes, width)
        else:
            values[:lanes] *= mass[k] * gain
        below = above
    for k in range(n - 2, -1, -1):
        _sink(pivot[k], values, k, lanes, width)


@kernel
def _rise(own: float, below: float, values: Values, k: int, lanes: int, width: Width) -> None:
    wide = np.uint64(len(width))
    one = np.uint64(k) * wide
    for number in range(lanes):
        t = np.uint64(number)
        values[one + t] = own * values[one + t] + below * values[one - wide + t]


@kernel
def _sink(above: float, values: Values, k: int, lanes: int, width: Width) -> None:
    wide = np.uint64(len(width))
    one = np.uint64(k) * wide
    for number in range(lanes):
        t = np.uint64(number)
        values[one + t] += above * values[one + wide + t]
