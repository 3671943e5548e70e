"""To reference systems whose rows are no parallels: the mean of points evenly spaced in a cell."""

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.longitudes import Circle
from casa_ogc.query.overlaps import overlap_around
from casa_ogc.query.regridding import Numbers, Regrid, Sums, columns_meeting
from casa_ogc.query.systems import degrees
from casa_ogc.query.targets import Target
from casa_ogc.query.windows import Ground

MOST_POINTS = 8
MOST_PLACES = 1 << 22
_BLOCK = 1 << 18


def points_needed(grid: Ground, target: Target) -> int:
    """Return how many points along each side of a cell reach every stored cell in it.

    Judged from 16 cells along each side of the target.
    """
    edges_y, edges_x = (np.asarray(axis.bounds) for axis in (target.y, target.x))
    rows = np.unique(np.linspace(0, edges_y.shape[0] - 1, 16).astype(int))
    columns = np.unique(np.linspace(0, edges_x.shape[0] - 1, 16).astype(int))
    y, x = edges_y[rows], edges_x[columns]
    corners = [
        degrees(target.system, *np.meshgrid(x[:, i], y[:, j])) for i, j in ((0, 0), (1, 0), (0, 1))
    ]
    most = 1.0
    cell_x = float(np.median(np.diff(grid.circle.bounds, axis=1)))
    cell_y = float(np.median(grid.rows.north - grid.rows.south))
    for other in corners[1:]:
        east = np.abs((other[0] - corners[0][0] + 180) % 360 - 180) / cell_x
        north = np.abs(other[1] - corners[0][1]) / cell_y
        spans = np.fmax(east, north)
        if np.isfinite(spans).any():
            most = max(most, float(np.nanmedian(spans)))
    return int(np.ceil(most - 1e-6))


def warped(grid: Ground, target: Target, points: int) -> Regrid | None:
    """Return how the cells of a projected target are made, each of ``points`` x ``points`` places.

    A place takes the stored cell in which it lies; the mean weighs all places alike, so that it is
    by area wherever the reference system keeps areas within a cell. One point a cell is its centre.

    Returns
    -------
    Regrid
        None where no place lies in a stored cell.
    """
    row, column = _cells(grid, target, points)
    inside = (row >= 0) & (column >= 0)
    if not inside.any():
        return None
    start, stop = int(row[inside].min()), int(row[inside].max()) + 1
    y = grid.rows.line.pick([(start, stop)])
    used = np.unique(column[inside])
    x = columns_meeting(grid.circle, _narrowed(grid.circle.bounds[used]))
    if y is None or x is None:
        return None
    first, sign = (stop - 1, -1) if grid.rows.line.descending else (start, 1)
    places = _positions(grid.circle, np.asarray(x.axis.bounds, dtype=np.float64))
    for index, beside in zip(row, column, strict=True):
        index -= first
        index *= sign * x.axis.size
        index += places[beside]
    row[~inside] = -1
    shape = (target.y.size, target.x.size)

    def summed(values: NDArray[np.floating]) -> Sums:
        return _summed(values, row, shape)

    return Regrid(y, x, shape, summed, False)


def points_allowed(target: Target) -> int:
    """Return how many points along each side of a cell can be looked up within the memory."""
    room = MOST_PLACES / (target.y.size * target.x.size)
    return max(1, min(MOST_POINTS, int(room**0.5)))


def _cells(
    grid: Ground, target: Target, points: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return row and column of every place, -1 outside, shape (points^2, rows, columns)."""
    shape = (points**2, target.y.size, target.x.size)
    row, column = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    step = max(1, _BLOCK // (points**2 * target.x.size))
    for first in range(0, target.y.size, step):
        part = slice(first, first + step)
        longitudes, latitudes = _places(target, points, part)
        row[:, part] = _rows_at(grid, latitudes)
        column[:, part] = _columns_at(grid.circle, longitudes)
    return row, column


def _places(target: Target, points: int, rows: slice) -> tuple[Numbers, Numbers]:
    """Return the places of the cells of some rows in degrees, shape (points^2, rows, columns)."""
    parts = (np.arange(points) + 0.5) / points
    axes = []
    for axis, part in ((target.y, rows), (target.x, slice(None))):
        edges = np.asarray(axis.bounds, dtype=np.float64)[part]
        axes.append(edges[:, 0] + parts[:, None] * (edges[:, 1] - edges[:, 0]))
    shape = (points, points, axes[0].shape[1], target.x.size)
    y = np.broadcast_to(axes[0][:, None, :, None], shape)
    x = np.broadcast_to(axes[1][None, :, None, :], shape)
    found = degrees(target.system, x.reshape(-1), y.reshape(-1))
    longitudes, latitudes = (one.reshape(points**2, *shape[2:]) for one in found)
    return longitudes, latitudes


def _rows_at(grid: Ground, latitudes: Numbers) -> NDArray[np.int64]:
    """Return the row from south to north that holds each latitude, -1 outside."""
    rows = grid.rows
    found = np.searchsorted(rows.south, latitudes, "right") - 1
    inside = (found >= 0) & (latitudes <= rows.north[np.maximum(found, 0)])
    return np.where(inside, found, -1)


def _columns_at(ring: Circle, longitudes: Numbers) -> NDArray[np.int64]:
    """Return the column that holds each longitude, -1 outside."""
    wrapped = (longitudes + 180) % 360 - 180
    found = np.searchsorted(ring.edges[:, 0], wrapped, "right") - 1
    inside = (found >= 0) & (wrapped <= ring.edges[np.maximum(found, 0), 1])
    return np.where(inside, (found - 1) % ring.size, -1)


def _narrowed(edges: Numbers) -> Numbers:
    """Return intervals well within cells, so that they do not meet the neighbours."""
    middle, half = edges.mean(axis=1), np.diff(edges, axis=1)[:, 0] / 4
    return np.stack([middle - half, middle + half], axis=1)


def _positions(ring: Circle, picked: Numbers) -> NDArray[np.int32]:
    """Return where each column of the circle stands among those picked."""
    positions = np.zeros(ring.size, dtype=np.int32)
    shares = overlap_around(ring.bounds, _narrowed(picked))
    positions[shares.sources] = np.repeat(
        np.arange(picked.shape[0]), np.diff(np.append(shares.starts, shares.sources.size))
    )
    return positions


def _summed(values: NDArray[np.floating], index: NDArray[np.int32], shape: tuple[int, int]) -> Sums:
    """Sum the values of the places of each cell, one place after the other."""
    leading = values.shape[:-2]
    flat = values.reshape(*leading, -1)
    totals, weights = np.zeros((*leading, *shape)), np.zeros((*leading, *shape))
    for place in index:
        taken = flat[..., place]
        valid = np.isfinite(taken) & (place >= 0)
        taken[~valid] = 0.0
        totals += taken
        weights += valid
    return totals, weights
