"""Geometries of well-known text: points and polygons."""

import re

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from casa_ogc.query.parse.crs import Crs
from casa_ogc.query.places import checked
from casa_ogc.query.request import Area, Points
from casa_processes.common.errors import InvalidValueError

_EXPECTED = (
    "well-known text of POINT, POINT Z, MULTIPOINT, POLYGON or MULTIPOLYGON with finite coordinates"
)
_MOST_VERTICES = 10_000
_LONGEST = 1_000_000
_SHAPE = re.compile(
    r"\s*(?P<kind>POINT|MULTIPOINT|POLYGON|MULTIPOLYGON)(?:\s+(?P<z>Z))?\s*"
    r"(?P<body>\([-+0-9.,()eE\s]*\))\s*",
    re.IGNORECASE | re.ASCII,
)


def parse_wkt(text: str, crs: Crs = "CRS84", what: str = "coords") -> Points | Area:
    """Return the points or the polygon of well-known text.

    Parameters
    ----------
    text
        ``POINT``, ``MULTIPOINT``, both also with ``Z``, ``POLYGON`` or ``MULTIPOLYGON``, in either
        case. Rings may run past 180 to cross the antimeridian.
    crs
        Reference system, which gives the axis order.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For other geometries, EMPTY, malformed text, coordinates that are not finite or not on
        Earth, open or crossing rings, polygons with Z, points of several levels, more than 10 000
        vertices.
    """
    match = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise InvalidValueError(what, text, _EXPECTED)
    if text.count(",") >= _MOST_VERTICES:
        raise InvalidValueError(what, text, f"at most {_MOST_VERTICES} vertices")
    if any(len(vertex.split()) > 3 for vertex in match["body"].split(",")):
        raise InvalidValueError(what, text, f"{_EXPECTED}, at most three to a vertex")
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            geometry = shapely.from_wkt(f"{match['kind']} {match['z'] or ''} {match['body']}")
    except shapely.errors.ShapelyError:
        raise InvalidValueError(what, text, _EXPECTED) from None
    region = _region(geometry, text, crs, what)
    checked(region, what)
    return region


def _region(geometry: BaseGeometry, text: str, crs: Crs, what: str) -> Points | Area:
    deep = bool(geometry.has_z)
    coordinates: NDArray[np.float64] = shapely.get_coordinates(geometry, include_z=deep)
    if coordinates.size == 0 or not np.isfinite(coordinates).all():
        raise InvalidValueError(what, text, _EXPECTED)
    if crs == "EPSG:4326":
        coordinates[:, :2] = coordinates[:, 1::-1]
    if "POINT" in geometry.geom_type.upper():
        columns = [tuple(column) for column in coordinates.T.tolist()]
        return Points(*columns)
    if deep:
        raise InvalidValueError(what, text, "polygons without Z; levels are asked for by z")
    return Area(shapely.set_coordinates(geometry, coordinates))
