"""Samples of a grid along a path.

A sample stands at every vertex, and at the middle of what a leg between two vertices has in each
further cell; the cell of a vertex is sampled at the vertex alone. Height and time of a sample are
linear along the leg. Samples outside the grid are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from casa_ogc.query.latitudes import Rows
from casa_ogc.query.longitudes import TOLERANCE, Circle
from casa_ogc.query.request import Path
from casa_ogc.query.tracks import Floats, vertices
from casa_ogc.query.windows import Ground
from casa_processes.common.errors import TooLargeError

_DECIMALS = 9

type Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Samples:
    """Where a path is sampled, shape (n,) each.

    Attributes
    ----------
    longitude, latitude, height, seconds
        Of the path; longitudes run on past 180; 0 where the path has no height or time.
    row, column
        Stored cells.
    line
        Number of the line, from 0.
    """

    longitude: Floats
    latitude: Floats
    height: Floats
    seconds: Floats
    row: Numbers
    column: Numbers
    line: Numbers

    @property
    def size(self) -> int:
        """Number of samples."""
        return self.row.size

    def part(self, kept: NDArray[np.bool_]) -> "Samples":
        """Return some of the samples."""
        return Samples(**{name: values[kept] for name, values in vars(self).items()})


def samples(ground: Ground, path: Path, most: int) -> Samples:
    """Return where a path is sampled on a grid, in the order of the path.

    Raises
    ------
    TooLargeError
        For more than `most` samples.
    """
    points: list[Floats] = []
    lines: list[Numbers] = []
    mesh, count = _mesh(ground), 0
    for number, route in enumerate(path.routes):
        for places in _along(mesh, vertices(route)):
            points.append(places)
            lines.append(np.full(places.shape[0], number, dtype=np.int64))
            count += places.shape[0]
            if count > most:
                raise TooLargeError("samples of the path", count, most)
    every = np.concatenate(points)
    row, column = rows_at(ground.rows, every[:, 1]), columns_at(ground.circle, every[:, 0])
    longitude, latitude, height, seconds = np.ascontiguousarray(every.T)
    whole = Samples(longitude, latitude, height, seconds, row, column, np.concatenate(lines))
    return whole.part((row >= 0) & (column >= 0))


def rows_at(stored: Rows, latitudes: Floats) -> Numbers:
    """Return the stored row whose cells hold each latitude, -1 where none does.

    Of two that share an edge it is the northern one.
    """
    place = stored.south.searchsorted(latitudes + TOLERANCE, "right") - 1
    inside = (place >= 0) & (latitudes <= stored.north[place] + TOLERANCE)
    row = stored.south.size - 1 - place if stored.line.descending else place
    return np.where(inside, row, -1).astype(np.int64)


def columns_at(ring: Circle, longitudes: Floats) -> Numbers:
    """Return the stored column whose cell holds each longitude of any turn, -1 where none does.

    Of two that share an edge it is the eastern one.
    """
    sought = np.round((longitudes + 180) % 360 - 180, 10)
    sought = np.where(sought >= 180, -180.0, sought)
    place = ring.edges[:, 0].searchsorted(sought + TOLERANCE, "right") - 1
    inside = (place >= 0) & (sought <= ring.edges[place, 1] + TOLERANCE)
    column = ((place - 1) % ring.size - ring.first) % ring.size
    if ring.descending:
        column = ring.axis.size - 1 - column
    return np.where(inside, column, -1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Mesh:
    """A grid with all its edges, ascending."""

    ground: Ground
    edges_y: Floats
    edges_x: Floats


def _mesh(ground: Ground) -> _Mesh:
    edges_y = np.unique(np.concatenate([ground.rows.south, ground.rows.north]))
    return _Mesh(ground, edges_y, np.unique(ground.circle.bounds))


def _along(mesh: _Mesh, corners: Floats) -> Iterator[Floats]:
    """Yield the sampled places of one line, leg by leg, shape (n, 4) as its vertices."""
    yield corners[:1]
    for start, stop in pairwise(corners):
        cuts = _cuts(mesh, start, stop)
        middle = (cuts[:-1] + cuts[1:]) / 2
        between = np.round(start + middle[:, None] * (stop - start), _DECIMALS)
        yield np.concatenate([between[_further(mesh.ground, start, stop, between)], stop[None]])


def _cuts(mesh: _Mesh, start: Floats, stop: Floats) -> Floats:
    """Return where a leg crosses edges of cells, as fractions from 0 to 1, both included."""
    low, high = sorted((start[0], stop[0]))
    first = np.floor((low - mesh.edges_x[-1]) / 360)
    turns = np.arange(first, np.ceil((high - mesh.edges_x[0]) / 360) + 1)
    around = (mesh.edges_x[None, :] + 360 * turns[:, None]).ravel()
    found = [np.array([0.0, 1.0])]
    for edges, axis in ((around, 0), (mesh.edges_y, 1)):
        length = stop[axis] - start[axis]
        if length:
            parts = (edges - start[axis]) / length
            found.append(parts[(parts > TOLERANCE) & (parts < 1 - TOLERANCE)])
    cuts = np.unique(np.concatenate(found))
    apart: Floats = cuts[np.concatenate([[True], np.diff(cuts) > TOLERANCE])]
    return apart


def _further(ground: Ground, start: Floats, stop: Floats, between: Floats) -> NDArray[np.bool_]:
    """Return which parts of a leg lie in other cells than the vertices at its ends."""
    places = np.concatenate([start[None], stop[None], between])
    row, column = rows_at(ground.rows, places[:, 1]), columns_at(ground.circle, places[:, 0])
    ends = ((row[2:] == row[end]) & (column[2:] == column[end]) for end in (0, 1))
    further = ~np.logical_or(*ends)
    new = np.ones(further.size, dtype=bool)
    new[1:] = (row[3:] != row[2:-1]) | (column[3:] != column[2:-1])
    meant: NDArray[np.bool_] = further & new & (row[2:] >= 0) & (column[2:] >= 0)
    return meant
