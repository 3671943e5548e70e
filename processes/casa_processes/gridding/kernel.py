"""Shares of footprints in the cells of a regular grid, and sums over the soundings of a cell.

Places are longitude [rad] and the sine of latitude: areas on the sphere are areas of that plane,
and the edges of footprints are taken as straight lines in it. Columns and rows of cells are
counted from -180 and -90 degrees.
"""

import math

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.jit import kernel

VERTICES = 4
_CORNERS = 16
"""More corners than a quadrilateral has after it was cut by two parallels and two meridians."""

type Floats = NDArray[np.float64]
type Wholes = NDArray[np.int64]


@kernel
def sort_corners(x: Floats, y: Floats) -> None:
    """Sort four corners around their middle, in place, so that no two edges cross.

    Parameters
    ----------
    x, y
        Corners in any order.  Same unit, the first 4 of arrays of shape (>= 4,)
    """
    middle_x, middle_y = x[:VERTICES].mean(), y[:VERTICES].mean()
    for i in range(1, VERTICES):
        here_x, here_y = x[i], y[i]
        angle = math.atan2(here_y - middle_y, here_x - middle_x)
        j = i
        while j > 0 and math.atan2(y[j - 1] - middle_y, x[j - 1] - middle_x) > angle:
            x[j], y[j] = x[j - 1], y[j - 1]
            j -= 1
        x[j], y[j] = here_x, here_y


@kernel
def cut(along: Floats, across: Floats, size: int, limit: float, sign: float, out: Floats) -> int:
    """Keep the part of a polygon on one side of a line.

    Parameters
    ----------
    along, across
        Corners in their order, the first `size` of the arrays: the coordinate that the line holds
        constant, and the other.
    limit, sign
        Where the line is; 1 keeps what is above it, -1 what is below.
    out
        Takes the corners of the part in the same two coordinates.  shape (2, 16)

    Returns
    -------
    int
        Number of its corners.

    Notes
    -----
    Sutherland and Hodgman (1974).
    """
    found = 0
    for i in range(size):
        j = i + 1 if i + 1 < size else 0
        here, there = sign * (along[i] - limit), sign * (along[j] - limit)
        if here >= 0.0:
            out[0, found], out[1, found] = along[i], across[i]
            found += 1
        if (here > 0.0 and there < 0.0) or (here < 0.0 and there > 0.0):
            part = here / (here - there)
            out[0, found], out[1, found] = limit, across[i] + part * (across[j] - across[i])
            found += 1
    return found


@kernel
def polygon_area(x: Floats, y: Floats, size: int) -> float:
    """Return the area of a polygon, not negative whichever way round it is."""
    twice = 0.0
    for i in range(1, size - 1):
        twice += (x[i] - x[0]) * (y[i + 1] - y[0]) - (x[i + 1] - x[0]) * (y[i] - y[0])
    return abs(twice) / 2.0


@kernel
def footprint_areas(longitudes: Floats, latitudes: Floats) -> Floats:
    """Return the areas of footprints.  [sr], shape (sounding,).

    Parameters
    ----------
    longitudes, latitudes
        As `most_overlaps`.
    """
    found, corners = np.empty(longitudes.shape[0]), np.empty((2, VERTICES))
    for number in range(longitudes.shape[0]):
        _put_corners(longitudes[number], latitudes[number], corners)
        found[number] = polygon_area(corners[0], corners[1], VERTICES)
    return found


@kernel
def _put_corners(longitudes: Floats, latitudes: Floats, corners: Floats) -> None:
    """Put the corners of a footprint into the plane of areas, in their order around it."""
    for i in range(VERTICES):
        corners[0, i] = math.radians(longitudes[i])
        corners[1, i] = math.sin(math.radians(latitudes[i]))
    sort_corners(corners[0], corners[1])


@kernel
def most_overlaps(longitudes: Floats, latitudes: Floats, steps: Floats) -> int:
    """Return how many cells the boxes around footprints touch, those beyond the grid included.

    Parameters
    ----------
    longitudes, latitudes
        Corners, longitudes of a footprint without a jump.  [degree], shape (sounding, 4)
    steps
        Size of a cell in longitude and latitude.  [degree], shape (2,)
    """
    total = 0
    for row in range(longitudes.shape[0]):
        count = 1
        for place, step in ((longitudes[row], steps[0]), (latitudes[row], steps[1])):
            # One more on either side: floors of rounded quotients differ by one at most.
            count *= math.floor(place.max() / step) - math.floor(place.min() / step) + 3
        total += count
    return total


@kernel
def overlaps(
    longitudes: Floats, latitudes: Floats, steps: Floats, grid: Wholes, most: int
) -> tuple[Wholes, Wholes, Floats]:
    """Find the cells that footprints overlap, and the areas of the overlaps.

    Parameters
    ----------
    longitudes, latitudes, steps
        As `most_overlaps`.
    grid
        First column and row, numbers of columns and rows, columns of a whole turn.  shape (5,)
    most
        What `most_overlaps` says.

    Returns
    -------
    tuple
        Number of the footprint, cell (row of the grid times columns plus column) and area [sr] of
        each overlap, in the order of the footprints; shape (overlap,).
    """
    row, cell, found = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most)
    corners, one, band = np.empty((2, VERTICES)), np.empty((2, _CORNERS)), np.empty((2, _CORNERS))
    two = np.empty((2, _CORNERS))
    filled = 0
    for number in range(longitudes.shape[0]):
        _put_corners(longitudes[number], latitudes[number], corners)
        begin = math.floor((latitudes[number].min() + 90.0) / steps[1])
        end = math.floor((latitudes[number].max() + 90.0) / steps[1])
        for line in range(max(begin, grid[1]), min(end, grid[1] + grid[3] - 1) + 1):
            south = math.sin(math.radians(line * steps[1] - 90.0))
            north = math.sin(math.radians((line + 1) * steps[1] - 90.0))
            size = cut(corners[1], corners[0], VERTICES, south, 1.0, one)
            size = cut(one[0], one[1], size, north, -1.0, band)
            if size < 3:
                continue
            before = filled
            start = (line - grid[1]) * grid[2]
            filled = _along(band, size, steps[0], grid, one, two, cell, found, filled, start)
            row[before:filled] = number
    return row[:filled], cell[:filled], found[:filled]


@kernel
def _along(
    band: Floats,
    size: int,
    step: float,
    grid: Wholes,
    one: Floats,
    two: Floats,
    cell: Wholes,
    found: Floats,
    filled: int,
    start: int,
) -> int:
    """Cut the part of a footprint that lies in one row of cells by their meridians."""
    low, high = band[1, :size].min(), band[1, :size].max()
    first = math.floor((math.degrees(low) + 180.0) / step)
    last = math.floor((math.degrees(high) + 180.0) / step)
    for column in range(first, last + 1):
        local = (column - grid[0]) % grid[4]
        if local >= grid[2]:
            continue
        west = math.radians(column * step - 180.0)
        east = math.radians((column + 1) * step - 180.0)
        left = cut(band[1], band[0], size, west, 1.0, one)
        left = cut(one[0], one[1], left, east, -1.0, two)
        part = polygon_area(two[0], two[1], left)
        if part > 0.0:
            cell[filled], found[filled] = start + local, part
            filled += 1
    return filled


@kernel
def cell_sums(order: Wholes, group: Wholes, groups: int, rows: Floats) -> Floats:
    """Sum over the overlaps of each group: a cell, within a step and an overpass.

    Parameters
    ----------
    order
        Overlaps, those of a group together.  shape (overlap,)
    group
        Number of the group of each place of `order`, ascending from 0.  shape (overlap,)
    groups
        Their number.
    rows
        Weight, value and standard uncertainty of each overlap.  shape (overlap, 3)

    Returns
    -------
    ndarray
        Count, sum of weights w, mean of values x, sum of w (x - mean)^2, sum of (w sigma)^2 and sum
        of w sigma.  shape (group, 6)

    Notes
    -----
    Mean and squares as in West (1979), doi:10.1145/359146.359153, eq. for weighted updates.
    """
    found = np.zeros((groups, 6))
    for i in range(order.size):
        sums = found[group[i]]
        weight, value, sigma = rows[order[i]]
        sums[0] += 1.0
        sums[1] += weight
        away = value - sums[2]
        moved = away * (weight / sums[1])
        sums[2] += moved
        sums[3] += weight * away * (away - moved)
        sums[4] += (weight * sigma) ** 2
        sums[5] += weight * sigma
    return found
