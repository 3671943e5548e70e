"""Reference systems of coordinates in requests, and their axis order."""

import re
from typing import Literal

from casa_processes.common.errors import InvalidValueError

type Crs = Literal["CRS84", "EPSG:4326"]

SUPPORTED = "CRS84 (longitude, latitude) or EPSG:4326 (latitude, longitude)"
_NAME = re.compile(
    r"""
      (?: https?://www\.opengis\.net/def/crs/ | urn:ogc:def:crs: )?
      (?: (?P<crs84> (?:OGC [:/] (?:1\.3|0)? [:/])? (?:OGC:)? CRS:?84 )
        | (?P<epsg>  EPSG (?: [:/] [0-9.]{0,8} [:/] | : ) 4326 ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parse_crs(text: str | None, what: str = "crs") -> Crs:
    """Return the reference system that a name, URI, URN or safe CURIE means.

    Parameters
    ----------
    text
        ``CRS84``, ``OGC:CRS84``, ``EPSG:4326``, ``http://www.opengis.net/def/crs/OGC/1.3/CRS84``,
        ``urn:ogc:def:crs:EPSG::4326``, ``[EPSG:4326]``; letters in either case. None is CRS84.
    what
        Name of the parameter, for the error.

    Raises
    ------
    InvalidValueError
        For any other, naming the supported ones.
    """
    if text is None:
        return "CRS84"
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        stripped = stripped[1:-1]
    match = _NAME.fullmatch(stripped) if len(stripped) <= 80 else None
    if match is None:
        raise InvalidValueError(what, text, SUPPORTED)
    return "CRS84" if match["crs84"] else "EPSG:4326"


def lon_lat(first: float, second: float, crs: Crs) -> tuple[float, float]:
    """Return longitude and latitude of two coordinates in the axis order of `crs`."""
    return (first, second) if crs == "CRS84" else (second, first)
