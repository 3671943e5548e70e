"""Which soundings a region means: boxes to read, and the exact test of what was read."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.footprints import holding
from casa_ogc.query.geodesy import surroundings, within
from casa_ogc.query.longitudes import wrapped
from casa_ogc.query.paths import VERTICES, path_boxes, path_columns, path_meets
from casa_ogc.query.request import Area, Box, Corridor, Disc, Everywhere, Path, Points, Region
from casa_processes.common.polygons import inside

LARGEST_FOOTPRINT = 200_000.0
"""Metres within which the centre of a footprint that holds a place is sought."""


def split(bounds: Bounds) -> list[Bounds]:
    """Return boxes within -180..180, west <= east, that hold what one box holds.

    The antimeridian has two names, and both are held where the box touches it.
    """
    south, north = bounds.south, bounds.north
    if bounds.east - bounds.west >= 360:
        return [Bounds(-180.0, south, 180.0, north)]
    west, east = wrapped(bounds.west), wrapped(bounds.east)
    if east < west:
        return [Bounds(west, south, 180.0, north), Bounds(-180.0, south, east, north)]
    whole = [Bounds(west, south, east, north)]
    return whole if west > -180 else [*whole, Bounds(180.0, south, 180.0, north)]


def boxes(region: Region, footprint_radius: float) -> list[Bounds]:
    """Return boxes that hold the centres of all soundings that a region may mean; none: all."""
    match region:
        case Everywhere():
            return []
        case Box():
            return split(region.bounds)
        case Disc():
            return split(surroundings(region.longitude, region.latitude, region.radius))
        case Area():
            return split(Bounds(*region.geometry.bounds))
        case Path() | Corridor():
            reach = max(LARGEST_FOOTPRINT, footprint_radius)
            return [box for one in path_boxes(region, reach) for box in split(one)]
        case Points():
            reach = max(LARGEST_FOOTPRINT, footprint_radius)
            places = set(zip(region.longitudes, region.latitudes, strict=True))
            return [
                box for lon, lat in sorted(places) for box in split(surroundings(lon, lat, reach))
            ]


def columns_needed(region: Region, stored: Collection[str]) -> tuple[str, ...]:
    """Return the columns that the exact test of a region needs."""
    if isinstance(region, Everywhere | Box):
        return ()
    if isinstance(region, Path | Corridor):
        return path_columns(region, stored)
    place = ("longitude", "latitude")
    footprints = isinstance(region, Points) and set(VERTICES) <= set(stored)
    return place + VERTICES if footprints else place


def meant(
    region: Region, columns: Mapping[str, NDArray[Any]], footprint_radius: float
) -> NDArray[np.bool_] | None:
    """Return which of the soundings in the boxes of a region it means; None: all.

    Disc: the centre lies within the geodesic distance. Area: the centre is inside the polygon or
    on its boundary. Points: the footprint holds one of them or, where its vertices are missing,
    the centre lies within `footprint_radius` of one.
    """
    if isinstance(region, Everywhere | Box):
        return None
    if isinstance(region, Path | Corridor):
        return path_meets(region, columns, footprint_radius)
    longitudes, latitudes = columns["longitude"], columns["latitude"]
    if isinstance(region, Area):
        return inside(region.geometry, longitudes, latitudes)
    if isinstance(region, Disc):
        place = (region.longitude, region.latitude, region.radius)
        return within(*place, longitudes, latitudes)
    found = np.zeros(longitudes.size, dtype=bool)
    for longitude, latitude in set(zip(region.longitudes, region.latitudes, strict=True)):
        found |= _met(longitude, latitude, columns, footprint_radius)
    return found


def _met(
    longitude: float, latitude: float, columns: Mapping[str, NDArray[Any]], radius: float
) -> NDArray[np.bool_]:
    near = within(longitude, latitude, radius, columns["longitude"], columns["latitude"])
    if VERTICES[0] not in columns:
        return near
    vertices = [np.asarray(columns[name], dtype=np.float64) for name in VERTICES]
    known = np.isfinite(vertices[0]).all(axis=1) & np.isfinite(vertices[1]).all(axis=1)
    return np.where(known, holding(longitude, latitude, *vertices), near)
