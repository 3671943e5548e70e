"""Lines of well-known text: with heights, with times, with both."""

import re

from casa_ogc.query.parse.crs import Crs, lon_lat
from casa_ogc.query.parse.numbers import number
from casa_ogc.query.places import checked
from casa_ogc.query.request import Path, Route
from casa_processes.common.errors import InvalidValueError

_EXPECTED = (
    "well-known text of LINESTRING or MULTILINESTRING, also with Z, M (seconds since 1970) or ZM, "
    "with two vertices or more to a line and finite coordinates"
)
_MOST_VERTICES = 10_000
_LONGEST = 1_000_000
_LATEST = 9_223_372_036.0
"""Seconds since 1970 that nanoseconds can count."""
_SHAPE = re.compile(
    r"\s*(?P<multi>MULTI)?LINESTRING\s*(?P<kind>ZM|Z|M)?\s*\((?P<body>[-+0-9.,()eE\s]*)\)\s*",
    re.IGNORECASE | re.ASCII,
)
_LINE = re.compile(r"\s*\(([^()]*)\)\s*(,?)")


def parse_lines(text: str, crs: Crs = "CRS84", what: str = "coords") -> Path:
    """Return the lines of well-known text.

    Parameters
    ----------
    text
        ``LINESTRING`` or ``MULTILINESTRING``, also followed by ``Z``, ``M`` or ``ZM``, in either
        case; M counts seconds since 1970-01-01T00:00:00Z, Z is in units of the vertical axis.
    crs
        Reference system, which gives the axis order of the first two numbers.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For other geometries, EMPTY, malformed text, a count of numbers that is not that of the
        kind, places that are not on Earth, lines of one vertex, more than 10 000 vertices.
    """
    match = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise InvalidValueError(what, text, _EXPECTED)
    if text.count(",") >= _MOST_VERTICES:
        raise InvalidValueError(what, text, f"at most {_MOST_VERTICES} vertices")
    bodies = _bodies(match["body"]) if match["multi"] else [match["body"]]
    if not bodies:
        raise InvalidValueError(what, text, _EXPECTED)
    kind = (match["kind"] or "").upper()
    path = Path(tuple(_route(body, kind, crs, what) for body in bodies))
    checked(path, what)
    return path


def _bodies(text: str) -> list[str]:
    """Return what stands in each pair of brackets; nothing where they do not make up the text."""
    found, position, more = [], 0, True
    while more:
        match = _LINE.match(text, position)
        if match is None:
            return []
        found.append(match[1])
        position, more = match.end(), bool(match[2])
    return found if position == len(text) else []


def _route(body: str, kind: str, crs: Crs, what: str) -> Route:
    rows = [
        [number(what, item, _EXPECTED) for item in vertex.split()] for vertex in body.split(",")
    ]
    if any(len(row) != 2 + len(kind) for row in rows):
        raise InvalidValueError(what, body, f"{2 + len(kind)} numbers to a vertex; {_EXPECTED}")
    places = [lon_lat(row[0], row[1], crs) for row in rows]
    seconds = tuple(row[-1] for row in rows) if "M" in kind else ()
    if any(abs(second) > _LATEST for second in seconds):
        raise InvalidValueError(what, max(seconds, key=abs), "seconds within 292 years of 1970")
    return Route(
        longitudes=tuple(place[0] for place in places),
        latitudes=tuple(place[1] for place in places),
        heights=tuple(row[2] for row in rows) if "Z" in kind else (),
        seconds=seconds,
    )
