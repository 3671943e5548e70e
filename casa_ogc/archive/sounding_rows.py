"""Compiled look at the rows of one part: which are meant, how many are early, how many are when."""

import numpy as np
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from casa_ogc.archive.addresses import (
    EARLIEST,
    FIRST_BLOCK,
    LATEST,
    LATITUDE,
    LAYOUT,
    LONGITUDE,
    ORDER,
    ROWS,
    TIME,
    Table,
    at,
)
from casa_ogc.archive.sounding_blocks import near
from casa_ogc.archive.sounding_columns import BLOCK
from casa_processes.common.jit import kernel

assert LAYOUT == 3, "count on here as well, so that the kernels are compiled anew"


@kernel
def meant(
    parts: Table,
    part: int,
    begin: int,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
    found: NDArray[np.int64],
) -> int:
    """Write the rows of one block that are meant, and return how many.

    Parameters
    ----------
    part, begin
        Line of the part, and the first row of the block in it.
    found
        Rows that are meant, shape (block,); what is behind them is not.
    times, places, boxes, low, high
        As `sounding_blocks.upper_bound`; no box: everywhere.
    """
    block = parts[part, FIRST_BLOCK] + begin // BLOCK
    if times[block, 1] < low or times[block, 0] > high or not near(places, block, boxes):
        return 0
    rows = parts[part, ROWS]
    time = carray(at(parts[part, TIME]), (rows,), np.int64)
    longitude = carray(at(parts[part, LONGITUDE]), (rows,), np.float64)
    latitude = carray(at(parts[part, LATITUDE]), (rows,), np.float64)
    count = 0
    for row in range(begin, min(begin + BLOCK, rows)):
        if low <= time[row] <= high and within(longitude[row], latitude[row], boxes):
            found[count] = row
            count += 1
    return count


@kernel
def within(longitude: float, latitude: float, boxes: NDArray[np.float64]) -> bool:
    """Tell whether a place is in one of several closed boxes; none: it is."""
    for i in range(len(boxes)):
        across = boxes[i, 0] <= longitude <= boxes[i, 2]
        if across and boxes[i, 1] <= latitude <= boxes[i, 3]:
            return True
    return len(boxes) == 0


@kernel
def earlier(parts: Table, part: int, instant: int, equal: bool = False) -> int:
    """Return how many rows of a part are before an instant, or `equal` to it."""
    rows = parts[part, ROWS]
    time = carray(at(parts[part, TIME]), (rows,), np.int64)
    order = carray(at(parts[part, ORDER]), (rows,), np.int32)
    low, high = 0, rows
    while low < high:
        middle = (low + high) // 2
        when = time[order[middle]]
        if when < instant or (equal and when == instant):
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def tally(
    parts: Table,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
    shift: int,
) -> NDArray[np.int64]:
    """Return how many hits lie in each stretch of 2**shift ns from `low` on, until `high`.

    Other parameters as `meant`.
    """
    counts = np.zeros(((high - low) >> shift) + 1, np.int64)
    found = np.empty(BLOCK, np.int64)
    for part in range(len(parts)):
        first, last = max(parts[part, EARLIEST], low), min(parts[part, LATEST], high)
        if first > last:
            continue
        rows = parts[part, ROWS]
        if len(boxes) == 0:
            before = earlier(parts, part, first)
            for stretch in range((first - low) >> shift, ((last - low) >> shift) + 1):
                end = min(low + ((stretch + 1) << shift) - 1, last)
                until = earlier(parts, part, end, True)
                counts[stretch] += until - before
                before = until
            continue
        time = carray(at(parts[part, TIME]), (rows,), np.int64)
        for begin in range(0, rows, BLOCK):
            for i in range(meant(parts, part, begin, times, places, boxes, low, high, found)):
                counts[(time[found[i]] - low) >> shift] += 1
    return counts
