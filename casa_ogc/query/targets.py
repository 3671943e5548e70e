"""The horizontal grid of an answer that is not the stored one: coarser, finer, or projected."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from casa_ogc.archive.axes import Axis, Bounds, Role
from casa_ogc.query.longitudes import eastwards, wrapped
from casa_ogc.query.parse.scaling import Scaling
from casa_ogc.query.systems import (
    DEGREES,
    System,
    box_from_degrees,
    box_in_degrees,
    degrees,
)
from casa_ogc.query.windows import Window
from casa_processes.common.errors import TooLargeError

type Quad = tuple[float, float, float, float]
type Span = tuple[float, float]
_LATTICE = 5
_SAME = 1e-7
_POINT = 1e-9
_LONGEST = 100_000


@dataclass(frozen=True)
class Form:
    """What an answer shall look like.

    Attributes
    ----------
    scaling
        How fine.
    system
        Reference system of its horizontal axes.
    box
        What it covers, x, y, x, y in `system`; None where the region of the request tells.
    """

    scaling: Scaling = field(default_factory=Scaling)
    system: System = DEGREES
    box: Quad | None = None

    @property
    def stored(self) -> bool:
        """Whether the answer has the stored cells."""
        return not self.scaling.asked and self.system.is_degrees


@dataclass(frozen=True, eq=False)
class Target:
    """The horizontal axes of an answer.

    Attributes
    ----------
    y, x
        Axes as they are sent, in units of `system`.
    system
        Their reference system.
    latitudes, longitudes
        Edges of rows and columns in degrees, shape (n, 2), where the parallels are rows and the
        meridians are columns; else None.
    """

    y: Axis
    x: Axis
    system: System
    latitudes: NDArray[np.float64] | None
    longitudes: NDArray[np.float64] | None


def target(
    window: Window, bounds: Bounds | None, form: Form, check: Callable[[int, int], None]
) -> Target:
    """Return the grid of an answer.

    An axis of which nothing is said keeps the stored cells. One that is scaled by a factor has
    equal cells over the stored ones whose centres are asked. One that is given a size or a
    resolution has equal cells over exactly the box that is asked.

    Parameters
    ----------
    window
        Stored cells whose centres are asked.
    bounds
        Box that is asked, None for everywhere.
    check
        Called with the rows and columns of the answer before they are looked at one by one.

    Raises
    ------
    InvalidValueError
        When the reference system is made for another part of the Earth.
    TooLargeError
        For an axis of more than 100 000 cells.
    """
    if form.system.is_degrees:
        return _in_degrees(window, bounds if form.box is None else Bounds(*form.box), form, check)
    return _projected(window, bounds, form, check)


def _in_degrees(
    window: Window, bounds: Bounds | None, form: Form, check: Callable[[int, int], None]
) -> Target:
    across, down = _asked(bounds)
    scaling = _squared(form.scaling, _ends(window.x.axis, across), _ends(window.y.axis, down))
    x = _scaled(window.x.axis, across, scaling)
    y = _scaled(window.y.axis, down, scaling)
    check(y.size, x.size)
    return Target(y, x, form.system, _edges(y), _edges(x))


def _projected(
    window: Window, bounds: Bounds | None, form: Form, check: Callable[[int, int], None]
) -> Target:
    scaling, system = form.scaling, form.system
    box = form.box
    if box is None:
        exact = bounds is not None and bool(scaling.sizes or scaling.resolutions)
        across, down = _asked(bounds) if exact else (None, None)
        west, east = _ends(window.x.axis, across)
        south, north = _ends(window.y.axis, down)
        box = box_from_degrees(system, Bounds(west, south, east, north))
    around = box_in_degrees(system, box, "crs")
    width, height = box[2] - box[0], box[3] - box[1]
    columns = eastwards(around.west, around.east) / _cell(window.x.axis)
    rows = (around.north - around.south) / _cell(window.y.axis)
    cell = max(np.hypot(width, height) / max(np.hypot(columns, rows), 1.0), _POINT)
    scaling = _squared(scaling, (box[0], box[2]), (box[1], box[3]))
    names = ("longitude", "latitude") if system.geographic else ("x", "y")
    x = _regular(names[0], "x", (box[0], box[2]), cell, scaling, system.units)
    y = _regular(names[1], "y", (box[1], box[3]), cell, scaling, system.units)
    check(y.size, x.size)
    y = replace(y, values=y.values[::-1], bounds=_edges(y)[::-1])
    parallels = _parallels(system, _edges(y), _edges(x))
    return Target(y, x, system, *(parallels or (None, None)))


def _asked(bounds: Bounds | None) -> tuple[Span | None, Span | None]:
    """Return the longitudes, which may run past 180, and the latitudes of a box."""
    if bounds is None:
        return None, None
    west = wrapped(bounds.west)
    span = west, west + eastwards(bounds.west, bounds.east)
    return span, (bounds.south, bounds.north)


def _cell(axis: Axis) -> float:
    low, high = _ends(axis, None)
    return (high - low) / axis.size


def _edges(axis: Axis) -> NDArray[np.float64]:
    return np.asarray(axis.bounds, dtype=np.float64)


def _ends(axis: Axis, asked: Span | None) -> Span:
    """Return the ends of what is asked, or of the cells where that is a point or nothing."""
    if asked is not None and asked[1] - asked[0] > _POINT:
        return asked
    edges = _edges(axis)
    return float(edges.min()), float(edges.max())


def _squared(scaling: Scaling, x: Span, y: Span) -> Scaling:
    """Give the horizontal axis that is not named a size in proportion to the other's."""
    if not scaling.square:
        return scaling
    shape = (y[1] - y[0]) / (x[1] - x[0])
    sizes = dict(scaling.sizes)
    if "x" in sizes:
        sizes["y"] = max(1, round(sizes["x"] * shape))
    else:
        sizes["x"] = max(1, round(sizes["y"] / shape))
    return replace(scaling, sizes=sizes)


def _scaled(axis: Axis, asked: Span | None, scaling: Scaling) -> Axis:
    """Return the cells of one axis in degrees."""
    role = axis.role
    if role in scaling.factors:
        count = max(1, round(axis.size / scaling.factors[role]))
        return axis if count == axis.size else _equal(axis, _ends(axis, None), count)
    ends = _ends(axis, asked)
    if role in scaling.sizes:
        return _equal(axis, ends, scaling.sizes[role])
    if role in scaling.resolutions:
        return _equal(axis, ends, _count(ends, scaling.resolutions[role]))
    return axis


def _regular(
    name: str,
    role: Role,
    ends: Span,
    cell: float,
    scaling: Scaling,
    units: str,
) -> Axis:
    """Return the equal cells of one projected axis, ascending."""
    cell = scaling.resolutions.get(role, cell * scaling.factors.get(role, 1.0))
    count = scaling.sizes.get(role) or _count(ends, cell)
    empty = Axis(name, role, np.zeros(1), np.zeros((1, 2)), units)
    return _equal(empty, ends, count)


def _count(ends: Span, cell: float) -> int:
    return max(1, round((ends[1] - ends[0]) / cell))


def _equal(axis: Axis, ends: Span, count: int) -> Axis:
    """Return an axis of equal cells in the direction of another."""
    if count > _LONGEST:
        raise TooLargeError(f"cells along {axis.name}", count, _LONGEST)
    edges = np.linspace(*ends, count + 1)
    bounds = np.stack([edges[:-1], edges[1:]], axis=1)
    if axis.size > 1 and axis.values[0] > axis.values[-1]:
        bounds = bounds[::-1]
    return replace(axis, values=bounds.mean(axis=1), bounds=bounds)


def _parallels(
    system: System, y: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return edges of rows and columns in degrees, None where rows are not parallels."""
    some_x = np.linspace(x.min(), x.max(), _LATTICE)
    some_y = np.linspace(y.min(), y.max(), _LATTICE)
    longitudes, latitudes = degrees(system, *np.meshgrid(some_x, some_y))
    longitudes = np.unwrap(longitudes, period=360, axis=0)
    straight = (np.ptp(longitudes, axis=0) < _SAME).all()
    if not straight or not (np.ptp(latitudes, axis=1) < _SAME).all():
        return None
    edges_x = np.append(x[:, 0], x[-1:, 1])
    edges_y = np.concatenate([y[:, 1], y[-1:, 0]])
    along, _ = degrees(system, edges_x, np.full(edges_x.size, some_y[_LATTICE // 2]))
    _, down = degrees(system, np.full(edges_y.size, some_x[_LATTICE // 2]), edges_y)
    if not (np.isfinite(along).all() and np.isfinite(down).all()):
        return None
    along = np.unwrap(along, period=360)
    if not (np.diff(along) > 0).all() or not (np.diff(down) < 0).all():
        return None
    return np.stack([down[1:], down[:-1]], axis=1), np.stack([along[:-1], along[1:]], axis=1)
