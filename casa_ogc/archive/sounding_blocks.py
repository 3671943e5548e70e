"""Compiled statistics of blocks: which may hold soundings of a query."""

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel


@kernel
def near(places: NDArray[np.float64], block: int, boxes: NDArray[np.float64]) -> bool:
    """Tell whether a block meets one of several boxes (west, south, east, north); none: it does."""
    for i in range(len(boxes)):
        across = places[block, 2] >= boxes[i, 0] and places[block, 0] <= boxes[i, 2]
        if across and places[block, 3] >= boxes[i, 1] and places[block, 1] <= boxes[i, 3]:
            return True
    return len(boxes) == 0


@kernel
def upper_bound(
    rows: NDArray[np.int64],
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
) -> int:
    """Return how many rows the blocks have that may hold hits.

    Parameters
    ----------
    rows
        Rows of each block, shape (block,).
    times
        First and last time [ns], shape (block, 2).
    places
        West, south, east, north [degrees], shape (block, 4).
    boxes
        Closed boxes of the query, shape (box, 4); none: everywhere.
    low, high
        Closed interval of the query [ns].
    """
    count = 0
    for block in range(rows.size):
        if times[block, 1] >= low and times[block, 0] <= high and near(places, block, boxes):
            count += rows[block]
    return count
