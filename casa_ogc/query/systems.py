"""Reference systems of requests and answers: CRS84 and everything in the EPSG registry.

All transformations work offline, without grids of datum shifts.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from casa_ogc.archive.axes import Bounds
from casa_ogc.query.answer import CRS84
from casa_processes.common.errors import InvalidValueError

EXPECTED = (
    "CRS84 (longitude, latitude), EPSG:4326 (latitude, longitude), or EPSG:<code> of another "
    "two-dimensional reference system such as EPSG:3857, also written "
    "http://www.opengis.net/def/crs/EPSG/0/<code>"
)
_LONGEST = 80
_DENSIFIED = 21
_LATTICE = 65
_NAME = re.compile(
    r"""
      (?: https?://www\.opengis\.net/def/crs/ | urn:ogc:def:crs: )?
      (?: (?P<crs84> (?:OGC [:/] (?:1\.3|0)? [:/])? (?:OGC:)? CRS:?84 )
        | EPSG (?: [:/] [0-9.]{0,8} [:/] | : ) (?P<code> [0-9]{4,6} ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class System:
    """A reference system of two coordinates.

    Attributes
    ----------
    uri
        ``http://www.opengis.net/def/crs/...``.
    code
        EPSG code; 0 for CRS84.
    northing_first
        Whether coordinates are given as latitude, longitude or northing, easting.
    geographic
        Whether the coordinates are angles.
    """

    uri: str
    code: int
    northing_first: bool
    geographic: bool

    @property
    def crs(self) -> pyproj.CRS:
        """The reference system as PROJ knows it."""
        return _crs(self.code)

    @property
    def is_degrees(self) -> bool:
        """Whether coordinates are those of CRS84, perhaps in the other order."""
        return self.code in (0, 4326)

    @property
    def units(self) -> str:
        """UDUNITS text of the coordinates."""
        name = str(self.crs.axis_info[0].unit_name)
        return {"metre": "m", "degree": "degree"}.get(name, name.replace(" ", "_"))

    def ordered(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Return x, y, x, y in the order of the system's own axes; undoes itself."""
        west, south, east, north = box
        return (south, west, north, east) if self.northing_first else box


DEGREES = System(CRS84, 0, northing_first=False, geographic=True)


def parse_system(text: str | None, what: str = "crs") -> System:
    """Return the reference system that a name, URI, URN or safe CURIE means; None is CRS84.

    Raises
    ------
    InvalidValueError
        For text of another form, and for a code that PROJ does not know.
    """
    if text is None:
        return DEGREES
    stripped = text.strip()
    if stripped.startswith("[") and stripped.endswith("]"):
        stripped = stripped[1:-1]
    match = _NAME.fullmatch(stripped) if len(stripped) <= _LONGEST else None
    found = None
    if match is not None:
        found = DEGREES if match["crs84"] else _system(int(match["code"]))
    if found is None:
        raise InvalidValueError(what, text, EXPECTED)
    return found


@lru_cache(maxsize=256)
def _crs(code: int) -> pyproj.CRS:
    return pyproj.CRS.from_user_input("OGC:CRS84" if code == 0 else f"EPSG:{code}")


@lru_cache(maxsize=256)
def _system(code: int) -> System | None:
    try:
        crs = _crs(code)
    except ProjError:
        return None
    axes = crs.axis_info
    if len(axes) != 2 or not (crs.is_geographic or crs.is_projected):
        return None
    first = str(axes[0].name).lower()
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    return System(uri, code, "latitude" in first or "northing" in first, crs.is_geographic)


@lru_cache(maxsize=256)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def degrees(
    system: System, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of coordinates x, y; NaN where there is no such place."""
    if system.is_degrees:
        return x, y
    longitudes, latitudes = _transformer(system.code, 0).transform(x, y)
    known = np.isfinite(longitudes) & np.isfinite(latitudes)
    return np.where(known, longitudes, np.nan), np.where(known, latitudes, np.nan)


def box_in_degrees(
    system: System, box: tuple[float, float, float, float], what: str = "bbox"
) -> Bounds:
    """Return the smallest box of longitude and latitude around a box x, y, x, y.

    Its edges are followed, since they are curves in degrees; west > east crosses the antimeridian.
    A box of which an edge lies nowhere on Earth means all longitudes of what does.

    Raises
    ------
    InvalidValueError
        When all of the box lies nowhere on Earth.
    """
    if system.is_degrees:
        return Bounds(*box)
    try:
        transformer = _transformer(system.code, 0)
        west, south, east, north = transformer.transform_bounds(*box, densify_pts=_DENSIFIED)
    except ProjError:
        west = south = east = north = np.inf
    if not np.isfinite((west, south, east, north)).all():
        west, south, east, north = _inner(system, box, what)
    return Bounds(west, max(south, -90.0), east, min(north, 90.0))


def _inner(
    system: System, box: tuple[float, float, float, float], what: str
) -> tuple[float, float, float, float]:
    """Return a box in degrees around those points within a box that lie on Earth."""
    x, y = np.linspace(box[0], box[2], _LATTICE), np.linspace(box[1], box[3], _LATTICE)
    _, latitudes = degrees(system, *np.meshgrid(x, y))
    if not np.isfinite(latitudes).any():
        raise InvalidValueError(what, box, f"a box that lies within {system.uri}")
    step = (np.nanmax(latitudes) - np.nanmin(latitudes)) / _LATTICE * 2
    return -180.0, float(np.nanmin(latitudes) - step), 180.0, float(np.nanmax(latitudes) + step)


def box_from_degrees(system: System, bounds: Bounds) -> tuple[float, float, float, float]:
    """Return the box x, y, x, y around a box in degrees, as far as the system is made for it.

    Raises
    ------
    InvalidValueError
        When the system is made for another part of the Earth.
    """
    use = system.crs.area_of_use
    clipped = _clipped(bounds, use.bounds) if use is not None else bounds
    box: tuple[float, float, float, float] | None = None
    if clipped is not None:
        corners = (clipped.west, clipped.south, clipped.east, clipped.north)
        box = _transformer(0, system.code).transform_bounds(*corners, densify_pts=_DENSIFIED)
    if box is None or not np.isfinite(box).all() or box[0] >= box[2] or box[1] >= box[3]:
        area = "" if use is None else f", made for {use.name}"
        raise InvalidValueError("crs", system.uri, f"a system that holds the answer{area}")
    return box


def _clipped(bounds: Bounds, use: tuple[float, float, float, float]) -> Bounds | None:
    """Return the part of a box within an area of use; None when they do not meet."""
    south, north = max(bounds.south, use[1]), min(bounds.north, use[3])
    use_east = use[2] if use[2] > use[0] else use[2] + 360
    if south >= north:
        return None
    for turn in (0, -360, 360, 720):
        west, east = max(bounds.west, use[0] + turn), min(bounds.east, use_east + turn)
        if west < east:
            return Bounds(west, south, east, north)
    return None
