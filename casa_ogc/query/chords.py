"""The chord closest to each place, compiled."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

type Matrix = NDArray[np.float64]


@kernel
def closest_chords(
    places: Matrix, start: Matrix, stop: Matrix
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the straight piece that is closest to each place, and where on it.

    Parameters
    ----------
    places
        Cartesian coordinates.  [m], shape (n, 3)
    start, stop
        Ends of the pieces.  [m], shape (piece, 3)

    Returns
    -------
    number
        Of the closest piece, the first of several, shape (n,).
    fraction
        Of the way from its start to its stop, 0 to 1, shape (n,).
    """
    number = np.zeros(places.shape[0], dtype=np.int64)
    fraction = np.zeros(places.shape[0])
    for i in range(places.shape[0]):
        least = np.inf
        for k in range(start.shape[0]):
            along = length = 0.0
            for j in range(3):
                step = stop[k, j] - start[k, j]
                along += (places[i, j] - start[k, j]) * step
                length += step * step
            part = min(max(along / length, 0.0), 1.0) if length > 0.0 else 0.0
            squared = 0.0
            for j in range(3):
                off = places[i, j] - start[k, j] - part * (stop[k, j] - start[k, j])
                squared += off * off
            if squared < least:
                least, number[i], fraction[i] = squared, k, part
    return number, fraction
