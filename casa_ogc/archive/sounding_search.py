"""Compiled search over columns of soundings, which stay where the system mapped them.

A snapshot has many parts, so that columns come as addresses: one line of `parts` tells where those
of one part lie. A hit is one number, the part's line in the upper 32 bits and the row in the lower.
"""

import numpy as np
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from casa_ogc.archive.addresses import (
    EARLIEST,
    FIRST_BLOCK,
    GROUP,
    LATEST,
    LATITUDE,
    LAYOUT,
    LONGITUDE,
    ORDER,
    RANK,
    ROWS,
    TIME,
    Hits,
    Table,
    at,
    identifier,
)
from casa_ogc.archive.sounding_blocks import near
from casa_ogc.archive.sounding_columns import BLOCK
from casa_ogc.archive.sounding_rows import earlier, meant, within
from casa_ogc.archive.sounding_sorting import sort_few, sort_many
from casa_processes.common.jit import kernel

assert LAYOUT == 3, "count on here as well, so that the kernels are compiled anew"

_FEW = 24


@kernel
def counted(
    parts: Table,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
) -> int:
    """Return how many hits there are; parameters as `matching`."""
    count, found = 0, np.empty(BLOCK, np.int64)
    for part in range(len(parts)):
        rows = parts[part, ROWS]
        if len(boxes) == 0:
            count += max(earlier(parts, part, high, True) - earlier(parts, part, low), 0)
            continue
        for begin in range(0, rows, BLOCK):
            count += meant(parts, part, begin, times, places, boxes, low, high, found)
    return count


@kernel
def matching(
    parts: Table,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
    most: int,
) -> Hits:
    """Return the hits in the order of time and identifier, at most the first `most`.

    Parts of one group may overlap in time and stand together; groups follow each other in time.
    Other parameters as `sounding_blocks.upper_bound`.
    """
    hits = np.empty(0, np.int64)
    when = np.empty(0, np.int64)
    may = np.empty(len(parts), np.int64)
    found, first = 0, 0
    while first < len(parts) and found < most:
        last, room = first, found
        while last < len(parts) and parts[last, GROUP] == parts[first, GROUP]:
            may[last] = _room(parts, last, times, places, boxes, low, high)
            room += may[last]
            last += 1
        if room > hits.size:
            hits, when = _grown(hits, found, 2 * room), _grown(when, found, 2 * room)
        runs = np.empty(last - first + 1, np.int64)
        runs[0] = found
        for part in range(first, last):
            if may[part] > 0:
                end = _ranks(parts, part, times, places, boxes, low, high, hits, found, most)
                _in_order(parts, part, hits, when, found, end)
                found = end
            runs[part - first + 1] = found
        _merge(parts, hits, when, runs)
        first = last
    return hits[: min(found, most)]


@kernel
def _room(
    parts: Table,
    part: int,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
) -> int:
    """Return how many rows the blocks of a part have that may hold hits."""
    count, rows, first = 0, parts[part, ROWS], parts[part, FIRST_BLOCK]
    if parts[part, EARLIEST] > high or parts[part, LATEST] < low:
        return 0
    for begin in range(0, rows, BLOCK):
        block = first + begin // BLOCK
        if times[block, 1] >= low and times[block, 0] <= high and near(places, block, boxes):
            count += min(BLOCK, rows - begin)
    return count


@kernel
def _grown(values: NDArray[np.int64], used: int, size: int) -> NDArray[np.int64]:
    """Return a longer array that begins with the used values of another."""
    result = np.empty(size, np.int64)
    result[:used] = values[:used]
    return result


@kernel
def _ranks(
    parts: Table,
    part: int,
    times: NDArray[np.int64],
    places: NDArray[np.float64],
    boxes: NDArray[np.float64],
    low: int,
    high: int,
    hits: Hits,
    start: int,
    most: int,
) -> int:
    """Write the ranks of the rows of a part that are meant from `start` on; returns the end.

    Without boxes they are a run of the order by time, of which the first `most` suffice.
    """
    rows = parts[part, ROWS]
    rank = carray(at(parts[part, RANK]), (rows,), np.int32)
    end = start
    if len(boxes) == 0:
        first = earlier(parts, part, low)
        count = min(earlier(parts, part, high, True) - first, most)
        for place in range(count):
            hits[end] = first + place
            end += 1
        return end
    # The same loop as in `meant`, which would cost a narrow search half as much again.
    time = carray(at(parts[part, TIME]), (rows,), np.int64)
    longitude = carray(at(parts[part, LONGITUDE]), (rows,), np.float64)
    latitude = carray(at(parts[part, LATITUDE]), (rows,), np.float64)
    for begin in range(0, rows, BLOCK):
        block = parts[part, FIRST_BLOCK] + begin // BLOCK
        if times[block, 1] < low or times[block, 0] > high or not near(places, block, boxes):
            continue
        for row in range(begin, min(begin + BLOCK, rows)):
            if low <= time[row] <= high and within(longitude[row], latitude[row], boxes):
                hits[end] = rank[row]
                end += 1
    return end


@kernel
def _in_order(
    parts: Table, part: int, hits: Hits, when: NDArray[np.int64], start: int, end: int
) -> None:
    """Sort the ranks of one part and replace them by hits, with their times beside them."""
    if end - start <= _FEW:
        sort_few(hits, start, end)
    else:
        sort_many(hits, start, end, parts[part, ROWS])
    rows = parts[part, ROWS]
    order = carray(at(parts[part, ORDER]), (rows,), np.int32)
    time = carray(at(parts[part, TIME]), (rows,), np.int64)
    for i in range(start, end):
        row = order[hits[i]]
        when[i] = time[row]
        hits[i] = (part << 32) | row


@kernel
def _merge(parts: Table, hits: Hits, when: NDArray[np.int64], runs: NDArray[np.int64]) -> None:
    """Merge ordered runs that lie one after the other, two by two; `runs` are their edges."""
    count = runs.size - 1
    while count > 1:
        kept = 0
        for run in range(0, count, 2):
            if run + 1 < count:
                _merge_two(parts, hits, when, runs[run], runs[run + 1], runs[run + 2])
            kept += 1
            runs[kept] = runs[min(run + 2, count)]
        count = kept


@kernel
def _merge_two(
    parts: Table, hits: Hits, when: NDArray[np.int64], start: int, middle: int, end: int
) -> None:
    """Merge two runs of hits."""
    if start == middle or middle == end or when[middle - 1] < when[middle]:
        return
    left, left_when = hits[start:middle].copy(), when[start:middle].copy()
    i, j, place = 0, middle, start
    while i < left.size:
        later = j < end and (
            when[j] < left_when[i]
            or (when[j] == left_when[i] and _precedes(parts, hits[j], left[i]))
        )
        if later:
            hits[place], when[place] = hits[j], when[j]
            j += 1
        else:
            hits[place], when[place] = left[i], left_when[i]
            i += 1
        place += 1


@kernel
def _precedes(parts: Table, one: int, other: int) -> bool:
    """Tell whether the identifier of one hit sorts before that of another."""
    a, b = identifier(parts, one), identifier(parts, other)
    for i in range(max(a.size, b.size)):
        x = a[i] if i < a.size else np.uint8(0)
        y = b[i] if i < b.size else np.uint8(0)
        if x != y:
            return bool(x < y)
    return False
