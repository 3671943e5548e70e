"""Mixing along a line of cells: an implicit step that keeps what there is and adds no extreme."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel
from casa_processes.transport.departure.kernel import HERE, NEXT, RISE, SINK, WHOLE
from casa_processes.transport.lanes.kernel import Width, fma, load, store

type Values = NDArray[np.float64]


@kernel
def factors(mass: Values, mixed: Values, part: Values) -> None:
    """Prepare the exchange of air between neighbours, implicitly: (M + E)^-1 M, on many lines.

    Parameters
    ----------
    mass
        Air.  [kg], shape (line, n)
    mixed
        Exchanged each way between a cell and the one above.  [kg], shape (line, n - 1)
    part
        Pieces that arrive (`pieces`), which become shares of what each cell keeps of its own.
        Receives what a cell then gets of the one below, upwards one after the other (`RISE`), and
        of the one above, downwards (`SINK`).  shape (line, n, `PARTS`)

    Notes
    -----
    Elimination without a difference, as Grassmann, Taksar and Heyman (1985) do it, so that any
    amount of mixing keeps what there is.
    """
    n = mass.shape[1]
    for i in range(mass.shape[0]):
        below, left = 0.0, 1.0
        for k in range(n):
            above = mixed[i, k] if k < n - 1 else 0.0
            kept = mass[i, k] + below * left
            gain = 1.0 / (kept + above)
            left, own = kept * gain, mass[i, k] * gain
            part[i, k, RISE], part[i, k, SINK] = below * gain, above * gain
            part[i, k, HERE] *= own
            part[i, k, WHOLE] *= own
            part[i, k - 1 if k else n - 1, NEXT] *= own
            below = above


@kernel
def sunk(
    values: Values, part: Values, one: int, target: Values, start: int, stride: int, width: Width
) -> None:
    """Finish an exchange: what sinks, from the last cell on.

    Parameters
    ----------
    values
        What arrived and rose.  [1], shape (n tracer,)
    part, one
        As `factors` makes them, and the number of the line.
    target, start, stride
        Receives the mole fractions after.  [1]
    width
        As many as there are tracers.
    """
    last = part.shape[1] - 1
    above = load(values, last * len(width), width)
    store(above, target, start + last * stride)
    for back in range(last):
        k = last - 1 - back
        above = fma(part[one, k, SINK], above, load(values, k * len(width), width))
        store(above, target, start + k * stride)


@kernel
def sunk_back(
    given: Values, start: int, stride: int, part: Values, one: int, values: Values, width: Width
) -> None:
    """Apply the transpose of `sunk`; `values` receives sensitivities."""
    below = load(given, start, width)
    store(below, values, 0)
    for k in range(1, part.shape[1]):
        below = fma(part[one, k - 1, SINK], below, load(given, start + k * stride, width))
        store(below, values, k * len(width))
