"""Which cells of an axis each pixel of a picture shows, and with which weight."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, midpoint_bounds
from casa_ogc.query.latitudes import rows
from casa_ogc.query.longitudes import circle

_SEAM = 1e-6
_SLIVER = 1e-6
_REMEMBERED = 512

type Numbers = NDArray[np.float64]


class Spans(NamedTuple):
    """The cells along one axis that each pixel shows.

    A pixel that is no larger than the cell at its centre shows that cell; a larger one shows all
    cells that it overlaps, weighted by the overlap.

    Attributes
    ----------
    starts
        Pixel i has the entries ``starts[i]`` to ``starts[i + 1]`` (excluded), shape (pixels + 1,);
        none outside of the cells.
    cells
        Cell of each entry: its place on the axis as stored, int32.
    weights
        Weight of each entry, float32.
    """

    starts: NDArray[np.int32]
    cells: NDArray[np.int32]
    weights: NDArray[np.float32]


class _Cells(NamedTuple):
    """Edges of cells ascending, and the place of each on the axis as stored."""

    low: Numbers
    high: Numbers
    stored: NDArray[np.int32]


def row_spans(axis: Axis, parallels: Numbers) -> Spans:
    """Return the rows of cells that each row of pixels shows, weighted by area on the sphere.

    Parameters
    ----------
    axis
        Latitudes, either way.
    parallels
        Edges of the rows of pixels from north to south, degrees, shape (height + 1,).
    """
    cells = _latitudes(axis)
    found = _overlaps(parallels[1:], parallels[:-1], cells.low, cells.high, True)
    return found._replace(cells=cells.stored[found.cells])


def column_spans(axis: Axis, meridians: Numbers) -> Spans:
    """Return the columns of cells that each column of pixels shows.

    Parameters
    ----------
    axis
        Longitudes, either way, of any turn.
    meridians
        Edges of the columns of pixels from west to east, degrees of any turn, shape (width + 1,).
    """
    cells = _longitudes(axis)
    west = (meridians[:-1] + 180) % 360 - 180
    east = west + np.minimum(np.diff(meridians), 360.0)
    found = _overlaps(west, east, cells.low, cells.high, False)
    return found._replace(cells=cells.stored[found.cells])


def cells_under(y: Axis, x: Axis, latitudes: Numbers, longitudes: Numbers) -> NDArray[np.int32]:
    """Return row and column of the cell at each place, -1 outside; shape (2, ...).

    Places that are not finite lie outside.
    """
    known = np.isfinite(latitudes) & np.isfinite(longitudes)
    latitude = np.where(known, latitudes, -1e9)
    longitude = np.where(known, (longitudes + 180) % 360 - 180, -1e9)
    found = np.stack([_at(_latitudes(y), latitude), _at(_longitudes(x), longitude)])
    found[:, (found < 0).any(axis=0)] = -1
    return found


@lru_cache(maxsize=_REMEMBERED)
def _latitudes(axis: Axis) -> _Cells:
    stored = rows(_bounded(axis))
    order = np.arange(axis.size, dtype=np.int32)
    return _Cells(stored.south, stored.north, order[::-1] if stored.line.descending else order)


@lru_cache(maxsize=_REMEMBERED)
def _longitudes(axis: Axis) -> _Cells:
    """Return the cells of three turns, so that a pixel between -180 and 540 meets all its own."""
    ring = circle(_bounded(axis))
    order = (np.arange(ring.size) - ring.first) % ring.size
    stored = (ring.axis.size - 1 - order if ring.descending else order).astype(np.int32)
    turns = [ring.bounds - 360, ring.bounds, ring.bounds + 360]
    low, high = (np.concatenate([turn[:, side] for turn in turns]) for side in (0, 1))
    return _Cells(low, high, np.tile(stored, 3))


def _bounded(axis: Axis) -> Axis:
    """Return an axis with edges; half-way ones where it has none."""
    return axis if axis.bounds is not None else replace(axis, bounds=midpoint_bounds(axis.values))


def _at(cells: _Cells, places: Numbers) -> NDArray[np.int32]:
    found = np.clip(cells.low.searchsorted(places + _SEAM, "right") - 1, 0, None)
    inside = (places >= cells.low[found] - _SEAM) & (places <= cells.high[found] + _SEAM)
    return np.where(inside, cells.stored[found], -1).astype(np.int32)


@njit(nogil=True, cache=True, error_model="numpy")
def _overlaps(
    low: Numbers, high: Numbers, cell_low: Numbers, cell_high: Numbers, sphere: bool
) -> Spans:
    """Return the ascending cells of each pixel from `low` to `high`."""
    first = np.searchsorted(cell_high, low, "right")
    stop = np.searchsorted(cell_low, high, "left")
    under = np.searchsorted(cell_low, (low + high) / 2, "right") - 1
    starts = np.zeros(low.size + 1, np.int32)
    cells = np.empty(max(0, (stop - first).clip(0).sum()) + low.size, np.int32)
    weights = np.empty(cells.size, np.float32)
    n = 0
    for i in range(low.size):
        size = high[i] - low[i]
        k = under[i]
        held = k >= 0 and (low[i] + high[i]) / 2 <= cell_high[k] + _SEAM
        inner = k if held else min(first[i], cell_low.size - 1)
        coarse = size > (cell_high[inner] - cell_low[inner]) * (1 + _SEAM)
        if held and not coarse:
            cells[n], weights[n] = k, 1.0
            n += 1
        elif coarse:
            for c in range(first[i], stop[i]):
                south, north = max(low[i], cell_low[c]), min(high[i], cell_high[c])
                if north - south > size * _SLIVER:
                    cells[n] = c
                    weights[n] = _share(south, north) if sphere else north - south
                    n += 1
        starts[i + 1] = n
    return Spans(starts, cells[:n], weights[:n])


@njit(nogil=True, cache=True, error_model="numpy")
def _share(south: float, north: float) -> float:
    """Return the area between two parallels, relative to that of as many degrees at the equator."""
    share: float = (np.sin(np.radians(north)) - np.sin(np.radians(south))) * (180 / np.pi)
    return share
