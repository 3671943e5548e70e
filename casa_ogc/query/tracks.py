"""Paths as short straight pieces, and how far places are from them.

A path is straight in longitude and latitude between its vertices, and takes the short way round.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.geodesy import surroundings
from casa_ogc.query.request import Path, Route

type Floats = NDArray[np.float64]

_ELLIPSOID = Geod(ellps="WGS84")
_FLATTENING = 1 / 298.257223563
_EQUATOR = 6_378_137.0
_PIECE = 20_000.0
_MOST_PIECES = 5_000
_DEGREE = 111_700.0
"""Most metres of a degree of latitude on the ellipsoid."""


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of lines from `start` to `stop`, each row (longitude, latitude, height, s).

    Longitudes run on past 180 along each line; heights and seconds are 0 where there are none.
    """

    start: Floats
    stop: Floats


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each place the closest place of a path.

    Attributes
    ----------
    distance
        Geodesic distance [m]; infinite where it exceeds what was asked.
    height, seconds
        Of the path there; 0 where it has none.
    """

    distance: Floats
    height: Floats
    seconds: Floats


def vertices(route: Route) -> Floats:
    """Return the vertices of a line, shape (n, 4).

    The columns are longitude running on past 180, latitude, height and seconds.
    """
    longitudes = np.asarray(route.longitudes, dtype=np.float64)
    steps = (np.diff(longitudes) + 180) % 360 - 180
    running = longitudes[0] + np.concatenate([[0.0], np.cumsum(steps)])
    turned = np.round(running - longitudes, 9) % 360 == 0
    exact = longitudes + np.round((running - longitudes) / 360) * 360
    absent = np.zeros(longitudes.size)
    others = (route.latitudes, route.heights or absent, route.seconds or absent)
    columns = [np.where(turned, exact, running), *(np.asarray(one, float) for one in others)]
    return np.stack(columns, axis=1)


def pieces(path: Path) -> Pieces:
    """Return a path in pieces of 20 km or less; longer ones where it has more than 5000 of them."""
    legs = [vertices(route) for route in path.routes]
    start = np.concatenate([leg[:-1] for leg in legs])
    stop = np.concatenate([leg[1:] for leg in legs])
    extent = np.hypot(*(stop - start)[:, :2].T) * _DEGREE
    longest = max(_PIECE, float(extent.sum()) / _MOST_PIECES)
    counts = np.maximum(np.ceil(extent / longest), 1).astype(np.int64)
    leg = np.repeat(np.arange(counts.size), counts)
    within = np.arange(leg.size) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (stop - start)[leg] / counts[leg, None]
    first = start[leg] + step * within[:, None]
    return Pieces(first, first + step)


def nearest(path: Path, longitudes: Floats, latitudes: Floats, within: float) -> Nearest:
    """Return for each place the closest place of a path.

    Parameters
    ----------
    longitudes, latitudes
        Places, shape (n,).  [degrees]
    within
        Distance beyond which the answer is infinite.  [m]

    Notes
    -----
    Pieces are chords through the ellipsoid, which tell the closest one and the place on it; the
    distance to that place is Karney's (2013) geodesic. A chord of 20 km is off its arc by 8 m at
    most, which moves the place along the path, not the distance, by the second order.
    """
    cut = pieces(path)
    distance = np.full(longitudes.size, np.inf)
    height, seconds = np.zeros(longitudes.size), np.zeros(longitudes.size)
    places = _cartesian(longitudes, latitudes)
    close = _candidates(cut, places, within)
    if close.size:
        # The compiler is imported by the first path, not at the start of the server.
        from casa_ogc.query.chords import closest_chords

        ends = [_cartesian(end[:, 0], end[:, 1]) for end in (cut.start, cut.stop)]
        number, fraction = closest_chords(places[close], *ends)
        there = cut.start[number] + fraction[:, None] * (cut.stop - cut.start)[number]
        _, _, metres = _ELLIPSOID.inv(longitudes[close], latitudes[close], there[:, 0], there[:, 1])
        near = np.asarray(metres) <= within
        distance[close[near]] = np.asarray(metres)[near]
        height[close], seconds[close] = there[:, 2], there[:, 3]
    return Nearest(distance, height, seconds)


def surrounding(path: Path, distance: float) -> Bounds:
    """Return a box that holds all within a distance [m] of a path, little more.

    `west` may lie below -180 and `east` beyond 180; 360 degrees or more are the whole circle.
    """
    boxes = list(boxes_along(path, distance, most=1 << 30))
    west, east = min(box.west for box in boxes), max(box.east for box in boxes)
    south, north = min(box.south for box in boxes), max(box.north for box in boxes)
    if east - west >= 360:
        west, east = -180.0, 180.0
    return Bounds(west, south, east, north)


def boxes_along(path: Path, distance: float, most: int = 50) -> Iterator[Bounds]:
    """Yield boxes that hold all within a distance [m] of runs of `most` pieces of a path."""
    for route in path.routes:
        cut = pieces(Path((route,)))
        for first in range(0, cut.start.shape[0], most):
            run = slice(first, first + most)
            ends = np.concatenate([cut.start[run, :2], cut.stop[run, :2]])
            (west, south), (east, north) = ends.min(axis=0).tolist(), ends.max(axis=0).tolist()
            lower, upper = (surroundings(0.0, place, distance) for place in (south, north))
            aside = max(-lower.west, -upper.west)
            yield Bounds(west - aside, lower.south, east + aside, upper.north)


def _candidates(cut: Pieces, places: Floats, within: float) -> NDArray[np.intp]:
    """Return the places that may lie within a distance of some piece."""
    from scipy.spatial import cKDTree

    middle = (cut.start + cut.stop) / 2
    centres = _cartesian(middle[:, 0], middle[:, 1])
    ends = _cartesian(cut.start[:, 0], cut.start[:, 1])
    reach = float(np.linalg.norm(centres - ends, axis=1).max()) * 1.01 + within + 1.0
    found, _ = cKDTree(centres).query(places, distance_upper_bound=reach)
    return np.flatnonzero(np.isfinite(found))


def _cartesian(longitudes: Floats, latitudes: Floats) -> Floats:
    """Return geocentric coordinates [m] of places on the ellipsoid, shape (n, 3)."""
    lon, lat = np.radians(longitudes), np.radians(latitudes)
    squared = _FLATTENING * (2 - _FLATTENING)
    normal = _EQUATOR / np.sqrt(1 - squared * np.sin(lat) ** 2)
    across = normal * np.cos(lat)
    up = normal * (1 - squared) * np.sin(lat)
    return np.stack([across * np.cos(lon), across * np.sin(lon), up], axis=-1)
