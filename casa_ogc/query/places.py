"""Places that exist: every region is checked once, before anything is planned."""

import math
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from casa_ogc.query.request import Area, Box, Corridor, Disc, Path, Points, Region
from casa_processes.common.errors import InvalidValueError

WESTMOST, EASTMOST = -360.0, 540.0
_LONGITUDE = f"a longitude from {WESTMOST:.0f} to {EASTMOST:.0f} degrees"
_LATITUDE = "a latitude from -90 to 90 degrees"
_PLAIN = "rings that neither cross nor overlap; two triangles of a bow tie are a MULTIPOLYGON"
_FAULTS: Mapping[str, str] = {
    "Self-intersection": "sides that cross or overlap",
    "Ring Self-intersection": "a ring that touches itself",
    "Hole lies outside shell": "a hole that is not inside it",
    "Holes are nested": "a hole within a hole",
    "Nested shells": "a part within a part",
    "Interior is disconnected": "an inside that holes cut apart",
    "Duplicate Rings": "a ring that is there twice",
    "Too few points in geometry component": "a ring of less than three vertices",
}
"""Reasons of GEOS in plain words."""


def checked(region: Region, what: str = "coords") -> None:
    """Check that the coordinates of a region exist on Earth.

    Parameters
    ----------
    region
        What is asked.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For coordinates that are not finite, latitudes beyond -90..90, longitudes beyond -360..540,
        no point at all, south above north, a negative distance, polygons that are empty, cross
        themselves or are wider than 360 degrees, and lines of less than two vertices.
    """
    match region:
        case Points():
            _check_points(region, what)
        case Disc():
            _check_place(region.longitude, region.latitude, what)
            if not (math.isfinite(region.radius) and region.radius >= 0):
                raise InvalidValueError("within", region.radius, "a distance of 0 m or more")
        case Box():
            _check_box(region, what)
        case Area():
            _check_area(region, what)
        case Path():
            _check_path(region, what)
        case Corridor():
            _check_path(region.path, what)
            _check_size("corridor-width", region.width)
            _check_size("corridor-height", region.height or 0.0)
        case _:
            pass


def _check_place(longitude: float, latitude: float, what: str) -> None:
    if not -90 <= latitude <= 90:
        raise InvalidValueError(what, latitude, _LATITUDE)
    if not WESTMOST <= longitude <= EASTMOST:
        raise InvalidValueError(what, longitude, _LONGITUDE)


def _check_points(points: Points, what: str) -> None:
    if not points.longitudes or len(points.longitudes) != len(points.latitudes):
        raise InvalidValueError(what, len(points.longitudes), "one point or more")
    for longitude, latitude in zip(points.longitudes, points.latitudes, strict=True):
        _check_place(longitude, latitude, what)
    if len(set(points.levels)) > 1:
        raise InvalidValueError(what, points.levels, "points of one common level")


def _check_box(box: Box, what: str) -> None:
    bounds = box.bounds
    _check_place(bounds.west, bounds.south, what)
    _check_place(bounds.east, bounds.north, what)
    if bounds.south > bounds.north:
        raise InvalidValueError(what, (bounds.south, bounds.north), "south not above north")


def _check_area(area: Area, what: str) -> None:
    geometry = area.geometry
    if geometry.is_empty:
        raise InvalidValueError(what, "EMPTY", "a polygon with an area")
    west, south, east, north = geometry.bounds
    _check_place(west, south, what)
    _check_place(east, north, what)
    if east - west > 360:
        raise InvalidValueError(what, east - west, "a polygon of at most 360 degrees of longitude")
    if not shapely.is_valid(geometry):
        raise InvalidValueError(what, _fault(geometry), _PLAIN)


def _fault(geometry: BaseGeometry) -> str:
    """Say in plain words what is wrong with a polygon, and where."""
    name, _, rest = str(shapely.is_valid_reason(geometry)).partition("[")
    place = [f"{float(each):.7g}" for each in rest.rstrip("]").split()]
    where = f" at longitude {place[0]}, latitude {place[1]}" if len(place) == 2 else ""
    return f"a polygon with {_FAULTS.get(name, name)}{where}"


def _check_path(path: Path, what: str) -> None:
    for route in path.routes:
        if len(route.longitudes) < 2 or len(route.longitudes) != len(route.latitudes):
            raise InvalidValueError(what, len(route.longitudes), "lines of two vertices or more")
        for longitude, latitude in zip(route.longitudes, route.latitudes, strict=True):
            _check_place(longitude, latitude, what)
    if not path.routes:
        raise InvalidValueError(what, "EMPTY", "one line or more")


def _check_size(what: str, size: float) -> None:
    if not (math.isfinite(size) and size >= 0):
        raise InvalidValueError(what, size, "a number of 0 or more")
