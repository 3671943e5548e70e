"""Integrals over the layers of one column of what is given in layers of another."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Values = NDArray[np.float64]


@kernel
def integrals(given: Values, values: Values, wanted: Values, found: Values) -> None:
    """Integrate steps over pressure.

    Parameters
    ----------
    given
        Pressures of interfaces, which do not rise, from the surface upwards.  [Pa],
        shape (layer + 1, column)
    values
        Of the layers between them; the lowest and the highest go on beyond.  shape (layer, column)
    wanted
        Pressures of other interfaces, falling.  [Pa], shape (z + 1, column)
    found
        Receives integrals of the values over the layers between those.  shape (z, column)
    """
    layers = values.shape[0]
    for i in range(wanted.shape[1]):
        k = 0
        for z in range(found.shape[0]):
            at, end, total = wanted[z, i], wanted[z + 1, i], 0.0
            while at > end:
                while k < layers - 1 and given[k + 1, i] >= at:
                    k += 1
                below = end if k == layers - 1 else max(end, given[k + 1, i])
                total += values[k, i] * (at - below)
                at = below
            found[z, i] = total
