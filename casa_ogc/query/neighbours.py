"""Compiled search for groups of neighbours among places and times, and what their errors share.

A place is a vector on the unit sphere; a time stands beside it. `scale` (3 times the same for the
vector, 1 for the time) makes distances and times comparable.
"""

import math

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS
from casa_processes.common.jit import kernel

_WIDE, _CLOSE = 1.0, 2.0
"""Extent of two groups, and gap between them, in scales of the correlation."""
_BETWEEN = 5
"""Members of each of two groups that are compared."""

type Floats = NDArray[np.float64]
type Wholes = NDArray[np.int64]


@kernel
def unit_vectors(longitudes: Floats, latitudes: Floats) -> Floats:
    """Return places [degrees], shape (n,), as vectors on the unit sphere, shape (n, 3)."""
    found = np.empty((longitudes.size, 3))
    for i in range(longitudes.size):
        lon, lat = math.radians(longitudes[i]), math.radians(latitudes[i])
        across = math.cos(lat)
        found[i, 0] = across * math.cos(lon)
        found[i, 1] = across * math.sin(lon)
        found[i, 2] = math.sin(lat)
    return found


@kernel
def cuts(sample: Floats, depth: int) -> tuple[Wholes, Floats]:
    """Halve places along their widest side, and the halves again, `depth` times.

    Parameters
    ----------
    sample
        Scaled places and times, shape (n, 4), n > 0; is put into another order.

    Returns
    -------
    tuple
        Side of each node of a binary tree that is cut, and where. What is up to the cut of node k
        belongs to node 2 k + 1, what is above it to 2 k + 2. Places that are all the same are not
        parted: nothing is above their cut.
    """
    nodes = (1 << depth) - 1
    side, cut = np.zeros(nodes, np.int64), np.full(nodes, np.inf)
    first, last = np.zeros(2 * nodes + 1, np.int64), np.zeros(2 * nodes + 1, np.int64)
    last[0] = len(sample)
    for node in range(nodes):
        start, end = first[node], last[node]
        side[node] = _widest(sample, start, end)
        cut[node] = _middle(sample[start:end, side[node]])
        middle = _parted(sample, start, end, side[node], cut[node])
        first[2 * node + 1], last[2 * node + 1] = start, middle
        first[2 * node + 2], last[2 * node + 2] = middle, end
    return side, cut


@kernel
def _widest(sample: Floats, start: int, end: int) -> int:
    """Return the side along which some rows reach farthest."""
    widest, best = -1.0, 0
    for side in range(sample.shape[1]):
        low, high = np.inf, -np.inf
        for i in range(start, end):
            low, high = min(low, sample[i, side]), max(high, sample[i, side])
        if high - low > widest:
            widest, best = high - low, side
    return best


@kernel
def _middle(column: Floats) -> float:
    """Return the value up to which half of them lie; below the largest, unless all are the same."""
    if column.size < 2:
        return np.inf
    half = column.size // 2 - 1
    middle, high = _nth(column.copy(), half), column.max()
    if middle < high:
        return float(middle)
    below = -np.inf
    for value in column:
        if below < value < high:
            below = value
    return below if below > -np.inf else np.inf


@kernel
def _nth(values: Floats, n: int) -> float:
    """Return the value that would stand at place n if they were sorted; reorders them.

    Hoare's quickselect (1961) about the value in the middle, for which sorted ones are no bad case.
    """
    low, high = 0, values.size - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i, j = i + 1, j - 1
        if j < n < i:
            break
        low, high = (low, j) if n <= j else (i, high)
    return float(values[n])


@kernel
def _parted(sample: Floats, start: int, end: int, side: int, cut: float) -> int:
    """Put rows up to the cut before those above it; returns where the latter begin."""
    low, high = start, end - 1
    while low <= high:
        if sample[low, side] <= cut:
            low += 1
        else:
            for one in range(sample.shape[1]):
                held = sample[low, one]
                sample[low, one] = sample[high, one]
                sample[high, one] = held
            high -= 1
    return low


@kernel
def leaves(
    vectors: Floats, seconds: Floats, scale: Floats, side: Wholes, cut: Floats, depth: int
) -> Wholes:
    """Return in which leaf of a tree of `cuts` each place is, from 0 on, shape (n,)."""
    found, row = np.empty(seconds.size, np.int64), np.empty(4)
    for i in range(seconds.size):
        for one in range(3):
            row[one] = vectors[i, one] * scale[one]
        row[3] = seconds[i] * scale[3]
        node = 0
        for _ in range(depth):
            node = 2 * node + 1 + (row[side[node]] > cut[node])
        found[i] = node - side.size
    return found


@kernel
def middles(vectors: Floats, seconds: Floats, group: Wholes, counts: Wholes) -> Floats:
    """Return the mean vector, of length 1, and the mean time of each group, shape (g, 4)."""
    found = np.zeros((counts.size, 4))
    for i in range(seconds.size):
        for one in range(3):
            found[group[i], one] += vectors[i, one]
        found[group[i], 3] += seconds[i]
    for g in range(counts.size):
        length = math.sqrt(found[g, 0] ** 2 + found[g, 1] ** 2 + found[g, 2] ** 2)
        found[g, :3] /= max(length, 1e-12)
        found[g, 3] /= counts[g]
    return found


@kernel
def some_members(group: Wholes, counts: Wholes, most: int) -> Wholes:
    """Return so many members of each group by chance, shape (g, most); -1 where it has fewer.

    Knuth (1997), volume 2, algorithm 3.4.2 S. Members in even steps would never be close together
    in a group that is long and thin. The same places give the same members.
    """
    found = np.full((counts.size, most), -1, np.int64)
    seen, taken = np.zeros(counts.size, np.int64), np.zeros(counts.size, np.int64)
    state = np.uint64(1)
    for i in range(group.size):
        g = group[i]
        # A linear congruential generator (Knuth, MMIX), of which the upper bits are good.
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        chance = (state >> np.uint64(11)) * 2.0**-53
        if (counts[g] - seen[g]) * chance < most - taken[g]:
            found[g, taken[g]] = i
            taken[g] += 1
        seen[g] += 1
    return found


@kernel
def _apart(x: Floats, y: Floats) -> tuple[float, float]:
    """Return distance on the sphere [m] and time [s] between two places (vector and time)."""
    chord = math.sqrt((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2)
    return 2 * EARTH_RADIUS * math.asin(min(chord / 2, 1.0)), abs(x[3] - y[3])


@kernel
def _rho(x: Floats, y: Floats, length: float, time: float) -> float:
    """Return the correlation of two different places, exp(-d/L) exp(-t/T)."""
    if length == 0 or time == 0:
        return 0.0
    away, late = _apart(x, y)
    return math.exp(-away / length - late / time)


@kernel
def correlations(places: Floats, length: float, time: float) -> Floats:
    """Return the correlation of every two places, shape (g, 4), with one another, shape (g, g)."""
    found = np.ones((len(places), len(places)))
    for i in range(len(places)):
        for j in range(i):
            found[i, j] = found[j, i] = _rho(places[i], places[j], length, time)
    return found


@kernel
def group_correlations(
    vectors: Floats, seconds: Floats, members: Wholes, centres: Floats, length: float, time: float
) -> Floats:
    """Return correlations of places in two groups, on the diagonal of two places in one.

    Parameters
    ----------
    members
        Some of each group, as `some_members` gives them, shape (g, most).
    centres
        As `middles` gives them, shape (g, 4).

    Returns
    -------
    array
        Shape (g, g): means over members within a group (1 where it has one) and between groups
        that are wide for how close they are; elsewhere the correlation of the centres.
    """
    found = correlations(centres, length, time)
    if length == 0 or time == 0:
        for a in range(len(members)):
            found[a, a] = 1.0 if members.shape[1] < 2 or members[a, 1] < 0 else 0.0
        return found
    places, counts = _places(vectors, seconds, members)
    reach = np.zeros((counts.size, 2))
    for a in range(counts.size):
        for i in range(counts[a]):
            away, late = _apart(places[a, i], centres[a])
            reach[a, 0], reach[a, 1] = max(reach[a, 0], away), max(reach[a, 1], late)
    for a in range(counts.size):
        found[a, a] = _mean_rho(places[a], places[a], counts[a], counts[a], length, time, True)
        for b in range(a):
            wide = (reach[a] + reach[b]) / np.array([length, time])
            away, late = _apart(centres[a], centres[b])
            gap = max(away / length - wide[0], 0.0) + max(late / time - wide[1], 0.0)
            if wide.sum() >= _WIDE and gap < _CLOSE:
                rho = _mean_rho(places[a], places[b], counts[a], counts[b], length, time, False)
                found[a, b] = found[b, a] = rho
    return found


@kernel
def _places(vectors: Floats, seconds: Floats, members: Wholes) -> tuple[Floats, Wholes]:
    """Return places and times of members, shape (g, most, 4), and how many each group has."""
    found = np.zeros((len(members), members.shape[1], 4))
    counts = np.zeros(len(members), np.int64)
    for g in range(len(members)):
        for member in members[g]:
            if member >= 0:
                found[g, counts[g], :3] = vectors[member]
                found[g, counts[g], 3] = seconds[member]
                counts[g] += 1
    return found, counts


@kernel
def _mean_rho(
    some: Floats, others: Floats, m: int, n: int, length: float, time: float, same: bool
) -> float:
    """Return the mean correlation of places of two groups, or of two different ones of one."""
    if same and m == 1:
        return 1.0
    total = 0.0
    if same:
        for i in range(m):
            for j in range(i):
                total += _rho(some[i], some[j], length, time)
        return 2 * total / (m * (m - 1))
    step_m, step_n = max(m // _BETWEEN, 1), max(n // _BETWEEN, 1)
    count = 0
    for i in range(0, m, step_m):
        for j in range(0, n, step_n):
            total += _rho(some[i], others[j], length, time)
            count += 1
    return total / count
