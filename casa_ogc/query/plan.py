"""Planning a question to a cube: what to read from which layout, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from casa_ogc.archive.axes import Axis, Role
from casa_ogc.query.cost import CHUNK_OVERHEAD, Cost, Options
from casa_ogc.query.instants import steps
from casa_ogc.query.latitudes import row_at
from casa_ogc.query.levels import levels
from casa_ogc.query.longitudes import column_at
from casa_ogc.query.picks import Cells, Pick
from casa_ogc.query.places import checked
from casa_ogc.query.reading import Itinerary
from casa_ogc.query.request import Corridor, Path, Points, Region, Request, VerticalSelection
from casa_ogc.query.variables import chosen
from casa_ogc.query.windows import Extended, Ground, Window, ground, rough_window
from casa_processes.common.errors import InvalidValueError
from casa_processes.common.vocabulary import Variable

if TYPE_CHECKING:
    from casa_ogc.archive.cubes import Cube, Layout

_LAYOUTS = ("map", "series")

type Depth = Mapping[Role, Pick]
"""Picks of time and level, as far as the cube has these axes."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What to read for a question, and what it costs at most.

    Attributes
    ----------
    layout
        Where to read.
    variables
        What to read.
    depth
        Times and levels.
    ground
        Horizontal axes of the cube.
    region
        Where, unless it is points: then None.
    windows
        Rows and columns: one window that holds the region, or the cell of each point that lies
        in the grid, in the order of the points.
    cost
        Cost of all this.
    """

    layout: "Layout"
    variables: tuple[Variable, ...]
    depth: Depth
    ground: Ground
    region: Extended | None
    windows: tuple[Window, ...]
    cost: Cost


def plan(cube: "Cube", request: Request, options: Options) -> Plan | None:
    """Return how a question to a cube is answered; None when nothing is there.

    Nothing is read. Of the layouts ``map`` and ``series`` the one with the smaller chunks to decode
    is taken.

    Raises
    ------
    UnknownNameError
        For a variable that is not stored.
    InvalidValueError
        For places, times or levels that do not exist.
    """
    checked(request.region)
    variables = chosen(cube.variables, request.variables, options.defaults)
    depth = _depth(cube.axes, request)
    grid = ground(cube.axes)
    region = _extended(request.region)
    windows = _windows(grid, request)
    if depth is None or not windows:
        return None
    costs = {
        name: _cost(name, cube.layouts[name], variables, depth, windows)
        for name in _LAYOUTS
        if name in cube.layouts
    }
    cost = min(costs.values(), key=lambda one: one.read_bytes + one.chunks * CHUNK_OVERHEAD)
    return Plan(cube.layouts[cost.layout], variables, depth, grid, region, windows, cost)


def cells_of(depth: Depth, y: Cells, x: Cells) -> dict[Role, Cells]:
    """Return the stored cells along each axis."""
    return {**{role: pick.cells for role, pick in depth.items()}, "y": y, "x": x}


def chunk_groups(layout: "Layout", name: str, windows: tuple[Window, ...]) -> list[list[int]]:
    """Return the numbers of the single cells that share a chunk of a variable."""
    array = layout.arrays[name]
    sizes = dict(zip(array.roles, array.chunks, strict=True))
    down, across = sizes.get("y", 1), sizes.get("x", 1)
    groups: dict[tuple[int, int], list[int]] = {}
    for number, window in enumerate(windows):
        chunk = (window.y.cells.first // down, window.x.cells.first // across)
        groups.setdefault(chunk, []).append(number)
    return list(groups.values())


def _depth(axes: Mapping[Role, Axis], request: Request) -> Depth | None:
    """Return times and levels; None when an interval holds none."""
    picks: dict[Role, Pick | None] = {}
    if "t" in axes or request.time is not None:
        picks["t"] = steps(axes.get("t"), request.time)
    asked = _vertical(request)
    if "z" in axes or asked is not None:
        picks["z"] = levels(axes.get("z"), asked)
    found: dict[Role, Pick] = {role: pick for role, pick in picks.items() if pick is not None}
    return found if len(found) == len(picks) else None


def _vertical(request: Request) -> VerticalSelection | None:
    if not isinstance(request.region, Points) or not request.region.levels:
        return request.vertical
    if request.vertical is not None:
        raise InvalidValueError("z", request.vertical, "levels in the points or in z, not in both")
    return VerticalSelection(levels=request.region.levels[:1])


def _extended(region: Region) -> Extended | None:
    """Return a region unless it is points; paths and corridors are planned elsewhere."""
    assert not isinstance(region, Path | Corridor)
    return None if isinstance(region, Points) else region


def _windows(grid: Ground, request: Request) -> tuple[Window, ...]:
    if not isinstance(request.region, Points):
        extended = _extended(request.region)
        window = None if extended is None else rough_window(grid, extended)
        return () if window is None else (window,)
    region, found = request.region, []
    for longitude, latitude in zip(region.longitudes, region.latitudes, strict=True):
        y, x = row_at(grid.rows, latitude), column_at(grid.circle, longitude)
        if y is not None and x is not None:
            found.append(Window(y, x))
    return tuple(found)


def _cost(
    name: str,
    layout: "Layout",
    variables: tuple[Variable, ...],
    depth: Depth,
    windows: tuple[Window, ...],
) -> Cost:
    """Return what the windows cost in one layout; several windows are single cells."""
    itinerary = Itinerary(cells_of(depth, windows[0].y.cells, windows[0].x.cells))
    cells = size = chunks = read_bytes = 0
    for variable in variables:
        array = layout.arrays[variable.name]
        count = prod(itinerary.cells[role].size for role in array.roles) * len(windows)
        groups = len(chunk_groups(layout, variable.name, windows)) if len(windows) > 1 else 1
        decoded = itinerary.chunks(array) * groups
        cells += count
        size += count * array.dtype.itemsize
        chunks += decoded
        read_bytes += decoded * prod(array.chunks) * array.dtype.itemsize
    return Cost(cells, size, read_bytes, chunks, name)
