"""The longitude axis as a circle, whichever way it is stored."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.picks import Cells, Pick, Run

TOLERANCE = 1e-9
"""Degrees within which a coordinate counts as equal to an edge: rounding, not distance."""
_DECIMALS = 10
_SEAM = 1e-3
"""Part of a cell by which the last edge may miss the first one a turn later: single precision."""
_AXES_REMEMBERED = 512


@dataclass(frozen=True, eq=False)
class Circle:
    """Stored longitudes, brought to -180..180 and sorted; a repeated column counts once.

    Attributes
    ----------
    axis
        As stored: ascending or descending, in any range of 360 degrees.
    values
        Centres in [-180, 180), ascending, shape (n,).
    bounds
        Edges, moved along with the centres, lower one first, shape (n, 2); the outer ones may
        lie beyond -180..180.
    first
        Where the first stored cell from west to east stands in `values`.
    closed
        Whether the cells go all the way round; then the last edge is the first one.
    edges
        `bounds` with the last cell put also before the first and the first after the last,
        shape (n + 2, 2).
    """

    axis: Axis
    values: NDArray[np.float64]
    bounds: NDArray[np.float64]
    first: int
    closed: bool
    edges: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Number of different columns."""
        return self.values.size

    @property
    def descending(self) -> bool:
        """Whether the cells are stored from east to west."""
        return bool(self.axis.values[0] > self.axis.values[-1])


@lru_cache(maxsize=_AXES_REMEMBERED)
def circle(axis: Axis) -> Circle:
    """Return the circle of a stored longitude axis."""
    values, bounds = _ascending(axis)
    values, bounds = _without_repeats(values, bounds)
    span = float(bounds[-1, 1] - bounds[0, 0])
    closed = abs(span - 360) < span / values.size * _SEAM
    if closed:
        bounds = bounds.copy()
        bounds[-1, 1] = bounds[0, 0] + 360
    turns = np.floor((values + 180) / 360) * 360
    moved = np.where(turns == 0, values, np.round(values - turns, _DECIMALS))
    edges = np.where(turns[:, None] == 0, bounds, np.round(bounds - turns[:, None], _DECIMALS))
    order = np.argsort(moved, kind="stable")
    moved, edges = moved[order], edges[order]
    around = np.concatenate([edges[-1:] - 360, edges, edges[:1] + 360])
    first = int(np.argmin(order))
    return Circle(axis, moved, edges, first, closed, around)


def columns_between(ring: Circle, west: float, east: float) -> Pick | None:
    """Return the columns whose centres lie from `west` eastwards to `east`, both included.

    Parameters
    ----------
    west, east
        Degrees; west > east, or east beyond 180, crosses the antimeridian; 360 degrees or more
        are the whole circle.

    Returns
    -------
    Pick
        Longitudes ascending from -180..180 on, continuing past 180 where the box crosses it; None
        when no centre is inside.
    """
    span = eastwards(west, east)
    if span >= 360 - TOLERANCE:
        return all_columns(ring)
    low = wrapped(west)
    high = low + span
    start = int(ring.values.searchsorted(low - TOLERANCE, "left"))
    stop = int(ring.values.searchsorted(high + TOLERANCE, "right"))
    if high + TOLERANCE >= 180:
        beyond = int(ring.values.searchsorted(high - 360 + TOLERANCE, "right"))
        stop = ring.size + min(beyond, start)
    return _columns(ring, start, stop - start) if stop > start else None


def column_at(ring: Circle, longitude: float) -> Pick | None:
    """Return the column whose cell holds a longitude, the eastern one of two that share an edge.

    None where the longitude lies in no cell; the outer edges of the grid belong to it.
    """
    sought = wrapped(longitude)
    place = int(ring.edges[:, 0].searchsorted(sought + TOLERANCE, "right")) - 1
    if place < 0 or sought > ring.edges[place, 1] + TOLERANCE:
        return None
    return _columns(ring, (place - 1) % ring.size, 1)


def all_columns(ring: Circle) -> Pick:
    """Return every column once: from -180 on when they go round, else from the stored west on."""
    return _columns(ring, 0 if ring.closed else ring.first, ring.size)


def eastwards(west: float, east: float) -> float:
    """Return the degrees from `west` eastwards to `east`, below 360 unless `east` is 360 beyond."""
    if east - west >= 360:
        return 360.0
    return east - west if east >= west else (east - west) % 360


def homeward(pick: Pick) -> Pick:
    """Return columns that all lie past 180 a turn lower; a window across 180 stays as it is."""
    axis = pick.axis
    if axis.values[0] <= 180:
        return pick
    bounds = None if axis.bounds is None else np.round(axis.bounds - 360, _DECIMALS)
    moved = replace(axis, values=np.round(axis.values - 360, _DECIMALS), bounds=bounds)
    return replace(pick, axis=moved)


def middle(west: float, east: float) -> float:
    """Return the longitude half-way from `west` eastwards to `east`."""
    return west + eastwards(west, east) / 2


def wrapped(longitude: float) -> float:
    """Return a longitude in [-180, 180)."""
    if -180 <= longitude < 180:
        return longitude
    moved = round(longitude - 360 * math.floor((longitude + 180) / 360), _DECIMALS)
    return moved if moved < 180 else -180.0


def _ascending(axis: Axis) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = np.asarray(axis.values, dtype=np.float64)
    bounds = np.sort(np.asarray(axis.bounds, dtype=np.float64), axis=1)
    if values[0] > values[-1]:
        values, bounds = values[::-1], bounds[::-1]
    return values, bounds


def _without_repeats(
    values: NDArray[np.float64], bounds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Drop columns that come a full turn after the first; it takes over their edges."""
    kept = int(values.searchsorted(values[0] + 360 - 1e-6, "left"))
    if kept == values.size:
        return values, bounds
    merged = bounds[:kept].copy()
    merged[0, 0] = min(merged[0, 0], bounds[kept, 0] - 360)
    merged[0, 1] = max(merged[0, 1], bounds[kept, 1] - 360)
    return values[:kept], merged


def _columns(ring: Circle, start: int, count: int) -> Pick:
    """Return `count` columns of the circle from its sorted position `start` eastwards."""
    start, size = start % ring.size, ring.size
    stop = start + count
    values, bounds = ring.values[start:stop], ring.bounds[start:stop]
    if stop > size:
        values = np.concatenate([values, ring.values[: stop - size] + 360])
        bounds = np.concatenate([bounds, ring.bounds[: stop - size] + 360])
    axis = replace(ring.axis, values=values, bounds=bounds)
    return Pick(axis, Cells(_stored(ring, (start - ring.first) % size, count), ring.descending))


def _stored(ring: Circle, start: int, count: int) -> tuple[Run, ...]:
    """Return the runs of stored cells; `start` counts from the stored west."""
    size, last = ring.size, ring.axis.size
    stop = start + count
    runs = [(start, min(stop, size))] + ([(0, stop - size)] if stop > size else [])
    if ring.descending:
        runs = [(last - end, last - begin) for begin, end in runs]
    return tuple(runs)
