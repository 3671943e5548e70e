"""Which step of time or level holds a value."""

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.lines import line

type Edges = tuple[NDArray[np.float64], NDArray[np.float64]]


def cells_holding(
    axis: Axis, values: NDArray[np.float64], nearest: bool = False
) -> NDArray[np.int64]:
    """Return the stored cell that holds each value, -1 where none does.

    Parameters
    ----------
    axis
        Time or vertical axis.
    values
        In units of the axis; seconds since 1970 for time.  shape (n,)
    nearest
        Whether values that no cell holds mean the closest centre.

    Notes
    -----
    A cell holds what lies within its bounds. A step without bounds holds what is closer to it than
    to its neighbours, the outer ones as much outwards as inwards; a single one holds its instant
    alone. Of two that share an edge it is the later or higher one.
    """
    low, high = edges(axis)
    centres = _centres(axis)
    place = np.clip(low.searchsorted(values, "right") - 1, 0, low.size - 1)
    inside = (values >= low[place]) & (values <= high[place])
    if nearest:
        inside = np.ones(values.size, dtype=bool)
        place = _closest(centres, values)
    stored = low.size - 1 - place if line(axis).descending else place
    return np.where(inside, stored, -1).astype(np.int64)


def edges(axis: Axis) -> Edges:
    """Return lower and upper edges of the cells in ascending order, time in seconds since 1970."""
    if axis.bounds is not None:
        bounds = _seconds(axis.bounds)
        ordered = np.sort(bounds[::-1] if line(axis).descending else bounds, axis=1)
        return ordered[:, 0], ordered[:, 1]
    centres = _centres(axis)
    if centres.size == 1:
        return centres, centres
    middle = (centres[1:] + centres[:-1]) / 2
    first, last = 2 * centres[0] - middle[0], 2 * centres[-1] - middle[-1]
    return np.append(first, middle), np.append(middle, last)


def _centres(axis: Axis) -> NDArray[np.float64]:
    values = _seconds(axis.values)
    return values[::-1] if line(axis).descending else values


def _closest(centres: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    right = np.clip(centres.searchsorted(values), 1, max(centres.size - 1, 1))
    left = right - 1
    right = np.minimum(right, centres.size - 1)
    lower = values - centres[left] <= centres[right] - values
    return np.where(lower, left, right)


def _seconds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times as seconds since 1970; numbers as they are."""
    if values.dtype.kind != "M":
        return np.asarray(values, dtype=np.float64)
    return np.asarray(values.astype("datetime64[ns]").astype(np.int64) / 1e9, dtype=np.float64)
