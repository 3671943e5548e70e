"""What is asked, independent of the protocol in which it was asked."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from casa_ogc.archive.axes import Bounds

if TYPE_CHECKING:
    from casa_ogc.query.filters import Filter

type Instant = np.datetime64


@dataclass(frozen=True)
class TimeSelection:
    """Closed intervals of time; an open end is None.

    A date stands for the interval of all its instants. `nearest` replaces an instant without an
    equal step by the closest step of the axis.
    """

    intervals: tuple[tuple[Instant | None, Instant | None], ...]
    nearest: bool = False


@dataclass(frozen=True, repr=False)
class VerticalSelection:
    """Single levels, or a closed interval with open ends as None; values in the axis' units."""

    levels: tuple[float, ...] = ()
    interval: tuple[float | None, float | None] | None = None

    def __repr__(self) -> str:
        """Write the selection as a request does."""
        if self.interval is None:
            return ",".join(f"{level:g}" for level in self.levels)
        return "/".join(".." if end is None else f"{end:g}" for end in self.interval)


@dataclass(frozen=True)
class Everywhere:
    """No spatial restriction."""


@dataclass(frozen=True)
class Points:
    """Places in degrees; longitudes in -180..360, latitudes in -90..90.

    `levels`, where given, holds the level of each place in units of the vertical axis; all are
    equal. It stands for the vertical selection of the request.
    """

    longitudes: tuple[float, ...]
    latitudes: tuple[float, ...]
    levels: tuple[float, ...] = ()


@dataclass(frozen=True)
class Disc:
    """All within a geodesic distance [m] of a place."""

    longitude: float
    latitude: float
    radius: float


@dataclass(frozen=True)
class Area:
    """A polygon; rings may run past 180 to cross the antimeridian."""

    geometry: Polygon | MultiPolygon


@dataclass(frozen=True)
class Box:
    """A window of longitude and latitude; cells whose centres are within (closed)."""

    bounds: Bounds


@dataclass(frozen=True)
class Route:
    """A line of vertices, straight in longitude and latitude, the short way round between two.

    Attributes
    ----------
    longitudes, latitudes
        Vertices.  [degrees]
    heights
        Level of each vertex in units of the vertical axis; empty where the line has none.
    seconds
        Time of each vertex since 1970-01-01T00:00:00Z [s]; empty where the line has none.
    """

    longitudes: tuple[float, ...]
    latitudes: tuple[float, ...]
    heights: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()


@dataclass(frozen=True)
class Path:
    """Lines through space and, where they say so, height and time; all say the same.

    `tolerance` is how long before or after the line passes a sounding may have been taken [s];
    heights and times between vertices are linear along the line.
    """

    routes: tuple[Route, ...]
    tolerance: float = 43_200.0


@dataclass(frozen=True)
class Corridor:
    """All within half a width of a path, and within half a height of its heights.

    Attributes
    ----------
    path
        The middle of the corridor.
    width
        Whole width [m], measured as geodesic distance.
    height
        Whole height in units of the vertical axis; None is any height.
    """

    path: Path
    width: float
    height: float | None = None


type Region = Everywhere | Points | Disc | Area | Box | Path | Corridor


@dataclass(frozen=True)
class Request:
    """One question to one product.

    Attributes
    ----------
    variables
        Names to answer; empty means all that the product lists by default. The uncertainty of a
        named variable is always added.
    limit, offset
        Soundings only: page of rows in time order.
    sounding_id
        Soundings only: the one row of this identifier.
    filters
        Soundings only: conditions that all must be true of a row.
    """

    region: Region = field(default_factory=Everywhere)
    variables: tuple[str, ...] = ()
    time: TimeSelection | None = None
    vertical: VerticalSelection | None = None
    limit: int | None = None
    offset: int = 0
    sounding_id: str | None = None
    filters: tuple["Filter", ...] = ()
