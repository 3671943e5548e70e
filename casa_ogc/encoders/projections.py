"""Horizontal reference systems of maps."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pyproj
from numpy.typing import NDArray

from casa_processes.common.errors import InvalidValueError

RADIUS = 6378137.0
HALF_TURN = np.pi * RADIUS
"""Half the width of the world in EPSG:3857 [m]."""
STEEPEST = 85.0511287798066
"""Latitude at which the world of EPSG:3857 is square [degrees]."""
_PLATE = ("CRS84", "EPSG:4326", "EPSG:4490")
_MERCATOR = ("EPSG:3857", "EPSG:900913", "EPSG:3785", "EPSG:102100")
_EXPECTED = "CRS84, EPSG:4326, EPSG:3857 or another EPSG code of a horizontal system"
_REMEMBERED = 256
_METRES_OF_A_DEGREE = np.pi * RADIUS / 180
_NAME = re.compile(
    r"""
      (?: https?://www\.opengis\.net/def/crs/ | urn:ogc:def:crs: )?
      (?: (?P<crs84> (?:OGC [:/] (?:1\.3|0)? [:/])? (?:OGC:|CRS:)? (?:CRS:?)? 84 )
        | (?P<epsg>  EPSG (?: [:/] [0-9.]{0,8} [:/] | : ) (?P<code>[0-9]{4,6}) ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)

type Numbers = NDArray[np.float64]
type Family = Literal["plate", "mercator", "other"]


@dataclass(frozen=True)
class Projection:
    """A horizontal reference system.

    Attributes
    ----------
    name
        ``CRS84`` or ``EPSG:<code>``.
    family
        ``plate``: degrees; ``mercator``: spherical Mercator of web maps; ``other``: by PROJ.
    northing_first
        Whether its first axis runs north, as latitude does in EPSG:4326.
    metres_per_unit
        Size of a unit, at the equator for degrees.
    """

    name: str
    family: Family
    northing_first: bool
    metres_per_unit: float

    @property
    def uri(self) -> str:
        """OGC name of the system."""
        authority, _, code = self.name.rpartition(":")
        return (
            f"http://www.opengis.net/def/crs/{authority or 'OGC'}/{0 if authority else 1.3}/{code}"
        )

    def forward(self, longitudes: Numbers, latitudes: Numbers) -> tuple[Numbers, Numbers]:
        """Project degrees to x (east) and y (north); not finite where they have no place."""
        if self.family == "plate":
            return longitudes, latitudes
        if self.family == "mercator":
            return _mercator(longitudes, latitudes)
        return _transformer(self.name).transform(longitudes, latitudes)  # type: ignore[no-any-return]

    def backward(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """Return longitudes and latitudes of x (east) and y (north)."""
        if self.family == "plate":
            return x, y
        if self.family == "mercator":
            return _unmercator(x, y)
        return _transformer(self.name).transform(x, y, direction="INVERSE")  # type: ignore[no-any-return]


def projection(text: str | None, what: str = "crs") -> Projection:
    """Return the reference system that a name, URI, URN or safe CURIE means; None is CRS84.

    Raises
    ------
    InvalidValueError
        For one that is unknown or not horizontal.
    """
    if text is None:
        return _projection("CRS84", what)
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        stripped = stripped[1:-1]
    match = _NAME.fullmatch(stripped) if len(stripped) <= 80 else None
    if match is None:
        raise InvalidValueError(what, text, _EXPECTED)
    return _projection("CRS84" if match["crs84"] else f"EPSG:{match['code']}", what)


@lru_cache(maxsize=_REMEMBERED)
def _projection(name: str, what: str) -> Projection:
    if name in _PLATE:
        return Projection(name, "plate", name != "CRS84", _METRES_OF_A_DEGREE)
    if name in _MERCATOR:
        return Projection("EPSG:3857", "mercator", False, 1.0)
    try:
        system = pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError:
        raise InvalidValueError(what, name, _EXPECTED) from None
    axes = system.axis_info
    if not (system.is_projected or system.is_geographic) or len(axes) != 2:
        raise InvalidValueError(what, name, _EXPECTED)
    northing_first = axes[0].direction == "north" and axes[1].direction in ("east", "west")
    unit = _METRES_OF_A_DEGREE if system.is_geographic else axes[0].unit_conversion_factor
    return Projection(name, "other", northing_first, unit)


@lru_cache(maxsize=_REMEMBERED)
def _transformer(name: str) -> Any:
    return pyproj.Transformer.from_crs("OGC:CRS84", name, always_xy=True)


def _mercator(longitudes: Numbers, latitudes: Numbers) -> tuple[Numbers, Numbers]:
    steep = np.radians(np.clip(latitudes, -89.99999, 89.99999))
    return RADIUS * np.radians(longitudes), RADIUS * np.arctanh(np.sin(steep))


def _unmercator(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    latitudes = np.degrees(np.arcsin(np.tanh(np.asarray(y) / RADIUS)))
    return np.degrees(np.asarray(x) / RADIUS), latitudes
