"""A straight axis (time, levels, latitude) seen ascending, whichever way it is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.picks import Cells, Pick, Run, subset

_AXES_REMEMBERED = 512


@dataclass(frozen=True, eq=False)
class Line:
    """Ascending view of an axis.

    Attributes
    ----------
    axis
        As stored.
    values
        Centres ascending, shape (n,): float64, or int64 nanoseconds since 1970 for time.
    descending
        Whether the axis is stored the other way.
    whole
        The pick of all cells.
    """

    axis: Axis
    values: NDArray[Any]
    descending: bool
    whole: Pick

    def between(self, low: float | None, high: float | None) -> Run:
        """Return the ascending run of centres in a closed interval; None is an open end."""
        start = 0 if low is None else int(self.values.searchsorted(low, "left"))
        stop = self.values.size if high is None else int(self.values.searchsorted(high, "right"))
        return start, max(start, stop)

    def nearest(self, value: float) -> int:
        """Return the ascending position of the closest centre, the lower one of two as close."""
        right = int(self.values.searchsorted(value, "left"))
        if right == 0:
            return 0
        if right == self.values.size:
            return right - 1
        below, above = self.values[right - 1], self.values[right]
        return right - 1 if value - below <= above - value else right

    def pick(self, runs: Iterable[Run]) -> Pick | None:
        """Return ascending runs, joined where they touch, in stored order; None without cells."""
        joined = _joined(runs)
        if not joined:
            return None
        if joined[0] == (0, self.values.size):
            return self.whole
        if self.descending:
            size = self.values.size
            joined = [(size - stop, size - start) for start, stop in reversed(joined)]
        return Pick(subset(self.axis, joined), Cells(tuple(joined)))


@lru_cache(maxsize=_AXES_REMEMBERED)
def line(axis: Axis) -> Line:
    """Return the ascending view of an axis."""
    values = axis.values
    if values.dtype.kind == "M":
        values = values.astype("datetime64[ns]").view(np.int64)
    descending = values.size > 1 and bool(values[0] > values[-1])
    ascending = np.ascontiguousarray(values[::-1]) if descending else values
    return Line(axis, ascending, descending, Pick(axis, Cells(((0, axis.size),))))


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for start, stop in sorted(run for run in runs if run[0] < run[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
