"""Compiled statistics of values that stand group after group.

`edges` tell where each group begins and where the last one ends, shape (group + 1,). Sums go over
runs of 512 values first, so that their rounding does not grow with the size of a group.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

USED, SUM, LEAST, MOST, WEIGHT, MEAN, DEVIATION = range(7)
_RUN = 512

type Floats = NDArray[np.float64]
type Edges = NDArray[np.int64]


@kernel
def group_means(values: Floats, edges: Edges) -> Floats:
    """Return the means of columns, shape (n, column), over each group, shape (group, column)."""
    found = np.zeros((edges.size - 1, values.shape[1]))
    run = np.empty(values.shape[1])
    for g in range(edges.size - 1):
        for begin in range(edges[g], edges[g + 1], _RUN):
            run[:] = 0
            for i in range(begin, min(begin + _RUN, edges[g + 1])):
                for column in range(run.size):
                    run[column] += values[i, column]
            found[g] += run
        found[g] /= edges[g + 1] - edges[g]
    return found


@kernel
def mean_delays(times: NDArray[np.int64], edges: Edges) -> tuple[NDArray[np.int64], Floats]:
    """Return the earliest time of each group, and the mean time since then [ns]."""
    earliest, delays = np.empty(edges.size - 1, np.int64), np.zeros(edges.size - 1)
    for g in range(edges.size - 1):
        earliest[g] = times[edges[g] : edges[g + 1]].min()
        for begin in range(edges[g], edges[g + 1], _RUN):
            run = 0.0
            for i in range(begin, min(begin + _RUN, edges[g + 1])):
                run += times[i] - earliest[g]
            delays[g] += run
        delays[g] /= edges[g + 1] - edges[g]
    return earliest, delays


@kernel
def statistics(values: Any, weights: Any, edges: Edges) -> Floats:
    """Return statistics of each group, shape (group, 7).

    Parameters
    ----------
    values
        Shape (n,), of any floating type.
    weights
        Weight of each value, 0 or false for what is left out, shape (n,).

    Returns
    -------
    array
        In the order ``USED`` (number of values with a weight), ``SUM`` (without weights),
        ``LEAST``, ``MOST``, ``WEIGHT`` (sum of the weights), ``MEAN`` and ``DEVIATION`` (with
        weights; the latter divides by all weight). NaN where nothing is used but for the numbers.
    """
    found = np.full((edges.size - 1, 7), np.nan)
    for g in range(edges.size - 1):
        start, end = edges[g], edges[g + 1]
        used, total, weight, product = 0, 0.0, 0.0, 0.0
        least, most = np.inf, -np.inf
        for begin in range(start, end, _RUN):
            run_total, run_weight, run_product = 0.0, 0.0, 0.0
            for i in range(begin, min(begin + _RUN, end)):
                if weights[i] > 0:
                    value, share = np.float64(values[i]), np.float64(weights[i])
                    used += 1
                    run_total += value
                    run_weight += share
                    run_product += share * value
                    least, most = min(least, value), max(most, value)
            total += run_total
            weight += run_weight
            product += run_product
        found[g, USED], found[g, WEIGHT] = used, weight
        if used:
            mean = product / weight
            found[g, SUM], found[g, LEAST], found[g, MOST] = total, least, most
            found[g, MEAN] = mean
            squares = _squares(values[start:end], weights[start:end], mean)
            found[g, DEVIATION] = np.sqrt(squares / weight)
    return found


@kernel
def _squares(values: Any, weights: Any, mean: float) -> float:
    """Return the weighted sum of squared deviations from the mean."""
    total = 0.0
    for begin in range(0, values.size, _RUN):
        run = 0.0
        for i in range(begin, min(begin + _RUN, values.size)):
            if weights[i] > 0:
                run += np.float64(weights[i]) * (np.float64(values[i]) - mean) ** 2
        total += run
    return total
