"""Soundings along paths and in corridors."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.request import Corridor, Path
from casa_ogc.query.tracks import boxes_along, nearest, vertices

VERTICES = ("longitude_vertices", "latitude_vertices")

type Columns = Mapping[str, NDArray[Any]]


def path_boxes(region: Path | Corridor, reach: float) -> Iterator[Bounds]:
    """Yield boxes, perhaps past 180, that hold the centres of all soundings that may be meant.

    `reach` [m] is how far a centre may lie from a path that meets its footprint.
    """
    if isinstance(region, Corridor):
        yield from boxes_along(region.path, region.width / 2)
    else:
        yield from boxes_along(region, reach)


def path_columns(region: Path | Corridor, stored: Collection[str]) -> tuple[str, ...]:
    """Return the columns that the test of a path needs."""
    path = region if isinstance(region, Path) else region.path
    columns = ("longitude", "latitude") + (("time",) if path.routes[0].seconds else ())
    footprints = isinstance(region, Path) and set(VERTICES) <= set(stored)
    return columns + VERTICES if footprints else columns


def path_meets(
    region: Path | Corridor, columns: Columns, footprint_radius: float
) -> NDArray[np.bool_]:
    """Return which soundings a path or a corridor meets.

    Corridor: the centre lies within half the width of the path. Path: the footprint, whose sides
    are taken as straight in longitude and latitude, meets a line or, where its vertices are
    missing, the centre lies within `footprint_radius` [m] of one. Where the path has times, the
    sounding was taken within its tolerance of the time of the closest place of the path.
    """
    longitudes, latitudes = columns["longitude"], columns["latitude"]
    path = region if isinstance(region, Path) else region.path
    within = footprint_radius if isinstance(region, Path) else region.width / 2
    close = nearest(path, longitudes, latitudes, within)
    found = np.isfinite(close.distance)
    if isinstance(region, Path) and VERTICES[0] in columns:
        known, met = _footprints_met(path, columns)
        found = np.where(known, met, found)
    if path.routes[0].seconds and found.any():
        found[found] = _in_time(path, columns, found)
    return found


def _in_time(path: Path, columns: Columns, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    close = nearest(path, columns["longitude"][found], columns["latitude"][found], np.inf)
    taken = columns["time"][found].astype("datetime64[ns]").astype(np.int64) / 1e9
    met: NDArray[np.bool_] = np.abs(taken - close.seconds) <= path.tolerance
    return met


def _footprints_met(path: Path, columns: Columns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which footprints are known, and which of these a path meets."""
    x, y = (np.asarray(columns[name], dtype=np.float64) for name in VERTICES)
    known = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
    met = np.zeros(known.size, dtype=bool)
    if not known.any():
        return known, met
    centre = columns["longitude"][known, None]
    x, y = centre + (x[known] - centre + 180) % 360 - 180, y[known]
    rings = np.stack([x, y], axis=-1)
    polygons = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
    hit = np.zeros(polygons.size, dtype=bool)
    for line in _turned(path):
        shapely.prepare(line)
        hit |= shapely.intersects(line, polygons)
    met[known] = hit
    return known, met


def _turned(path: Path) -> Iterator[Any]:
    """Yield the lines of a path in every turn in which they meet -360..360."""
    for route in path.routes:
        corners = vertices(route)[:, :2]
        low, high = corners[:, 0].min(), corners[:, 0].max()
        for turn in range(int(np.floor((-360 - low) / 360)), int(np.ceil((360 - high) / 360)) + 1):
            yield shapely.LineString(corners + np.array([360.0 * turn, 0.0]))
