"""The latitude axis: rows of a grid, kept in the order in which they are stored."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis
from casa_ogc.query.lines import Line, line
from casa_ogc.query.longitudes import TOLERANCE
from casa_ogc.query.picks import Pick

_AXES_REMEMBERED = 512


@dataclass(frozen=True, eq=False)
class Rows:
    """Stored latitudes and their edges, none of which lies beyond a pole.

    Attributes
    ----------
    line
        Centres, as an ascending view of the axis.
    south, north
        Edges of the cells from south to north, shape (n,).
    """

    line: Line
    south: NDArray[np.float64]
    north: NDArray[np.float64]


@lru_cache(maxsize=_AXES_REMEMBERED)
def rows(axis: Axis) -> Rows:
    """Return the rows of a stored latitude axis."""
    bounds = np.clip(np.asarray(axis.bounds, dtype=np.float64), -90, 90)
    values = np.asarray(axis.values, dtype=np.float64)
    clipped = line(replace(axis, values=values, bounds=bounds))
    edges = np.sort(bounds[::-1] if clipped.descending else bounds, axis=1)
    return Rows(clipped, np.ascontiguousarray(edges[:, 0]), np.ascontiguousarray(edges[:, 1]))


def rows_between(stored: Rows, south: float, north: float) -> Pick | None:
    """Return the rows whose centres lie in a closed interval; None when there is none."""
    return stored.line.pick([stored.line.between(south - TOLERANCE, north + TOLERANCE)])


def row_at(stored: Rows, latitude: float) -> Pick | None:
    """Return the row whose cells hold a latitude, the northern one of two that share an edge.

    None where the latitude lies in no cell; the outer edges of the grid belong to it.
    """
    place = int(stored.south.searchsorted(latitude + TOLERANCE, "right")) - 1
    if place < 0 or latitude > stored.north[place] + TOLERANCE:
        return None
    return stored.line.pick([(place, place + 1)])
