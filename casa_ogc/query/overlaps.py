"""Shares of cells: how much of each source cell lies in each cell of another axis."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TURNS = (-720.0, -360.0, 0.0, 360.0, 720.0)
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Overlap:
    """Shares of source cells in target cells along one axis, in the order of the targets.

    Attributes
    ----------
    sources
        Source cell of each share; every target has one at least, perhaps of weight 0.
    weights
        Length of the intersection.
    starts
        Where the shares of each target begin, shape (target,).
    """

    sources: NDArray[np.intp]
    weights: NDArray[np.float64]
    starts: NDArray[np.intp]

    @property
    def size(self) -> int:
        """Number of target cells."""
        return int(self.starts.size)

    @property
    def stops(self) -> NDArray[np.intp]:
        """Where the shares of each target end."""
        return np.append(self.starts[1:], self.sources.size)

    def part(self, first: int, stop: int) -> "Overlap":
        """Return the shares in the targets from `first` to `stop` (excluded)."""
        begin, end = self.starts[first], self.stops[stop - 1]
        starts = self.starts[first:stop] - begin
        return Overlap(self.sources[begin:end], self.weights[begin:end], starts)


def overlap(sources: NDArray[np.float64], targets: NDArray[np.float64]) -> Overlap:
    """Return the shares of intervals in other intervals.

    Parameters
    ----------
    sources, targets
        Edges, shape (n, 2), either one first; each set monotonic, either way.
    """
    return _assembled(targets, [_shares(sources, targets)])


def overlap_around(sources: NDArray[np.float64], targets: NDArray[np.float64]) -> Overlap:
    """Return the shares of longitudes [degrees] in others, of whatever turn."""
    turned = (_shares(sources + turn, targets) for turn in _TURNS)
    return _assembled(targets, turned)


def identity(size: int) -> Overlap:
    """Return the overlap of an axis with itself, each cell of weight 1."""
    cells = np.arange(size)
    return Overlap(cells, np.ones(size), cells)


def grouped(weights: NDArray[np.float64], starts: NDArray[np.intp]) -> Overlap:
    """Return the overlap of groups of neighbouring cells, each cell of its own weight."""
    return Overlap(np.arange(weights.size), weights, starts)


def sums(values: NDArray[np.float64], shares: Overlap, axis: int) -> NDArray[np.float64]:
    """Return the weighted sums over the shares of each target along an axis."""
    shape = [1] * values.ndim
    shape[axis] = shares.weights.size
    taken = np.take(values, shares.sources, axis=axis)
    taken *= shares.weights.reshape(shape)
    if shares.size == shares.sources.size:
        return taken
    summed: NDArray[np.float64] = np.add.reduceat(taken, shares.starts, axis=axis)
    return summed


type _Shares = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]


def _shares(sources: NDArray[np.float64], targets: NDArray[np.float64]) -> _Shares:
    """Return target, source and length of every intersection that is not negligible."""
    low, high = sources.min(axis=1), sources.max(axis=1)
    order = np.argsort(low, kind="stable")
    low, high = low[order], high[order]
    begin, end = targets.min(axis=1), targets.max(axis=1)
    first = np.searchsorted(high, begin, "right")
    counts = np.maximum(np.searchsorted(low, end, "left") - first, 0)
    target = np.repeat(np.arange(counts.size), counts)
    within = np.arange(target.size) - np.repeat(np.cumsum(counts) - counts, counts)
    source = first[target] + within
    length = np.minimum(high[source], end[target]) - np.maximum(low[source], begin[target])
    least = _NEGLIGIBLE * np.minimum(end[target] - begin[target], high[source] - low[source])
    kept = length > least
    return target[kept], order[source[kept]], length[kept]


def _assembled(targets: NDArray[np.float64], shares: Iterable[_Shares]) -> Overlap:
    """Sort the shares by target and give one of weight 0 to each target that has none."""
    parts = list(shares)
    target, source, length = (np.concatenate([part[i] for part in parts]) for i in range(3))
    bare = np.setdiff1d(np.arange(targets.shape[0]), target)
    target = np.concatenate([target, bare]).astype(np.intp)
    source = np.concatenate([source, np.zeros_like(bare)]).astype(np.intp)
    length = np.concatenate([length, np.zeros(bare.size)])
    order = np.lexsort((source, target))
    starts = np.searchsorted(target[order], np.arange(targets.shape[0]))
    return Overlap(source[order], length[order], starts)
