"""What transport takes: the mesh of cells, and the mass that moves between them in a step.

Arrays run from the surface upwards, from south to north, and eastwards. Tracers are mole fractions
``q[z, y, x, t]``, float64 and C-contiguous, their number a multiple of `LANES` (`padded`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casa_processes.common.constants import EARTH_RADIUS, STANDARD_GRAVITY
from casa_processes.common.errors import InvalidValueError

type Values = NDArray[np.float64]

LANES: Final = 8
"""Tracers come in multiples of this many, which a processor handles at once."""

_POLE = 90.0
_CIRCLE = 360.0
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Mesh:
    """Cells between meridians, parallels and surfaces of pressure a + b ps.

    Attributes
    ----------
    longitude_edges
        Ascending in equal steps, once round.  [degree], shape (x + 1,)
    latitude_edges
        From pole to pole, ascending; cells at the poles may be narrower.  [degree], shape (y + 1,)
    a, b
        Of the interfaces, from the surface upwards.  [Pa] and [1], shape (z + 1,)
    """

    longitude_edges: Values
    latitude_edges: Values
    a: Values
    b: Values

    def __post_init__(self) -> None:
        for name in ("longitude_edges", "latitude_edges", "a", "b"):
            values = np.ascontiguousarray(getattr(self, name), np.float64)
            if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
                raise InvalidValueError(name, values.shape, "two or more finite numbers")
            object.__setattr__(self, name, values)
        _check_horizontal(self.longitude_edges, self.latitude_edges)
        if self.a.shape != self.b.shape:
            raise InvalidValueError("b", self.b.shape, f"the shape of a, {self.a.shape}")
        self.pressure(np.array(100_000.0))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of layers, rows and columns."""
        return self.a.size - 1, self.latitude_edges.size - 1, self.longitude_edges.size - 1

    @property
    def latitude(self) -> Values:
        """Middles of the rows.  [degree], shape (y,)"""  # noqa: D400
        middle: Values = (self.latitude_edges[1:] + self.latitude_edges[:-1]) / 2.0
        return middle

    @property
    def longitude(self) -> Values:
        """Middles of the columns.  [degree], shape (x,)"""  # noqa: D400
        middle: Values = (self.longitude_edges[1:] + self.longitude_edges[:-1]) / 2.0
        return middle

    @property
    def area(self) -> Values:
        """Area of a cell of each row.  [m2], shape (y,)"""  # noqa: D400
        width = np.deg2rad(_CIRCLE) / (self.longitude_edges.size - 1)
        heights = np.diff(np.sin(np.deg2rad(self.latitude_edges)))
        area: Values = EARTH_RADIUS**2 * width * heights
        return area

    def pressure(self, surface: Values) -> Values:
        """Return pressures of the interfaces.

        Parameters
        ----------
        surface
            Pressure at the surface.  [Pa], any shape

        Returns
        -------
        ndarray
            [Pa], shape (z + 1, ...)

        Raises
        ------
        InvalidValueError
            When the pressure does not fall upwards everywhere.
        """
        outer = (slice(None), *(None,) * surface.ndim)
        pressure: Values = self.a[outer] + self.b[outer] * surface
        if not (np.diff(pressure, axis=0) < 0.0).all() or not (pressure[-1] >= 0.0).all():
            raise InvalidValueError("pressure of interfaces", "a + b ps", "a fall upwards, to >= 0")
        return pressure

    def mass(self, surface: Values) -> Values:
        """Return the mass of air in each cell.

        Parameters
        ----------
        surface
            Pressure at the surface.  [Pa], shape (y, x)

        Returns
        -------
        ndarray
            [kg], shape (z, y, x)
        """
        layers = -np.diff(self.pressure(surface), axis=0)
        mass: Values = layers * (self.area / STANDARD_GRAVITY)[:, None]
        return mass


def _check_horizontal(longitude: Values, latitude: Values) -> None:
    steps = np.diff(longitude)
    if abs(longitude[-1] - longitude[0] - _CIRCLE) > _ROUNDING * _CIRCLE:
        raise InvalidValueError("longitude_edges", (longitude[0], longitude[-1]), "once round")
    if np.abs(steps - steps.mean()).max() > _ROUNDING * _CIRCLE:
        raise InvalidValueError("longitude_edges", tuple(longitude[:3]), "equal steps")
    if abs(latitude[0] + _POLE) > _ROUNDING or abs(latitude[-1] - _POLE) > _ROUNDING:
        raise InvalidValueError("latitude_edges", (latitude[0], latitude[-1]), "-90 to 90")
    if (np.diff(latitude) <= 0.0).any():
        raise InvalidValueError("latitude_edges", tuple(latitude[:3]), "ascending latitudes")


def regular_mesh(columns: int, rows: int, pressure: Values, west: float = -180.0) -> Mesh:
    """Return a mesh of equal steps of longitude and latitude with fixed pressures.

    Parameters
    ----------
    columns, rows
        Numbers of cells, of two or more.
    pressure
        Of the interfaces, from the surface upwards.  [Pa], shape (z + 1,)
    west
        Where the first column begins.  [degree]
    """
    longitude = west + np.linspace(0.0, _CIRCLE, columns + 1)
    latitude = np.linspace(-_POLE, _POLE, rows + 1)
    return Mesh(longitude, latitude, np.asarray(pressure, np.float64), np.zeros(len(pressure)))


@dataclass(frozen=True, eq=False)
class MassFlux:
    """The mass that moves between cells in one step.

    Attributes
    ----------
    mass
        Air in each cell when the step begins.  [kg], shape (z, y, x)
    east
        Through the east face of each cell, positive eastwards.  [kg per step], shape (z, y, x)
    north
        Through the south face of each row and the north face of the last, positive northwards,
        nothing at the poles.  [kg per step], shape (z, y + 1, x)
    up
        Through the lower face of each layer and the upper of the last, positive upwards, nothing
        at surface and top.  [kg per step], shape (z + 1, y, x)
    mixing
        Exchanged each way between a layer and the one above.  [kg per step], shape (z - 1, y, x)
    lateral
        Exchanged each way between a cell and its neighbour to the south, the same round a circle
        of latitude; None for nothing.  [kg per step], shape (z, y + 1)
    """

    mass: Values
    east: Values
    north: Values
    up: Values
    mixing: Values
    lateral: Values | None = None

    def __post_init__(self) -> None:
        mass = np.asarray(self.mass)
        if mass.ndim != 3 or mass.shape[1] < 2 or mass.shape[2] < 2:
            raise InvalidValueError("mass", mass.shape, "a shape (z, y, x) of two cells or more")
        z, y, x = mass.shape
        if self.lateral is None:
            object.__setattr__(self, "lateral", np.zeros((z, y + 1)))
        shapes = {
            "mass": (z, y, x), "east": (z, y, x), "north": (z, y + 1, x), "up": (z + 1, y, x),
            "mixing": (z - 1, y, x), "lateral": (z, y + 1),
        }  # fmt: skip
        for name, shape in shapes.items():
            values = np.ascontiguousarray(getattr(self, name), np.float64)
            _check_values(name, values, shape)
            object.__setattr__(self, name, values)
        closed = {"north": (self.north[:, 0], self.north[:, -1]), "up": (self.up[0], self.up[-1])}
        for name, sides in closed.items():
            if any(side.any() for side in sides):
                raise InvalidValueError(name, "a flux", "nothing at poles, surface and top")

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of layers, rows and columns."""
        z, y, x = self.mass.shape
        return z, y, x

    @property
    def exchange(self) -> Values:
        """What `lateral` holds, zeros where it was None.  [kg per step], shape (z, y + 1)"""  # noqa: D400
        assert self.lateral is not None
        return self.lateral


def _check_values(name: str, values: Values, shape: tuple[int, ...]) -> None:
    if values.shape != shape:
        raise InvalidValueError(name, values.shape, f"shape {shape}")
    wrong = ~np.isfinite(values)
    if name == "mass":
        wrong |= values <= 0.0
    elif name in ("mixing", "lateral"):
        wrong |= values < 0.0
    if wrong.any():
        place = tuple(int(one) for one in np.argwhere(wrong)[0])
        expected = {"mass": "above 0", "mixing": ">= 0", "lateral": ">= 0"}.get(name, "finite")
        raise InvalidValueError(f"{name} at {place}", float(values[place]), f"{expected} [kg]")


def padded(count: int) -> int:
    """Return how many tracers an array must hold for `count` of them: a multiple of `LANES`."""
    return -(-count // LANES) * LANES
