"""Windows of maps: from pixels to places and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Bounds
from casa_ogc.encoders.projections import HALF_TURN, STEEPEST, Projection
from casa_processes.common.errors import InvalidValueError

_METRES_OF_A_DEGREE = HALF_TURN / 180
_SAMPLES = 65

type Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """A rectangle of a reference system, and its size in pixels; the first row is the top.

    Attributes
    ----------
    left, bottom, right, top
        Edges in units of the projection, x to the east and y to the north whatever the order of
        its axes.
    width, height
        Pixels.
    """

    projection: Projection
    left: float
    bottom: float
    right: float
    top: float
    width: int
    height: int

    @property
    def separable(self) -> bool:
        """Whether columns of pixels are meridians and rows are parallels."""
        return self.projection.family != "other"

    def edges(self) -> tuple[Numbers, Numbers]:
        """Return meridians and parallels of a separable window: edges of columns and rows.

        Beyond the poles parallels go on, so that pixels there meet no cell.
        """
        x = np.linspace(self.left, self.right, self.width + 1)
        y = np.linspace(self.top, self.bottom, self.height + 1)
        return self.projection.backward(x, y)

    def places(self, first: int = 0, stop: int | None = None) -> tuple[Numbers, Numbers]:
        """Return longitudes and latitudes of the centres of pixels, shape (rows, width).

        Parameters
        ----------
        first, stop
            Rows of pixels, `stop` excluded; all by default.
        """
        rows = np.arange(first, self.height if stop is None else stop)
        x = self.left + (np.arange(self.width) + 0.5) * (self.right - self.left) / self.width
        y = self.top - (rows + 0.5) * (self.top - self.bottom) / self.height
        return self.projection.backward(*np.meshgrid(x, y))

    def place(self, column: float, row: float) -> tuple[float, float]:
        """Return longitude (-180..180) and latitude of a point of the picture, in pixels."""
        x = self.left + column * (self.right - self.left) / self.width
        y = self.top - row * (self.top - self.bottom) / self.height
        longitude, latitude = self.projection.backward(np.array([x]), np.array([y]))
        return float((longitude[0] + 180) % 360 - 180), float(latitude[0])

    def pixels(self, longitudes: Numbers, latitudes: Numbers) -> tuple[Numbers, Numbers]:
        """Return columns and rows of places as fractions of pixels; of any turn, see `turn`."""
        x, y = self.projection.forward(longitudes, latitudes)
        columns = (x - self.left) * self.width / (self.right - self.left)
        rows = (self.top - y) * self.height / (self.top - self.bottom)
        return columns, rows

    @property
    def turn(self) -> float:
        """Pixels of 360 degrees of longitude; 0 when the world does not repeat."""
        if not self.separable:
            return 0.0
        world = 360.0 if self.projection.family == "plate" else 2 * HALF_TURN
        return world * self.width / (self.right - self.left)

    def resolution(self) -> tuple[float, float]:
        """Return degrees of longitude and latitude of the finest pixels."""
        if self.separable:
            meridians, parallels = self.edges()
            steps = np.abs(np.diff(np.clip(parallels, -90, 90)))
            steep = steps[steps > 0]
            down = float(steep.min()) if steep.size else float(np.abs(np.diff(parallels)).min())
            return float(meridians[1] - meridians[0]), down
        across = (self.right - self.left) / self.width
        down = (self.top - self.bottom) / self.height
        degrees = min(across, down) * self.projection.metres_per_unit / _METRES_OF_A_DEGREE
        return degrees, degrees

    def bounds(self, margin: float = 0.0) -> Bounds:
        """Return the box of degrees around the window and a margin of pixels.

        The longitudes may run past 180.

        Parameters
        ----------
        margin
            Pixels on each side.
        """
        across = margin * (self.right - self.left) / self.width
        down = margin * (self.top - self.bottom) / self.height
        edges = self.left - across, self.bottom - down, self.right + across, self.top + down
        if not self.separable:
            return _geographic(self.projection, edges)
        x, y = np.array(edges[0::2]), np.array(edges[1::2])
        (west, east), latitudes = self.projection.backward(x, y)
        south, north = np.clip(latitudes, -90, 90)
        return Bounds(float(west), float(south), float(east), float(north))


def window_of(box: Bounds, projection: Projection, width: int, height: int) -> Window:
    """Return the window of a box of degrees; west > east crosses the antimeridian.

    Raises
    ------
    InvalidValueError
        When no part of the box has a place in the projection.
    """
    return Window(projection, *extent(box, projection), width, height)


def extent(box: Bounds, projection: Projection) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top around a box of degrees.

    Raises
    ------
    InvalidValueError
        When no part of the box has a place in the projection, or it has no area.
    """
    east = box.east if box.east > box.west else box.east + 360
    steepest = STEEPEST if projection.family == "mercator" else 90.0
    south, north = np.clip([box.south, box.north], -steepest, steepest)
    longitudes = np.linspace(box.west, east, _SAMPLES)
    latitudes = np.linspace(south, north, _SAMPLES)
    x, y = projection.forward(*np.meshgrid(longitudes, latitudes))
    known = np.isfinite(x) & np.isfinite(y)
    if south < north and known.any():
        x, y = x[known], y[known]
        left, bottom, right, top = (float(one) for one in (x.min(), y.min(), x.max(), y.max()))
        if left < right and bottom < top:
            return left, bottom, right, top
    asked = (box.west, box.south, box.east, box.north)
    raise InvalidValueError("bbox", asked, f"a box with an area in {projection.name}")


def _geographic(projection: Projection, edges: tuple[float, float, float, float]) -> Bounds:
    """Return the box of degrees that holds a rectangle of a projection, by sampling it."""
    left, bottom, right, top = edges
    grid = np.meshgrid(np.linspace(left, right, _SAMPLES), np.linspace(bottom, top, _SAMPLES))
    longitudes, latitudes = projection.backward(*grid)
    known = np.isfinite(longitudes) & np.isfinite(latitudes)
    if not known.any():
        return Bounds(0.0, 0.0, 0.0, 0.0)
    north, south = float(latitudes[known].max()), float(latitudes[known].min())
    margin = max((north - south) * 2 / _SAMPLES, 0.01)
    turned = np.unique(np.round(longitudes[known] % 360, 6))
    gaps = np.diff(turned, append=turned[0] + 360)
    after = int(np.argmax(gaps))
    if gaps[after] < 60 or north + margin > 89 or south - margin < -89:
        return Bounds(-180.0, max(south - margin, -90.0), 180.0, min(north + margin, 90.0))
    west = float(turned[(after + 1) % turned.size])
    span = 360.0 - float(gaps[after])
    aside = max(span * 2 / _SAMPLES, 0.01)
    south, north = max(south - margin, -90.0), min(north + margin, 90.0)
    return Bounds(west - aside, south, west + span + aside, north)
